/* Keys of a list and its details: j and k go from row to row, Enter opens one; any other key goes to the [data-key] that names it. */
(() => {
  const rows = () => [...document.querySelectorAll("[data-list] tr[data-href]")];
  const typing = (target) => target.closest("input, select, textarea, dialog, [contenteditable]");

  function choose(row) {
    rows().forEach((other) => other.removeAttribute("aria-selected"));
    row.setAttribute("aria-selected", "true");
    row.querySelector("td:last-child a").focus();
    row.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const all = rows();
    const here = all.findIndex((row) => row.hasAttribute("aria-selected"));
    const next = all[here < 0 ? 0 : here + by];
    if (next) choose(next);
    else document.querySelector(`[data-list] tr.more:${by > 0 ? "last" : "first"}-child a`)?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (wanted) {
      event.preventDefault();
      if (wanted.matches("a, button")) wanted.click();
      else (wanted.focus(), wanted.select?.());
    } else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  });

  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-href]");
    if (!row) return;
    // Coming back by the browser's own button shows the list around this row as well.
    const here = new URL(location);
    if (row.id) here.searchParams.set("at", row.id.replace("row-", ""));
    const link = event.target.closest("a, button");
    if (link?.matches("td:last-child a")) history.replaceState(history.state, "", here);
    // Selecting text in a row is no click on it.
    if (link || String(getSelection())) return;
    row.querySelector("td:last-child a").click();
  });
})();
