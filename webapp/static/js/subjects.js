// [data-subjects]: names what is ticked, and finds one of 171 subjects by part of its name.
(() => {
  const nameOf = (box) => box.parentElement.textContent.trim();

  const name = (field) => {
    const chosen = [...field.querySelectorAll("input:checked")].map(nameOf);
    const place = field.querySelector("[data-chosen]");
    place.hidden = !chosen.length;
    place.textContent = `已选 ${chosen.length} 项：${chosen.join("、")}`;
  };

  const find = (field, words) => {
    let found = 0;
    for (const branch of field.querySelectorAll(".branch")) {
      const [root, ...leaves] = branch.querySelectorAll(".tick");
      const whole = root.textContent.includes(words);
      let below = 0;
      for (const leaf of leaves) {
        leaf.hidden = !whole && !leaf.textContent.includes(words);
        below += !leaf.hidden;
      }
      branch.hidden = !whole && !below;
      found += !branch.hidden;
      const fold = branch.querySelector("details");
      if (fold) fold.open = words !== "" && below > 0;
    }
    field.querySelector("[data-none]").hidden = found > 0;
  };

  const start = (root) => {
    for (const field of root.querySelectorAll?.("[data-subjects]") ?? []) {
      field.querySelector("[type=search]").parentElement.hidden = false;
      name(field);
    }
  };

  document.addEventListener("input", ({ target }) => {
    const field = target.matches("[type=search]") && target.closest("[data-subjects]");
    if (field) find(field, target.value.trim());
  });
  // Enter looks for a subject here; it must not send the form.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-subjects] [type=search]")) event.preventDefault();
  });
  document.addEventListener("change", ({ target }) => {
    const field = target.closest?.("[data-subjects]");
    if (field) name(field);
  });
  start(document); // htmx may have processed the page before this script came
  htmx.onLoad(start);
})();
