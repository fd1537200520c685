// [data-tree]: ticking a 大类 ticks its 小类; the 大类 shows whether all, some or none of them are ticked.
const show = (branch) => {
  const [parent, ...leaves] = branch.querySelectorAll("[data-tree-parent], [data-tree-child]");
  const ticked = leaves.filter((leaf) => leaf.checked).length;
  parent.checked = ticked === leaves.length;
  parent.indeterminate = ticked > 0 && !parent.checked;
};
document.addEventListener("change", ({ target }) => {
  const branch = target.closest("[data-tree] .branch");
  if (target.matches("[data-tree-parent]"))
    for (const leaf of branch.querySelectorAll("[data-tree-child]")) leaf.checked = target.checked;
  if (branch) show(branch);
});
const start = (root) => root.querySelectorAll?.("[data-tree] .branch").forEach(show);
start(document); // htmx may have processed the page before this script came
htmx.onLoad(start);
