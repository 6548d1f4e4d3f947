/*
 * Suggestions under a search field: the combobox of the ARIA Authoring Practices 1.2, with a list.
 * Down and up choose, Enter goes to the page of what is chosen (or searches as without a script), Escape closes.
 * A field with data-odf-find-fills is one of a form: what is chosen is written into it.
 */
(function () {
  "use strict";

  const SHORTEST = 2;
  const WAIT = 200;

  function start(input) {
    const { odfFind, odfFindNone, odfFindSome } = input.dataset;
    const list = document.createElement("ul");
    const status = document.createElement("p");
    const fills = "odfFindFills" in input.dataset;
    let timer, asking, chosen = -1;

    list.id = `${input.id}-suggestions`;
    list.className = "odf-suggestions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", odfFindSome.replace("{number}", "").trim());
    list.hidden = true;
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    const box = document.createElement("div");
    box.className = "odf-combobox";
    input.replaceWith(box);
    box.append(input, list, status);

    /* A field of type search may not be a combobox. */
    input.type = "text";
    if (!fills) input.setAttribute("enterkeyhint", "search");
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) input.setAttribute(name, value);

    function choose(index) {
      const options = list.children;
      if (options[chosen]) options[chosen].setAttribute("aria-selected", "false");
      chosen = index;
      if (!options[chosen]) return input.removeAttribute("aria-activedescendant");
      options[chosen].setAttribute("aria-selected", "true");
      options[chosen].scrollIntoView({ block: "nearest" });
      input.setAttribute("aria-activedescendant", options[chosen].id);
    }

    function take({ dataset }) {
      if (!fills) return window.location.assign(dataset.url);
      input.value = dataset.text;
      close();
      status.textContent = "";
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }

    function close() {
      clearTimeout(timer);
      if (asking) asking.abort();
      choose(-1);
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
    }

    function show(found) {
      choose(-1);
      list.replaceChildren(...found.map(({ title, detail, text, url }, index) => {
        const option = document.createElement("li");
        const small = document.createElement("small");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        Object.assign(option.dataset, { text, url });
        small.textContent = detail;
        option.append(title, " ", small);
        return option;
      }));
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(Boolean(found.length)));
      status.textContent = found.length ? odfFindSome.replace("{number}", found.length) : odfFindNone;
    }

    async function suggest() {
      const typed = input.value.trim();
      if (typed.length < SHORTEST) return close();
      if (asking) asking.abort();
      asking = new AbortController();
      try {
        const answer = await fetch(`${odfFind}${odfFind.includes("?") ? "&" : "?"}q=${encodeURIComponent(typed)}`, { signal: asking.signal });
        if (answer.ok) show(await answer.json());
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(suggest, WAIT);
    });
    input.addEventListener("keydown", (event) => {
      const last = list.children.length - 1;
      if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && last >= 0) {
        event.preventDefault();
        list.hidden = false;
        input.setAttribute("aria-expanded", "true");
        if (event.key === "ArrowDown") choose(chosen >= last ? 0 : chosen + 1);
        else choose(chosen <= 0 ? last : chosen - 1);
      } else if (event.key === "Enter" && list.children[chosen]) {
        event.preventDefault();
        take(list.children[chosen]);
      }
    });
    /* The field keeps the focus, so that the click is not lost to its closing. */
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => {
      const option = target.closest("[role=option]");
      if (option) take(option);
    });
    input.addEventListener("blur", close);
  }

  document.addEventListener("DOMContentLoaded", () =>
    document.querySelectorAll("[data-odf-find]").forEach(start)
  );
})();
