/* Suggestions while one types, in the browser's own list; with a separator, for what follows the last one. */
(function () {
  "use strict";

  const SHORTEST = 2;
  const WAIT = 200;

  function start(input) {
    const { odfSuggest, odfSeparator } = input.dataset;
    let timer;

    const suggest = async () => {
      const cut = odfSeparator ? input.value.lastIndexOf(odfSeparator) + 1 : 0;
      const before = cut ? `${input.value.slice(0, cut).trim()} ` : "";
      const typed = input.value.slice(cut).trim();
      if (typed.length < SHORTEST) return;
      const answer = await fetch(`${odfSuggest}?incomplete=${encodeURIComponent(typed)}`);
      if (!answer.ok) return;
      const { ResultSet } = await answer.json();
      const options = ResultSet.Result.map((one) => new Option("", before + (one.Name || one.Format)));
      input.list.replaceChildren(...options);
    };

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(suggest, WAIT);
    });
  }

  document.addEventListener("DOMContentLoaded", () =>
    document.querySelectorAll("[data-odf-suggest]").forEach(start)
  );
})();
