// Registers the service worker, asks for a newer one, and lets it take over while nothing is in hand: neither here
// (html[data-busy], or a text being typed) nor in another tab, which the worker asks. Pages change with the next visit.
const { serviceWorker } = navigator;
const TYPING = "textarea, select, input:not([type=radio], [type=checkbox], [type=file])";
const root = document.documentElement;
const idle = () => !("busy" in root.dataset) && !document.activeElement?.matches(TYPING);
const begin = async () => {
  const registration = await serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const offer = () => idle() && registration.waiting?.postMessage("take over");
  const look = () => registration.update().catch(() => {}); // no network, or a build that is not whole
  registration.onupdatefound = () => (registration.installing.onstatechange = offer);
  new MutationObserver(offer).observe(root, { attributeFilter: ["data-busy"] });
  addEventListener("focusout", () => setTimeout(offer));
  offer();
  look();
  setInterval(look, 3_600_000);
};
serviceWorker?.addEventListener("message", ({ data, ports }) => data === "idle?" && ports[0].postMessage(idle()));
// Not while the page itself loads: a slow line is the page's.
if (serviceWorker) addEventListener("load", () => begin().catch(() => {}));
