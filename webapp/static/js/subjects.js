// [data-subjects]: names what is ticked, and finds one of 171 subjects by part of its name.
const name = (field) => {
  field.querySelector("[type=search]").parentElement.hidden = false;
  const chosen = [...field.querySelectorAll("input:checked")].map((box) => box.parentElement.textContent.trim());
  const textContent = `已选 ${chosen.length} 项：${chosen.join("、")}`;
  Object.assign(field.querySelector("[data-chosen]"), { textContent, hidden: !chosen.length });
};
const find = (field, words) => {
  const branches = [...field.querySelectorAll(".branch")];
  for (const branch of branches) {
    const [root, ...leaves] = branch.querySelectorAll(".tick");
    const whole = root.textContent.includes(words);
    for (const leaf of leaves) leaf.hidden = !whole && !leaf.textContent.includes(words);
    const below = leaves.some((leaf) => !leaf.hidden);
    branch.hidden = !whole && !below;
    for (const fold of branch.querySelectorAll("details")) fold.open = words !== "" && below;
  }
  field.querySelector("[data-none]").hidden = branches.some((branch) => !branch.hidden);
};
document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-subjects] [type=search]")) find(target.closest("[data-subjects]"), target.value.trim());
});
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-subjects] [type=checkbox]")) name(target.closest("[data-subjects]"));
});
const start = (root) => root.querySelectorAll?.("[data-subjects]").forEach(name);
start(document); // htmx may have processed the page before this script came
htmx.onLoad(start);
