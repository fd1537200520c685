// What was filled on this phone, in a database of the user's own. A promise that resolves means: it is on the disk.
// An operation waits while it has a `queue` (its place), needs the inspector while it has a `trouble` (why it was
// refused), else it was acknowledged, and stays for the case that the server forgets. See docs/offline.md.
(() => {
  const BATCH = 50;
  const MOST_TRIES = 3;
  const KEPT_AFTER_SUBMISSION = 7 * 24 * 3600 * 1000;
  const STORES = ["operations", "photos", "drafts", "pages", "meta"];
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
        const operations = db.createObjectStore("operations", { keyPath: "op" });
        for (const key of ["queue", "trouble", "inspection"]) operations.createIndex(key, key);
        const photos = db.createObjectStore("photos", { keyPath: "uuid" });
        for (const key of ["unsent", "inspection"]) photos.createIndex(key, key);
        for (const store of ["drafts", "pages"]) db.createObjectStore(store, { keyPath: "inspection" });
        db.createObjectStore("meta");
      },
      blocking: (_old, _new, { target }) => target.close(),
      terminated: () => (opened = null), // iOS drops the connections of pages in the background
    }));

  const write = async (work) => {
    const tx = (await database()).transaction(STORES, "readwrite", { durability: "strict" });
    const stores = Object.fromEntries(STORES.map((store) => [store, tx.objectStore(store)]));
    const [result] = await Promise.all([work(stores), tx.done]);
    return result;
  };
  const read = async (store, key) => (await database()).get(store, key);
  const all = async (store) => (await database()).getAll(store);

  // Keeps one change as an operation, with its photo if it has one; `draft` is what lists say of the inspection now.
  const keep = (inspection, kind, { item = "", value = "", base = 0, photo, draft } = {}) =>
    write(async ({ operations, photos, drafts, meta }) => {
      const [last = 0, device = uuid7(), known] = await Promise.all([meta.get("seq"), meta.get("device"), drafts.get(inspection)]);
      const [seq, kept] = [last + 1, Date.now()];
      meta.put(seq, "seq");
      meta.put(device, "device");
      const ending = kind === "submit" || kind === "delete" ? kind : undefined;
      drafts.put({ ...known, ...draft, inspection, ending: ending ?? known?.ending, touched: kept });
      if (photo) photos.put({ ...photo, uuid: value, inspection, item, unsent: 1 });
      if (kind === "photo-remove") {
        photos.delete(value);
        const added = (await operations.index("inspection").getAll(inspection)).find((o) => o.kind === "photo" && o.value === value);
        if (added) operations.delete(added.op);
        if (added?.queue || added?.trouble) return null; // the server has never heard of it
      }
      const sent = { op: uuid7(), kind, item, value, base, device, seq, at: new Date(kept).toISOString() };
      operations.put({ ...sent, inspection, kept, queue: seq });
      return { ...sent, inspection };
    });

  // The next operations to send: of one inspection, in their order. A photo's own waits for its upload, a submission for all.
  const next = async () => {
    const db = await database();
    const [waiting, unsent] = [await db.getAllFromIndex("operations", "queue"), await db.getAllKeysFromIndex("photos", "unsent")];
    const held = new Set();
    const ready = waiting.filter(({ kind, value, inspection }) => {
      const isHeld = kind === "photo" ? unsent.includes(value) : kind === "submit" && held.has(inspection);
      if (isHeld) held.add(inspection);
      return !isHeld;
    });
    return ready.filter(({ inspection }) => inspection === ready[0].inspection).slice(0, BATCH);
  };
  const nextPhoto = async () => (await (await database()).getAllFromIndex("photos", "unsent", undefined, 1))[0];

  // Takes over the server's answers; what is refused needs the inspector. Resolves to whether the epoch is a new one.
  const settle = (batch, results, epoch) =>
    write(async (stores) => {
      for (const [place, sent] of batch.entries()) {
        const { status, revision, message, missing } = results[place];
        const operation = await stores.operations.get(sent.op);
        if (!operation) continue;
        const { queue, trouble, ...settled } = { ...operation, revision };
        if (status === 200) await applied(stores, settled);
        else if (missing?.ops.length + missing?.photos.length > 0 && !(operation.tries >= MOST_TRIES)) {
          await sendAgain(stores, operation.inspection);
          stores.operations.put({ ...operation, tries: (operation.tries ?? 0) + 1 });
        } else await refused(stores, { ...settled, trouble: message || "没有保存成功" });
      }
      return epoch ? noteEpoch(stores, epoch) : false;
    });
  const applied = async (stores, settled) => {
    const { inspection, kind, item } = settled;
    if (kind === "delete") return forget(stores, inspection);
    stores.operations.put(settled);
    if (kind === "submit") await mark(stores, inspection, "submitted");
    for (const other of await stores.operations.index("trouble").getAll()) // a new answer settles what was refused
      if (other.inspection === inspection && other.item === item && other.kind === kind && other.seq < settled.seq)
        stores.operations.delete(other.op);
  };
  const refused = async (stores, settled) => {
    stores.operations.put(settled);
    if (settled.kind === "submit" || settled.kind === "delete") await mark(stores, settled.inspection);
  };
  const mark = async ({ drafts }, inspection, ending) =>
    drafts.put({ ...(await drafts.get(inspection)), inspection, ending, touched: Date.now() });

  // Another epoch: the server was restored from a backup and may have forgotten what it acknowledged.
  const noteEpoch = async (stores, epoch) => {
    const known = await stores.meta.get("epoch");
    const isNew = Boolean(known) && known !== epoch;
    if (isNew) await sendAgain(stores);
    stores.meta.put(epoch, "epoch");
    return isNew;
  };
  const sendAgain = async ({ operations, photos }, inspection) => {
    for (const operation of await operations.index("inspection").getAll(inspection))
      if (!operation.trouble) operations.put({ ...operation, queue: operation.seq });
    for (const photo of await photos.index("inspection").getAll(inspection)) photos.put({ ...photo, unsent: 1 });
  };

  // On a full phone the photo makes room: the server has it.
  const uploaded = ({ unsent, ...photo }) =>
    write(async ({ photos }) => (await photos.getKey(photo.uuid)) && photos.put(photo)).catch(() =>
      write(({ photos }) => photos.delete(photo.uuid)),
    );

  const forget = async ({ operations, photos, drafts, pages }, inspection) => {
    for (const store of [drafts, pages]) store.delete(inspection);
    for (const store of [operations, photos])
      for (const key of await store.index("inspection").getAllKeys(inspection)) store.delete(key);
  };

  // The server's page as it is now, for opening the draft without it; and out with what was handed in long ago.
  const mirror = (draft, html) =>
    write(async (stores) => {
      const { drafts, pages, meta } = stores;
      drafts.put({ ...(await drafts.get(draft.inspection)), ...draft });
      pages.put({ inspection: draft.inspection, html, seq: (await meta.get("seq")) ?? 0 });
      for (const { inspection, ending, touched } of await drafts.getAll())
        if (ending === "submitted" && Date.now() - touched > KEPT_AFTER_SUBMISSION) await forget(stores, inspection);
    });

  // Everything of one inspection, its operations in their order.
  const of = async (inspection) => {
    const db = await database();
    const [draft, page] = [await db.get("drafts", inspection), await db.get("pages", inspection)];
    const operations = await db.getAllFromIndex("operations", "inspection", inspection);
    const photos = await db.getAllFromIndex("photos", "inspection", inspection);
    return { draft, page, photos, operations: operations.sort((a, b) => a.seq - b.seq) };
  };

  // How much waits; kept beside the database too, for when somebody else is signed in on this phone.
  const overview = async () => {
    const db = await database();
    const [waiting, trouble] = [await db.countFromIndex("operations", "queue"), await db.countFromIndex("operations", "trouble")];
    const [first] = await db.getAllFromIndex("operations", "queue", undefined, 1);
    localStorage[name] = waiting + trouble;
    const others = Object.keys(localStorage).filter((key) => key.startsWith("outbox-") && key !== name);
    return { waiting, trouble, oldest: first?.kept, foreign: others.reduce((sum, key) => sum + Number(localStorage[key]), 0) };
  };

  // Signing out: nothing of the user stays here, or only what has not arrived.
  const clear = async (keepsUnsent) => {
    delete localStorage.user;
    if (keepsUnsent)
      return write(async (stores) => {
        const unsent = (await stores.operations.getAll()).filter(({ queue, trouble }) => queue || trouble);
        const kept = new Set(unsent.map(({ inspection }) => inspection));
        for (const { inspection } of await stores.drafts.getAll()) if (!kept.has(inspection)) await forget(stores, inspection);
        stores.meta.delete("offer");
      });
    delete localStorage[name];
    (await database()).close();
    opened = new Promise(() => {}); // this page is about to go, and must not make it anew
    return idb.deleteDB(name);
  };

  window.outbox = { user, uuid7, write, read, all, keep, next, nextPhoto, settle, uploaded, forget, mirror, of, overview, clear };
})();
