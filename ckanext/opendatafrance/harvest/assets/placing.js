/*
 * The inbox of publishers by the keyboard. While the focus is in a line: a digit presses the button that shows it, down
 * and up go to the next and the previous line. Without a script the buttons are there all the same.
 */
(function () {
  "use strict";

  function go(row, step) {
    const rows = [...document.querySelectorAll("[data-odf-publisher]")];
    const next = rows[rows.indexOf(row) + step];
    const target = next && next.querySelector("button, input:not([type=hidden])");
    if (target) target.focus();
    return Boolean(target);
  }

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest && event.target.closest("[data-odf-publisher]");
    /* In a text field, digits are text and arrows are the list's. */
    if (!row || event.target.matches("input") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (go(row, event.key === "ArrowDown" ? 1 : -1)) event.preventDefault();
      return;
    }
    const button = /^[0-9]$/.test(event.key) && row.querySelector(`button[data-odf-key="${event.key}"]`);
    if (button) {
      event.preventDefault();
      button.click();
    }
  });

  /* After a line is done, the work goes on at the first one that is left. */
  document.addEventListener("DOMContentLoaded", () => {
    const list = document.querySelector("[data-odf-go-on]");
    const first = list && list.querySelector("[data-odf-publisher] button");
    if (first) first.focus();
  });
})();
