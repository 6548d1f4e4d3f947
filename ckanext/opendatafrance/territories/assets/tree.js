/* A branch of the tree comes when it is opened for the first time; without a script its link leads to the same. */
(function () {
  "use strict";

  async function fill(branch) {
    const { odfBranch } = branch.dataset;
    delete branch.dataset.odfBranch;
    const answer = await fetch(odfBranch);
    if (!answer.ok) return;
    const more = branch.querySelector(".odf-tree-more");
    more.outerHTML = await answer.text();
  }

  document.addEventListener("toggle", ({ target }) => target.open && target.dataset.odfBranch && fill(target), true);
})();
