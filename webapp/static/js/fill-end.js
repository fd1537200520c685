// Leaving a draft: 暂存, 确认上报 and 删除草稿, each of which may happen without signal.
const { form, inspection, place, record, settled } = filling;
const [PATIENCE, RECORDS] = [5000, "/inspections"]; // ms
const isOpen = (item) => !item.querySelector("input:checked");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (document.querySelector("[form=fill][aria-busy]")) return;
  event.submitter.setAttribute("aria-busy", "true");
  if (await settled()) await (event.submitter.hasAttribute("formaction") ? handIn() : keepDraft());
  event.submitter.removeAttribute("aria-busy");
});
// Everything was sent as it was filled: the form itself goes off light, for the server to say 已暂存.
const keepDraft = async () => {
  if (!(await drainer.emptied(PATIENCE)) || !form.elements.csrf_token) return location.assign(RECORDS);
  for (const field of form.querySelectorAll("[data-item] :is(input, textarea)")) field.disabled = true;
  form.submit();
};

const handIn = async () => {
  const open = [...form.querySelectorAll(".item")].filter(isOpen);
  const rivals = [...form.querySelectorAll(".rival")].map((rival) => rival.closest("[data-item]"));
  if (open.length) return list(open, `还有 ${open.length} 项没有回答，答完才能上报`);
  if (rivals.length) return list(rivals, `有 ${rivals.length} 项在两台设备上填得不同，请先选定`);
  const { operations, photos } = await outbox.of(inspection());
  const refused = operations.filter(({ trouble, kind }) => trouble && kind !== "submit"); // which is tried again now
  if (!refused.length) return (await record("submit", "", manifest(operations, photos))) && lock();
  return list(refused.map(({ item }) => place(item)), `有 ${refused.length} 条需要处理：${refused[0].trouble}`);
};
// The last change of each item and every photo, so that the server can tell what has not reached it.
const manifest = (operations, photos) => {
  const last = operations.filter(({ kind }) => kind === "answer" || kind === "remark");
  const ops = new Map(last.map(({ kind, item, op }) => [`${kind} ${item}`, [op, item]]));
  const digests = photos.map(({ uuid, sha256 }) => [uuid, sha256]);
  return JSON.stringify({ ops: Object.fromEntries(ops.values()), photos: Object.fromEntries(digests) });
};
const lock = (isLocked = true) => {
  for (const field of form.elements) field.disabled = isLocked;
  Object.assign(document.getElementById("handed-in"), { hidden: !isLocked }).focus();
};

document.addEventListener("outbox:change", async ({ detail: { results = [] } }) => {
  const verdict = results.find(({ kind, inspection: of }) => kind === "submit" && of === inspection());
  if (verdict?.status === 200) {
    await outbox.atHand(inspection(), false);
    return location.assign(`/inspections/${inspection()}`);
  }
  if (!verdict || (await outbox.read("drafts", inspection()))?.ending) return; // what the server missed goes again
  const { items = [], rivals = [] } = verdict.missing ?? {};
  lock(false);
  list([...items, ...rivals].map(place), verdict.message);
});
// The items in the way, by chapter, each a link to itself.
const list = (items, title) => {
  document.getElementById("missing")?.remove();
  const copied = (name) => document.getElementById(`${name}-template`).content.cloneNode(true).firstElementChild;
  const notice = copied("missing");
  notice.querySelector("strong").textContent = title;
  for (const chapter of new Set(items.map((item) => item.closest("[data-chapter], .whole")))) {
    const [mine, part] = [items.filter((item) => chapter.contains(item)), copied("missing-part")];
    part.open = mine[0] === items[0];
    part.querySelector("summary").textContent = `${chapter.querySelector("h2").textContent}：${mine.length} 项`;
    for (const { id, children: [legend] } of mine) {
      const row = copied("missing-item");
      Object.assign(row.firstElementChild, { href: `#${id}`, textContent: legend.textContent.trim() });
      part.querySelector("ul").append(row);
    }
    notice.append(part);
  }
  form.before(notice);
  notice.focus({ preventScroll: true });
  notice.scrollIntoView();
};
// 未答 leads to the next unanswered item, opening its chapter; so do the links of the list.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-next], #missing a");
  const next = () => [...form.querySelectorAll(".item")].find(isOpen);
  const item = link && (link.matches("[data-next]") ? next() : document.querySelector(link.getAttribute("href")));
  if (!item) return;
  event.preventDefault();
  item.closest("details.chapter")?.setAttribute("open", "");
  item.scrollIntoView({ block: "center" });
  item.querySelector("input[type=radio], button, textarea").focus({ preventScroll: true });
});

document.querySelector("#delete form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await record("delete", "", "")) await outbox.atHand(inspection(), false).then(() => drainer.emptied(PATIENCE));
  location.assign(RECORDS);
});

filling.lock = lock;
