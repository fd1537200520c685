// [data-tree]: ticking a 大类 ticks its 小类; the 大类 shows whether all, some or none of them are ticked.
const show = (branch, tapped) => {
  const [parent, ...leaves] = branch.querySelectorAll("[data-tree-parent], [data-tree-child]");
  if (tapped === parent) for (const leaf of leaves) leaf.checked = parent.checked;
  const ticked = leaves.filter((leaf) => leaf.checked).length;
  parent.checked = ticked === leaves.length;
  parent.indeterminate = ticked > 0 && !parent.checked;
};
document.addEventListener("change", ({ target }) => {
  const branch = target.closest("[data-tree] .branch");
  if (branch) show(branch, target);
});
// A 大类 comes unticked (ScopeField): one that is ticked already was tapped before this script came.
for (const tapped of document.querySelectorAll("[data-tree-parent]:checked")) show(tapped.closest(".branch"), tapped);
const start = (root) => root.querySelectorAll?.("[data-tree] .branch").forEach((branch) => show(branch));
start(document); // htmx may have processed the page before this script came
htmx.onLoad(start);
