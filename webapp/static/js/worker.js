// Registers the service worker, asks for a newer one, and lets it take over while nobody looks and nothing is in hand
// (html[data-busy], or a text being typed), here or in another tab, which the worker asks. Pages change with the next
// visit. While somebody looks, a tap may lead to another page at that very moment, and Chromium can lose its answer.
// A page that is being left counts as unseen too, so whoever looks away has to stay away for a moment.
const { serviceWorker } = navigator;
const TYPING = "textarea, select, input:not([type=radio], [type=checkbox], [type=file])";
const AWAY = 1000; // ms
const root = document.documentElement;
const idle = () => document.hidden && !("busy" in root.dataset) && !document.activeElement?.matches(TYPING);
const begin = async () => {
  const registration = await serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const offer = () => setTimeout(() => idle() && registration.waiting?.postMessage("take over"), AWAY);
  const look = () => registration.update().catch(() => {}); // no network, or a build that is not whole
  registration.onupdatefound = () => (registration.installing.onstatechange = offer);
  new MutationObserver(offer).observe(root, { attributeFilter: ["data-busy"] });
  addEventListener("visibilitychange", offer);
  offer();
  look();
  setInterval(look, 3_600_000);
};
serviceWorker?.addEventListener("message", ({ data, ports }) => data === "idle?" && ports[0].postMessage(idle()));
// Not while the page itself loads: a slow line is the page's.
if (serviceWorker) addEventListener("load", () => begin().catch(() => {}));
