/*
 * Add and remove lines or groups of a form field. Its buttons stay hidden without scripts, where one empty line is there.
 * Not a CKAN module: those start only once the translations of the interface have come from the server.
 */
(function () {
  "use strict";

  const FIELD = "[data-odf-repeat]";
  const ITEM = "[data-odf-item]";

  function own(field, selector) {
    // Groups hold groups: take only what belongs to this one.
    return Array.from(field.querySelectorAll(selector)).filter(
      (element) => element.parentElement.closest(FIELD) === field
    );
  }

  function filled(template, index, number) {
    const { odfIndex, odfNumber } = template.dataset;
    let html = template.innerHTML;
    if (odfIndex) html = html.replaceAll(odfIndex, index);
    const holder = document.createElement("template");
    holder.innerHTML = html.replaceAll(odfNumber, number).trim();
    return document.importNode(holder.content.firstElementChild, true);
  }

  function start(field) {
    const [template] = own(field, "template");
    const [list] = own(field, "[data-odf-items]");
    const [add] = own(field, "[data-odf-add]");
    let next = own(field, ITEM).length;

    const watch = (item) => {
      const remove = Array.from(item.querySelectorAll("[data-odf-remove]")).find(
        (button) => button.closest(ITEM) === item
      );
      remove.hidden = false;
      remove.addEventListener("click", () => {
        item.remove();
        add.focus();
      });
    };

    own(field, ITEM).forEach(watch);
    add.hidden = false;
    add.addEventListener("click", () => {
      const item = filled(template, next, own(field, ITEM).length + 1);
      next += 1;
      list.append(item);
      watch(item);
      item.querySelectorAll(FIELD).forEach(start);
      item.querySelectorAll("[data-module]").forEach((element) => window.ckan.module.initializeElement(element));
      item.querySelector("input, select, textarea").focus();
    });
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(FIELD).forEach(start));
})();
