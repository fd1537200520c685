// A page that is the same for everybody takes on this browser's look, and says what the address asked for needs:
// of all [data-under] the first that names the address, or a part before it, is shown. Runs before the first paint.
(() => {
  const { theme, care } = Object.fromEntries(document.cookie.split("; ").map((pair) => pair.split("=")));
  if (theme) document.documentElement.dataset.theme = theme;
  if (care) document.documentElement.dataset.care = "";
  const { pathname } = location;
  const names = (place) => place === "*" || pathname === place || (place !== "/" && pathname.startsWith(`${place}/`));
  addEventListener("DOMContentLoaded", () => {
    const notes = [...document.querySelectorAll("[data-under]")];
    const fitting = notes.find((note) => note.dataset.under.split(" ").some(names));
    for (const note of notes) note.hidden = note !== fitting;
    document.querySelector(`.tabs > a[href="${pathname}"]`)?.setAttribute("aria-current", "page");
  });
  // Reloading, rather than following the link, tells the service worker to wait longer for the network.
  document.addEventListener("click", (event) => {
    if (!event.target.matches("[data-again]")) return;
    event.preventDefault();
    event.target.textContent = "正在连接…";
    location.reload();
  });
})();
