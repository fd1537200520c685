// [data-start]: a new inspection begins on this phone, with signal or without; the server hears of it as of any change.
const [form, PATIENCE] = [document.querySelector("[data-start]"), 4000]; // ms
const { slug, version, checklist, shell } = form.dataset; // which version, and where its items are
const leaves = () => [...form.querySelectorAll("[data-tree-child]")];
const word = (element) => element.closest("label").textContent.trim();
let starting = false;
const title = (kind) => {
  const names = [...form.querySelectorAll(".branch:has([data-tree-child]:checked) [data-tree-parent]")].map(word);
  return `${word(kind)}：${names.slice(0, 3).join("、")}${names.length > 3 ? `等 ${names.length} 类` : ""}`;
};
const complain = (textContent) => {
  Object.assign(document.getElementById("start-trouble"), { textContent, hidden: false }).focus();
  starting = false;
};
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (starting) return;
  starting = true;
  const scope = leaves().filter(({ checked }) => checked).map(({ value }) => value);
  if (!scope.length) return complain("请至少选择一项自查范围");
  const [inspection, kind] = [form.elements.uuid?.value || outbox.uuid7(), form.querySelector("[name=kind]:checked")];
  const value = JSON.stringify({ kind: kind.value, slug, version, scope });
  const draft = { title: title(kind), checklist, scope };
  const isKept = await outbox.keep(inspection, "create", { value, draft }).catch((error) => console.warn(error));
  if (!isKept) return shell === undefined ? form.submit() : complain("没有保存成功，请清理手机存储空间后再试");
  await drainer.emptied(PATIENCE);
  const [{ trouble, queue }] = (await outbox.of(inspection)).operations;
  if (!trouble) return location.assign(queue ? `/offline/fill?inspection=${inspection}` : `/inspections/${inspection}`);
  await outbox.write((stores) => outbox.forget(stores, inspection)); // nothing is filled yet, so nothing is lost
  complain(trouble);
});
// The shell holds the whole checklist: what is not in the inspector's scope goes.
const offer = async () => {
  const scope = (await outbox.read("meta", "offer")) ?? [];
  for (const leaf of leaves()) (leaf.checked = scope.includes(leaf.value)) || leaf.closest("label").remove();
  for (const branch of form.querySelectorAll(".branch:not(:has([data-tree-child]))")) branch.remove();
  for (const leaf of leaves()) leaf.dispatchEvent(new Event("change", { bubbles: true }));
  document.getElementById(scope.length ? form.id : "no-scope").hidden = false;
};
if (shell === undefined) drainer.session().catch(() => {}); // what may be started later, without signal
else if (outbox.user) offer();
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
