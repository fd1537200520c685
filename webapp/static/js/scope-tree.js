// [data-tree]: ticking a 大类 ticks its 小类; the 大类 shows whether all, some or none of them are ticked.
(() => {
  const leavesOf = (branch) => [...branch.querySelectorAll("[data-tree-child]")];

  const show = (branch) => {
    const parent = branch.querySelector("[data-tree-parent]");
    const leaves = leavesOf(branch);
    const ticked = leaves.filter((leaf) => leaf.checked).length;
    parent.checked = ticked === leaves.length;
    parent.indeterminate = ticked > 0 && !parent.checked;
  };

  document.addEventListener("change", ({ target }) => {
    const branch = target.closest?.("[data-tree] .branch");
    if (!branch) return;
    if (target.matches("[data-tree-parent]")) for (const leaf of leavesOf(branch)) leaf.checked = target.checked;
    show(branch);
  });
  const start = (root) => root.querySelectorAll?.("[data-tree] .branch").forEach(show);
  start(document); // htmx may have processed the page before this script came
  htmx.onLoad(start);
})();
