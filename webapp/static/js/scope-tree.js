// [data-tree]: ticking a 大类 ticks its 小类; the 大类 shows whether all, some or none of them are ticked.
const show = (branch, tapped) => {
  const [parent, ...leaves] = branch.querySelectorAll("[data-tree-parent], [data-tree-child]");
  if (tapped === parent) for (const leaf of leaves) leaf.checked = parent.checked;
  const ticked = leaves.filter((leaf) => leaf.checked).length;
  parent.checked = ticked === leaves.length;
  parent.indeterminate = ticked > 0 && !parent.checked;
};
const tap = (box) => show(box.closest(".branch"), box);
document.addEventListener("change", ({ target }) => target.matches("[data-tree] input") && tap(target));
// A 大类 comes unticked (ScopeField): one that is ticked already was tapped before this script came.
document.querySelectorAll("[data-tree-parent]:checked").forEach(tap);
const start = (root) => root.querySelectorAll?.("[data-tree] .branch").forEach((branch) => show(branch));
start(document); // htmx may have processed the page before this script came
htmx.onLoad(start);
