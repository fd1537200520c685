// The pages of the phone itself: drafts that are open, what waits, what needs the inspector, and a file as last resort.
const [FORMAT, STORES] = ["outbox-1", ["drafts", "pages", "operations", "photos"]]; // of the exported file
const at = (id) => document.getElementById(id);
const row = (name, words = {}, href = "") => {
  const copy = at(name).content.cloneNode(true).firstElementChild;
  for (const [part, text] of Object.entries(words)) copy.querySelector(`[data-part="${part}"]`).textContent = text;
  if (href) copy.querySelector("a").href = href;
  return copy;
};

const draw = async () => {
  const [operations, known] = outbox.user ? [await outbox.all("operations"), await outbox.all("drafts")] : [[], []];
  const drafts = known.filter(({ ending }) => !ending || ending === "submit").sort((a, b) => b.touched - a.touched);
  const waits = (of) => operations.filter(({ queue, inspection }) => queue && (!of || inspection === of)).length;
  const rows = drafts.map(({ inspection, title, progress, ending }) => {
    const meta = [progress, waits(inspection) ? `${waits(inspection)} 条等待上传` : "已上传"].filter(Boolean).join(" · ");
    return row("draft-row", { title, meta, tag: ending ? "待上报" : "暂存" }, `/inspections/${inspection}`);
  });
  const refused = operations.filter(({ trouble }) => trouble).map(({ op, trouble, inspection, item }) => {
    const meta = [known.find((draft) => draft.inspection === inspection)?.title, item].filter(Boolean).join(" · ");
    const copy = row("trouble-row", { title: trouble, meta }, `/inspections/${inspection}${item && `#i-${item}`}`);
    for (const button of copy.querySelectorAll("button")) button.dataset.op = op;
    return copy;
  });
  at("drafts").replaceChildren(...(rows.length ? rows : [row("no-drafts")]));
  at("troubles")?.replaceChildren(...refused);
  at("waiting").textContent = waits() ? `${waits()} 条等待上传` : "都已上传";
};
const text = (blob) =>
  new Promise((onload) => Object.assign(new FileReader(), { onload }).readAsDataURL(blob)).then(({ target }) => target.result);
const picture = (url) => {
  const [, type, body] = url.match(/^data:([^;]*);base64,(.*)$/);
  return new Blob([Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0))], { type });
};
const save = async () => {
  const rows = await Promise.all(STORES.map((store) => outbox.all(store)));
  for (const photo of rows[3]) photo.blob = await text(photo.blob);
  const file = new Blob([JSON.stringify({ format: FORMAT, user: outbox.user, rows })], { type: "application/json" });
  const download = `未上传的自查-${new Date().toISOString().slice(0, 10)}.json`;
  Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download }).click();
};
// What is here already stays as it is here.
const load = async (file) => {
  const { format, user, rows } = JSON.parse(await file.text());
  if (format !== FORMAT) throw new Error("format");
  if (user !== outbox.user) return "这份文件是另一账号导出的，请用导出时的账号登录后再导入。";
  for (const photo of rows[3]) photo.blob = picture(photo.blob);
  await outbox.write(async (stores) => {
    for (const [place, name] of STORES.entries())
      for (const each of rows[place]) if (!(await stores[name].get(each[stores[name].keyPath]))) stores[name].put(each);
  });
  return "已导入，有信号时自动上传。";
};

document.addEventListener("change", async ({ target }) => {
  if (!target.matches("[data-import]") || !target.files.length) return;
  at("imported").textContent = await load(target.files[0]).catch(() => "这不是从本系统导出的文件，没有导入。");
  drainer.drain();
});
document.addEventListener("click", async ({ target }) => {
  const { op } = target.dataset;
  if (target.closest("[data-export]")) save();
  if (target.closest("[data-send]")) drainer.drain();
  if (target.matches("[data-retry]")) await outbox.again(op).then(drainer.drain);
  if (target.matches("[data-drop]") && confirm("删除后不能恢复，确定删除这一条？"))
    await outbox.write(({ operations }) => operations.delete(op)).then(() => drainer.announce());
});
document.addEventListener("outbox:change", draw);
draw();
