// Keys of a list and its details: j and k go from row to row, Enter opens one; any other goes to the [data-key] it names.
const opener = (row) => row.querySelector("td:last-child a");
function step(by) {
  const rows = [...document.querySelectorAll("[data-list] tr[data-href]")];
  const here = rows.findIndex((row) => row.ariaSelected);
  const next = rows[here < 0 ? 0 : here + by];
  if (!next) return document.querySelector(`[data-list] tr.more:${by > 0 ? "last" : "first"}-child a`)?.focus();
  for (const row of rows) row.ariaSelected = row === next || null;
  opener(next).focus();
  next.scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea, dialog, [role=dialog], [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const wanted = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (wanted) {
    event.preventDefault();
    if (wanted.matches("a, button")) wanted.click();
    else (wanted.focus(), wanted.select?.());
  } else if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
});
document.addEventListener("click", ({ target }) => {
  const row = target.closest("tr[data-href]");
  if (!row) return;
  // Coming back by the browser's own button shows the list around this row as well.
  const here = new URL(location), link = target.closest("a, button");
  if (row.id) here.searchParams.set("at", row.id.replace("row-", ""));
  if (link?.matches("td:last-child a")) history.replaceState(history.state, "", here);
  if (!link && !String(getSelection())) opener(row).click(); // selecting text in a row is no click on it
});
