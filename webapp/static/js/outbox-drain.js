// Sends what waits until each operation is acknowledged; one tab at a time (Web Locks), photos beside the answers.
// Every tab learns of it by "outbox:change" on the document: {waiting, trouble, oldest, foreign, paused, …}.
const [TIMEOUT, EVERY, LONGEST_DELAY] = [30_000, 30_000, 60_000]; // ms
const REFUSALS = { 403: "您的账号现在没有自查权限，没有上传", 404: "服务器上没有这份自查，或者它不在您的账号下，没有上传" };
const locks = navigator.locks ?? { request: (_name, work) => work() };
const channel = new BroadcastChannel(`outbox-${outbox.user}`);
let token = document.querySelector('meta[name="csrf-token"]')?.content;
let [paused, delay, timer] = ["", 0]; // why nothing is sent: sign-in, other (who is signed in), network, busy; ms
class Pause extends Error {}

const tell = (detail) => document.dispatchEvent(new CustomEvent("outbox:change", { detail }));
channel.onmessage = ({ data }) => tell(data);
const announce = async (news = {}) => {
  const detail = { ...(await outbox.overview()), paused, ...news };
  channel.postMessage(detail);
  tell(detail);
};

const request = async (url, options = {}) => {
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT) }).catch(() => null);
  if (!answer) throw new Pause("network");
  if (answer.status === 401) throw new Pause("sign-in");
  if (answer.status >= 500 || answer.status === 429) throw new Pause("busy");
  return answer;
};
// Who is signed in, a fresh token, what a new inspection may be about; resolves to whether the epoch is a new one.
const session = async () => {
  const { csrf, user, scope, epoch } = await (await request("/session")).json();
  if (user !== outbox.user) throw new Pause("other");
  token = csrf;
  await outbox.write(({ meta }) => void meta.put(scope, "offer"));
  return outbox.settle([], [], epoch);
};
const post = async (batch, isRetry = false) => {
  if (!token) await session();
  const operations = batch.map(({ op, kind, item, value, base, device, seq, at }) => ({ op, kind, item, value, base, device, seq, at }));
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token, "HX-Request": "true" };
  const body = JSON.stringify({ user: outbox.user, operations });
  const answer = await request(`/inspections/${batch[0].inspection}/operations`, { method: "POST", headers, body });
  const { ok, status } = answer;
  if (ok) return answer.json();
  if (status === 400 && isRetry) throw new Pause("sign-in");
  // The token has expired, or a restored server does not know the inspection: it is told of it again.
  if (status === 400) return (token = null), post(batch, true);
  if (status === 404 && (await session())) return null;
  return { results: batch.map(() => ({ status, message: REFUSALS[status] })) };
};
const sendBatch = async () => {
  const batch = await outbox.next();
  if (batch.length) await announce({ sending: batch });
  const answer = batch.length && (await post(batch));
  if (answer) await settle(batch, answer.results, answer);
  return batch.length;
};
const settle = async (batch, results, { epoch, html } = {}) => {
  const isForgotten = await outbox.settle(batch, results, epoch);
  const settled = isForgotten ? [] : batch.map((operation, place) => ({ ...operation, ...results[place] }));
  [paused, delay] = ["", 0];
  await announce({ html, results: settled });
};
const sendPhoto = async () => {
  const [photo] = await outbox.all("photos", "unsent");
  if (!photo) return false;
  if (!token) await session();
  const message = await uploads.send(photo, token, (percent) => announce({ photo, percent })).catch(() => {
    token = null; // asked for anew, which also tells whether anybody is signed in
    throw new Pause("network");
  });
  const own = (await outbox.all("operations", "queue")).filter(({ value }) => value === photo.uuid);
  if (message) await settle(own, own.map(() => ({ status: 422, message })));
  await outbox.uploaded(photo);
  lane("operations", sendBatch); // its own may go now
  return true;
};
// One tab at a time takes steps until none is left; asked again meanwhile, it looks once more afterwards.
const queued = new Map();
const lane = (name, step) => {
  const run = async () => {
    queued.delete(name);
    document.documentElement.dataset.busy = "";
    while (await step());
    if (paused && !(await outbox.overview()).waiting) await announce({ paused: (paused = "") });
  };
  if (!queued.has(name)) queued.set(name, locks.request(`${name} ${outbox.user}`, run).catch(later));
  return queued.get(name);
};
const later = (error) => {
  paused = error instanceof Pause ? error.message : "busy";
  if (!(error instanceof Pause)) console.warn(error);
  clearTimeout(timer);
  delay = Math.min(LONGEST_DELAY, (delay || 500) * 2);
  if (paused === "network" || paused === "busy") timer = setTimeout(drain, delay * (0.5 + Math.random() / 2));
  return announce();
};
const drain = async () => {
  if (!outbox.user) return;
  await Promise.all([lane("operations", sendBatch), lane("photos", sendPhoto)]);
  if (!queued.size) delete document.documentElement.dataset.busy;
};
// Resolves to whether nothing waits any more, at the latest after so many milliseconds.
const emptied = async (within) => {
  await Promise.race([drain(), new Promise((resolve) => setTimeout(resolve, within))]);
  return !(await outbox.overview()).waiting;
};
const wake = async () => outbox.user && !document.hidden && (paused || (await outbox.overview()).waiting) && drain();
for (const event of ["online", "pageshow", "visibilitychange"]) addEventListener(event, wake);
setInterval(wake, EVERY);
if (outbox.user) outbox.read("meta", "offer").then((scope) => scope ?? session()).catch(() => {}); // for a start without signal

window.drainer = { drain, emptied, announce, session };
