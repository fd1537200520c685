// Opens the app without a server: the shells with every file that they name, one cache for each build, whole or not
// at all. What is not GET is left alone, and no page of a person is ever kept. See docs/offline.md.
const BUILD = {{ build|tojson }};
const SHELLS = {{ shells|tojson }};
const FILES = {{ files|tojson }};
const CHECKLISTS = {{ checklists|tojson }};

const PREFIX = "build-";
const KEPT = PREFIX + BUILD;
const KEPT_CHECKLISTS = "checklists";
const PATIENCE = 3000; // ms until a page that does not come is replaced by what the phone has in its place
const PATIENCE_WITHOUT = 30000; // where the phone has nothing as good, or somebody reloads and means the network
const GONE = [502, 503, 504]; // what a proxy says of a server that is not there

// Without cookies, so that no server could answer with somebody's page.
const got = async (path, options) => {
  const response = await fetch(path, { credentials: "omit", ...options });
  if (!response.ok) throw new Error(`${response.status} ${path}`);
  return response;
};

const gotShell = async (path) => {
  const response = await got(path, { cache: "reload", redirect: "error" });
  // While a new build is being served, its pages must not come into the cache of the old one.
  if (response.headers.get("X-Build") !== BUILD) throw new Error(`${path} is of another build`);
  return response;
};

const install = async () => {
  const paths = [...SHELLS, ...FILES];
  const responses = await Promise.all([...SHELLS.map(gotShell), ...FILES.map((path) => got(path))]);
  await Promise.all(CHECKLISTS.map(checklist));
  const cache = await caches.open(KEPT);
  await Promise.all(paths.map((path, place) => cache.put(path, responses[place])));
};

const activate = async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== KEPT);
  await Promise.all(old.map((name) => caches.delete(name)));
  await dropOutdatedChecklists();
  await registration.navigationPreload?.enable();
  await clients.claim();
};

const kept = async (path) => {
  const cache = await caches.open(KEPT);
  return (await cache.match(path, { ignoreVary: true })) ?? fetch(path);
};

const versionOf = (path) => path.slice(0, path.lastIndexOf("/") + 1);
const keptOfVersion = async (cache, path) =>
  (await cache.keys()).filter(({ url }) => versionOf(new URL(url).pathname) === versionOf(path));

// A checklist's address ends in a digest of what it says: what is kept once is right for ever. An address of an older
// build leads to the one of today; without a network, what is kept of the same version serves as well.
const checklist = async (path) => {
  const cache = await caches.open(KEPT_CHECKLISTS);
  const found = await cache.match(path, { ignoreVary: true });
  if (found) return found;
  try {
    const response = await got(path);
    await cache.put(response.url, response.clone()).catch(() => {}); // a full phone is still answered
    return response;
  } catch (error) {
    const [other] = await keptOfVersion(cache, path);
    if (!other) throw error;
    return cache.match(other, { ignoreVary: true });
  }
};

const dropOutdatedChecklists = async () => {
  const cache = await caches.open(KEPT_CHECKLISTS);
  for (const path of CHECKLISTS)
    for (const request of await keptOfVersion(cache, path))
      if (new URL(request.url).pathname !== path) await cache.delete(request);
};

// What the phone has in place of a page; of any other it can only say that it needs the network.
const STAND_INS = { "/": "/offline", "/inspections/new": "/offline/new" };
const standIn = (path) => STAND_INS[path] ?? (/^\/inspections\/[0-9a-f-]{36}$/.test(path) ? "/offline/fill" : undefined);

const page = async ({ request, preloadResponse }, path) => {
  const shell = standIn(path);
  const reloaded = ["reload", "no-cache"].includes(request.cache);
  // The shell asks for the server's page when it has drawn this phone's: a preload kept for it would outlive its answer.
  if (shell && !reloaded && (await caches.match(path, { cacheName: "drafts" }))) return kept(shell);
  const patience = shell && !reloaded ? PATIENCE : PATIENCE_WITHOUT;
  const coming = Promise.resolve(preloadResponse).then((early) => early ?? fetch(request));
  const tooLate = new Promise((_, reject) => setTimeout(reject, patience));
  const response = await Promise.race([coming, tooLate]).catch(() => null);
  return response && !GONE.includes(response.status) ? response : kept(shell ?? "/offline");
};

const saysIdle = (client) =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, 1000, client.visibilityState === "hidden"); // ms; whoever sleeps has nothing in hand
    client.postMessage("idle?", [port2]);
  });

// The old build goes only when no page, in whatever tab, is seen or has anything in hand.
const takeOver = async () => {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const answers = await Promise.all(pages.map(saysIdle));
  if (answers.every(Boolean)) await skipWaiting();
};

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(activate()));
addEventListener("message", (event) => event.waitUntil(takeOver()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (SHELLS.includes(pathname) || FILES.includes(pathname)) event.respondWith(kept(pathname));
  else if (request.mode === "navigate") event.respondWith(page(event, pathname));
  else if (pathname.startsWith("/checklists/")) event.respondWith(checklist(pathname));
});
