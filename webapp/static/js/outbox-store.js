// What was filled on this phone, in a database of the user's own. A promise that resolves means: it is on the disk.
// An operation waits while it has a `queue` (its place), needs the inspector while it has a `trouble` (why it was
// refused), else it was acknowledged, and stays for the case that the server forgets. See docs/offline.md.
const [BATCH, MOST_TRIES, KEPT_AFTER_SUBMISSION] = [50, 3, 7 * 24 * 3600 * 1000]; // operations, times, ms
// Each store's own key, then its indexes.
const KEYS = {
  operations: ["op", "queue", "trouble", "inspection"], photos: ["uuid", "unsent", "inspection"],
  drafts: ["inspection"], pages: ["inspection"], meta: [],
};
const STORES = Object.keys(KEYS);
const user = document.querySelector('meta[name="user"]')?.content ?? localStorage.user;
if (user) localStorage.user = user;
const name = `outbox-${user}`;
// A time-ordered identifier (RFC 9562, version 7).
const uuid7 = () => {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
};
let opened = null;
const database = () =>
  (opened ??= idb.openDB(name, 1, {
    upgrade(db) {
      for (const [store, [keyPath, ...indexes]] of Object.entries(KEYS)) {
        const made = db.createObjectStore(store, keyPath && { keyPath });
        for (const key of indexes) made.createIndex(key, key);
      }
    },
    blocking: (_old, _new, { target }) => target.close(),
    terminated: () => (opened = null), // iOS drops the connections of pages in the background
  }));
const write = async (work) => {
  const tx = (await database()).transaction(STORES, "readwrite", { durability: "strict" });
  const stores = Object.fromEntries(STORES.map((store) => [store, tx.objectStore(store)]));
  return (await Promise.all([work(stores), tx.done]))[0];
};
const read = async (store, key) => (await database()).get(store, key);
const all = async (store, index, value) =>
  index ? (await database()).getAllFromIndex(store, index, value) : (await database()).getAll(store);
// Keeps one change as an operation, with its photo if it has one; `draft` is what lists say of the inspection now.
const keep = (inspection, kind, { item = "", value = "", base = 0, photo, draft } = {}) =>
  write(async ({ operations, photos, drafts, meta }) => {
    const [last = 0, device = uuid7(), known] = [await meta.get("seq"), await meta.get("device"), await drafts.get(inspection)];
    const [seq, kept] = [last + 1, Date.now()];
    const ending = kind === "submit" || kind === "delete" ? kind : known?.ending;
    meta.put(seq, "seq");
    meta.put(device, "device");
    drafts.put({ ...known, ...draft, inspection, ending, touched: kept });
    if (photo) photos.put({ ...photo, uuid: value, inspection, item, unsent: 1 });
    if (kind === "photo-remove") {
      const mine = await operations.index("inspection").getAll(inspection);
      const added = mine.find((other) => other.kind === "photo" && other.value === value);
      photos.delete(value);
      if (added) operations.delete(added.op);
      if (added?.queue || added?.trouble) return null; // the server has never heard of it
    }
    const sent = { op: uuid7(), kind, item, value, base, device, seq, at: new Date(kept).toISOString() };
    operations.put({ ...sent, inspection, kept, queue: seq });
    return { ...sent, inspection };
  });
// The next operations to send, of one inspection, in order. A photo's own waits for its upload, a submission for all.
const next = async () => {
  const waiting = await all("operations", "queue"); // before the photos: whatever is added meanwhile comes next time
  const unsent = (await all("photos", "unsent")).map(({ uuid }) => uuid);
  const held = waiting.filter(({ kind, value }) => kind === "photo" && unsent.includes(value));
  const holds = ({ inspection }) => held.some((photo) => photo.inspection === inspection);
  const ready = waiting.filter((one) => !held.includes(one) && !(one.kind === "submit" && holds(one)));
  return ready.filter(({ inspection }) => inspection === ready[0].inspection).slice(0, BATCH);
};
// Takes over the server's answers; what is refused needs the inspector. Resolves to whether the epoch is a new one.
const settle = (batch, results, epoch) =>
  write(async (stores) => {
    const { operations, meta } = stores;
    const known = epoch && (await meta.get("epoch"));
    if (epoch) meta.put(epoch, "epoch");
    // Restored from a backup, the server may have forgotten what it acknowledged: it is told of everything again.
    if (known && known !== epoch) return sendAgain(stores).then(() => true);
    for (const [place, { op, inspection, kind }] of batch.entries()) {
      const { status, revision, message, missing } = results[place];
      const operation = await operations.get(op);
      if (!operation) continue;
      const { queue, trouble, tries = 0, ...settled } = { ...operation, revision };
      if (status === 200) await applied(stores, settled);
      else if (missing?.ops.length + missing?.photos.length > 0 && tries < MOST_TRIES) {
        await sendAgain(stores, inspection);
        operations.put({ ...operation, tries: tries + 1 });
      } else {
        operations.put({ ...settled, trouble: message || "没有保存成功" });
        if (kind === "submit" || kind === "delete") await mark(stores, inspection);
      }
    }
    return false;
  });
const applied = async (stores, settled) => {
  const { inspection, kind, item, seq } = settled;
  if (kind === "delete") return forget(stores, inspection);
  stores.operations.put(settled);
  if (kind === "submit") await mark(stores, inspection, "submitted");
  const isSettled = (other) => other.inspection === inspection && other.item === item && other.kind === kind && other.seq < seq;
  for (const other of await stores.operations.index("trouble").getAll()) // a new answer settles what was refused
    if (isSettled(other)) stores.operations.delete(other.op);
};
const mark = async ({ drafts }, inspection, ending) =>
  drafts.put({ ...(await drafts.get(inspection)), inspection, ending, touched: Date.now() });
const sendAgain = async ({ operations, photos }, inspection) => {
  for (const operation of await operations.index("inspection").getAll(inspection))
    if (!operation.trouble) operations.put({ ...operation, queue: operation.seq });
  for (const photo of await photos.index("inspection").getAll(inspection)) photos.put({ ...photo, unsent: 1 });
};
const again = (op) =>
  write(async ({ operations }) => {
    const { trouble, ...operation } = await operations.get(op);
    operations.put({ ...operation, queue: operation.seq });
  });
const forget = async (stores, inspection) => {
  for (const store of ["drafts", "pages"]) stores[store].delete(inspection);
  for (const store of [stores.operations, stores.photos])
    for (const key of await store.index("inspection").getAllKeys(inspection)) store.delete(key);
};
// On a full phone a photo that has arrived makes room.
const uploaded = ({ unsent, ...photo }) =>
  write(async ({ photos }) => (await photos.getKey(photo.uuid)) && photos.put(photo)).catch(() =>
    write(({ photos }) => photos.delete(photo.uuid)),
  );
// The server's page as it is now, for opening the draft without it; and out with what was handed in long ago.
const mirror = async (draft, html) => {
  await write(async (stores) => {
    stores.drafts.put({ ...(await stores.drafts.get(draft.inspection)), ...draft });
    stores.pages.put({ inspection: draft.inspection, html });
    for (const { inspection, ending, touched } of await stores.drafts.getAll())
      if (ending === "submitted" && Date.now() - touched > KEPT_AFTER_SUBMISSION) await forget(stores, inspection);
  });
  await atHand(draft.inspection, true);
};
// Names the drafts that the service worker opens from this phone at once. Resolves to whether that is, or was, so.
const atHand = async (inspection, isSo) => {
  const [drafts, path] = [await globalThis.caches?.open("drafts"), `/inspections/${inspection}`];
  return isSo ? drafts?.put(path, new Response()).catch(() => {}) : drafts?.delete(path);
};
// Everything of one inspection, its operations in their order.
const of = async (inspection) => {
  const tx = (await database()).transaction(["drafts", "pages", "operations", "photos"]);
  const one = (store) => tx.objectStore(store).get(inspection);
  const many = (store) => tx.objectStore(store).index("inspection").getAll(inspection);
  const [draft, page, operations, photos] = await Promise.all([one("drafts"), one("pages"), many("operations"), many("photos")]);
  return { draft, page, photos, operations: operations.sort((a, b) => a.seq - b.seq) };
};
// How much waits; kept beside the database too, for when somebody else is signed in on this phone.
const overview = async () => {
  const { store } = (await database()).transaction("operations"); // one, for which signing out waits
  const [queue, troubles] = [store.index("queue"), store.index("trouble")];
  const [waiting, trouble, [first]] = await Promise.all([queue.count(), troubles.count(), queue.getAll(null, 1)]);
  localStorage[name] = waiting + trouble;
  const others = Object.keys(localStorage).filter((key) => key.startsWith("outbox-") && key !== name);
  return { waiting, trouble, oldest: first?.kept, foreign: others.reduce((sum, key) => sum + Number(localStorage[key]), 0) };
};
// Signing out: nothing of the user stays here, unless it was to be kept until the next time.
const clear = async (keeps) => {
  delete localStorage.user;
  await globalThis.caches?.delete("drafts");
  if (keeps) return;
  const last = database();
  opened = new Promise(() => {}); // this page is about to go, and must not make it anew
  (await last).close();
  await idb.deleteDB(name);
  const keys = Object.keys(localStorage).filter((key) => key === name || key.startsWith(`typed-${user}`));
  for (const key of keys) delete localStorage[key];
};
// Says on the page that something could not be kept.
const failed = (error) => {
  console.warn(error);
  document.dispatchEvent(new CustomEvent("outbox:failed"));
  return false;
};

window.outbox = { user, uuid7, write, read, all, keep, next, settle, again, forget, uploaded, mirror, atHand, of, overview, clear, failed };
