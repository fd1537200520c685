// The server never sends a password back. When a form [data-keeps] is refused, what was typed moves over here.
const typed = new Map();
const passwords = (root) => root.querySelectorAll?.("[data-keeps] [autocomplete=new-password]") ?? [];
document.addEventListener("htmx:before:swap", () => {
  for (const input of passwords(document)) typed.set(input.id, input.value);
});
htmx.onLoad((root) => {
  for (const input of passwords(root.parentElement ?? root)) if (!input.value) input.value = typed.get(input.id) ?? "";
  typed.clear();
});
