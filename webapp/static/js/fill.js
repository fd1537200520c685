// Filling a draft: a tap becomes an operation on this phone after the browser has painted it; the page shows what
// became of it. The same for the server's page and for the shell that draft.js draws without it.
const form = document.getElementById("fill");
const WORDS = { kept: "已保存到手机", sending: "正在上传", sent: "已上传", trouble: "需要处理" };
const waiting = new Map(); // operation → item
const troubles = new Map(); // item → why
const answered = new Map(); // item → its answer, to go back to when a tap can't be saved
const typing = new Map();
const saving = new Set();
const unsaved = new Map(); // what is not on the disk yet, by kind and item
const { dataset } = form; // asked of the form each time, it would first look among its 900 fields
const inspection = () => dataset.inspection;
const chapters = () => [...form.querySelectorAll("[data-chapter]")];
const codeOf = (element) => element.closest("[data-item]").dataset.item;
const place = (code) => document.getElementById(`i-${code}`);
const stateOf = (code) => document.getElementById(`s-${code}`);
const remarkAt = (code) => document.getElementById(`remark-${code}`);
const revisionOf = (item) => Number(stateOf(item).dataset.revision);
const remember = (...change) => (unsaved.set(change.slice(0, 2).join(), change), change);
// Resolves to whether it was saved.
const record = (kind, item, value, photo, base = revisionOf(item)) => {
  const change = ["answer", "remark"].includes(kind) && remember(kind, item, value, base);
  const draft = { progress: document.getElementById("meter").textContent.trim() };
  const written = outbox.keep(inspection(), kind, { item, value, base, photo, draft }).then((operation) => {
    troubles.delete(item);
    if (operation) waiting.set(operation.op, item);
    paint(item);
    drainer.drain();
    return true;
  }, outbox.failed);
  saving.add(written);
  return written.finally(() => {
    saving.delete(written);
    for (const [key, kept] of unsaved) if (kept === change) unsaved.delete(key);
  });
};

const say = (code, state, textContent = WORDS[state]) => {
  if (stateOf(code)) Object.assign(stateOf(code), { textContent }).dataset.state = state;
};
const paint = (code) => {
  if (troubles.has(code)) say(code, "trouble", troubles.get(code));
  else say(code, [...waiting.values()].includes(code) ? "kept" : "sent");
};

form.addEventListener("change", ({ target }) => {
  if (target.type !== "radio") return;
  remember("answer", codeOf(target), target.value, revisionOf(codeOf(target)));
  requestAnimationFrame(() => setTimeout(() => answer(codeOf(target), target.value)));
});
const answer = async (code, value) => {
  const before = answered.get(code);
  const change = (to) => (tick(code, to), count(place(code).closest("[data-chapter]")));
  change(value);
  if (!(await record("answer", code, value))) change(before);
};
const tick = (code, value) => {
  for (const radio of place(code).querySelectorAll("[type=radio]")) radio.checked = radio.value === value;
  answered.set(code, value);
  if (value === "no") remarkOf(code, true);
};
// The totals are counted on the page: right without the server, and ahead of it.
const counted = new Map(); // chapter → how many of its items are answered, and how many there are
const count = (...changed) => {
  for (const chapter of counted.size ? changed : chapters()) {
    const [some, all] = ["input:checked", ".item"].map((what) => chapter.querySelectorAll(what).length);
    counted.set(chapter, [some, all]);
    const line = document.getElementById(`n-${chapter.dataset.chapter}`);
    line.textContent = `${some} / ${all}${some === all ? " ✓" : ""}`;
    line.toggleAttribute("data-complete", some === all);
  }
  const [some, all] = [0, 1].map((which) => [...counted.values()].reduce((sum, numbers) => sum + numbers[which], 0));
  const [bar, words] = document.getElementById("meter").children;
  Object.assign(bar, { max: all, value: some });
  words.textContent = `${some} / ${all} 项`;
  document.querySelector("#left b").textContent = all - some;
};

form.addEventListener("input", ({ target }) => {
  if (target.localName !== "textarea") return;
  remember("remark", codeOf(target), target.value.trim(), revisionOf(codeOf(target)));
  clearTimeout(typing.get(codeOf(target)));
  typing.set(codeOf(target), setTimeout(keepRemark, 800, codeOf(target)));
});
form.addEventListener("focusout", ({ target }) => target.localName === "textarea" && keepRemark(codeOf(target)));
document.addEventListener("visibilitychange", () => document.hidden && settled());
// A page that goes has no time for the disk; what was typed or tapped last waits here until the draft is opened again.
const shelf = () => `typed-${outbox.user}-${inspection()}`;
addEventListener("pagehide", () => unsaved.size && (localStorage[shelf()] = JSON.stringify([...unsaved.values()])));
const takeUp = () => {
  const changes = JSON.parse(localStorage[shelf()] ?? "[]").filter(([, item]) => place(item) || !item);
  delete localStorage[shelf()];
  for (const [kind, item, value, base] of changes) record(kind, item, value, null, base);
  return changes.length;
};
const keepRemark = (code) => {
  clearTimeout(typing.get(code));
  if (typing.delete(code)) record("remark", code, remarkAt(code).value.trim());
};
// Resolves when everything typed and tapped so far is on the disk, to whether all of it is.
const settled = async () => {
  [...typing.keys()].forEach(keepRemark);
  return (await Promise.all([...saving])).every(Boolean);
};
const isSettled = () => !typing.size && !saving.size;

const remarkOf = (code, isWrong = false) => {
  if (!remarkAt(code)) {
    const note = document.getElementById("remark-template").content.cloneNode(true).firstElementChild;
    const [label, area] = note.children;
    area.id = area.name = label.htmlFor = `remark-${code}`;
    place(code).querySelector(".seg").after(note);
  }
  if (isWrong) {
    remarkAt(code).parentElement.firstElementChild.textContent = "存在的问题和整改打算";
    remarkAt(code).parentElement.classList.add("fix");
  }
  return remarkAt(code);
};

form.addEventListener("click", async ({ target }) => {
  if (target.matches("[data-note]")) remarkOf(codeOf(target)).focus();
  if (!target.matches("[data-choose]")) return;
  const { choose: item, kind, value } = target.dataset;
  show({ item, kind, value });
  if (await record(kind, item, value)) target.closest(".rival").remove();
});
// One operation's effect on the page.
const show = ({ item, kind, value, revision }) => {
  if (!place(item)) return;
  if (kind === "answer") tick(item, value);
  if (kind === "remark" && (value || remarkAt(item))) remarkOf(item).value = value;
  if (kind === "photo-remove") form.querySelector(`[data-remove="${value}"]`)?.closest(".photo").remove();
  if (revision) stateOf(item).dataset.revision = revision;
};
// What this phone holds and the page does not know: what has not arrived, or made a later revision of its item.
const isNewer = ({ item, queue, trouble, revision }) =>
  queue || trouble || revision > Number(stateOf(item)?.dataset.revision ?? Infinity);
const replay = (newer) => {
  for (const radio of form.querySelectorAll(".item input:checked")) answered.set(codeOf(radio), radio.value);
  for (const operation of newer) {
    show(operation);
    if (operation.queue) waiting.set(operation.op, operation.item);
    if (operation.trouble) troubles.set(operation.item, operation.trouble);
    paint(operation.item);
  }
  count(...chapters());
};
// What the server said of the operations sent: its pieces first, then what is newer on this page.
document.addEventListener("outbox:change", async ({ detail: { results = [], html, sending = [], paused, ...totals } }) => {
  const ofThis = (operation) => operation.inspection === inspection();
  const mine = results.filter(ofThis);
  if (mine.length && html) await htmx.swap({ text: html, swap: "none", sourceElement: document.body });
  for (const { op, item, status, outcome, message } of mine) {
    waiting.delete(op);
    if (status !== 200) troubles.set(item, (!outcome && message) || WORDS.trouble);
  }
  if (mine.length) count(...chapters());
  if (html) form.dispatchEvent(new CustomEvent("swapped"));
  if (mine.length || paused) new Set([...mine.map(({ item }) => item), ...waiting.values()]).forEach(paint);
  for (const { item } of sending.filter(ofThis)) say(item, "sending");
  const left = totals.waiting && `${totals.waiting} 条${paused ? "等待" : "正在"}上传`;
  document.getElementById("sync").textContent = left || (totals.trouble ? WORDS.trouble : "已上传 ✓");
});

window.filling = { form, inspection, chapters, codeOf, place, record, takeUp, say, settled, isSettled, isNewer, replay };
