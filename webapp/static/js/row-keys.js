/* Keys of a list: j and k go from row to row, Enter opens one, / goes to the search field. A click on a row opens it too. */
(() => {
  const rows = () => [...document.querySelectorAll("[data-list] tr[data-href]")];
  const typing = (target) => target.closest("input, select, textarea, dialog, [contenteditable]");

  function choose(row) {
    rows().forEach((other) => other.removeAttribute("aria-selected"));
    row.setAttribute("aria-selected", "true");
    row.querySelector("a").focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = rows();
    const here = all.findIndex((row) => row.hasAttribute("aria-selected"));
    const next = all[here < 0 ? 0 : here + by];
    if (next) choose(next);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const field = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (field) {
      event.preventDefault();
      field.select();
    } else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });

  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    // Selecting text in a row is no click on it.
    if (!row || event.target.closest("a, button") || String(getSelection())) return;
    row.querySelector("a").click();
  });
})();
