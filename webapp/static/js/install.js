// Where the browser can install the app, html[data-install] says "offered" and the button does it; afterwards "done".
const { dataset } = document.documentElement;
addEventListener("beforeinstallprompt", (offer) => {
  offer.preventDefault();
  dataset.install = "offered";
  document.querySelector("[data-prompt]").onclick = () => offer.prompt();
});
addEventListener("appinstalled", () => (dataset.install = "done"));
