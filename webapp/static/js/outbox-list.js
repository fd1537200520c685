// The pages of the phone itself: drafts that are open, what waits, what needs the inspector, and a file as last resort.
(() => {
  const FORMAT = "outbox-1";
  const STORES = ["drafts", "pages", "operations", "photos"];
  const row = (name, words, href) => {
    const copy = document.getElementById(name).content.cloneNode(true).firstElementChild;
    for (const [part, text] of Object.entries(words)) copy.querySelector(`[data-part="${part}"]`).textContent = text;
    if (href) copy.querySelector("a").href = href;
    return copy;
  };

  const draw = async () => {
    const operations = outbox.user ? await outbox.all("operations") : [];
    const drafts = outbox.user ? (await outbox.all("drafts")).filter(({ ending }) => !ending || ending === "submit") : [];
    const titles = new Map(drafts.map(({ inspection, title }) => [inspection, title]));
    const waits = ({ inspection }) => operations.filter((each) => each.queue && each.inspection === inspection).length;
    const shown = drafts.sort((a, b) => b.touched - a.touched).map((draft) => {
      const meta = [draft.progress, waits(draft) ? `${waits(draft)} 条等待上传` : "已上传"].filter(Boolean).join(" · ");
      return row("draft-row", { title: draft.title, meta, tag: draft.ending ? "待上报" : "暂存" }, `/inspections/${draft.inspection}`);
    });
    document.getElementById("drafts").replaceChildren(...(shown.length ? shown : [row("no-drafts", {})]));
    const refused = operations.filter(({ trouble }) => trouble);
    document.getElementById("troubles")?.replaceChildren(
      ...refused.map(({ op, trouble, inspection, item }) => {
        const place = `${titles.get(inspection) ?? "自查"}${item ? ` · ${item}` : ""}`;
        const copy = row("trouble-row", { title: trouble, meta: place }, `/inspections/${inspection}${item ? `#i-${item}` : ""}`);
        for (const button of copy.querySelectorAll("button")) button.dataset.op = op;
        return copy;
      }),
    );
    const waiting = operations.filter(({ queue }) => queue).length;
    document.getElementById("waiting").textContent = waiting ? `${waiting} 条等待上传` : "都已上传";
  };

  const text = (blob) =>
    new Promise((resolve) => {
      const reader = Object.assign(new FileReader(), { onload: () => resolve(reader.result) });
      reader.readAsDataURL(blob);
    });
  const picture = (url) => {
    const [head, body] = url.split(",");
    return new Blob([Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0))], { type: head.slice(5).split(";")[0] });
  };
  const save = async () => {
    const rows = await Promise.all(STORES.map(outbox.all));
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
    const words = await load(target.files[0]).catch(() => "这不是从本系统导出的文件，没有导入。");
    document.getElementById("imported").textContent = words;
    drainer.drain();
  });
  document.addEventListener("click", async ({ target }) => {
    const { op } = target.dataset;
    if (target.closest("[data-export]")) save();
    if (target.closest("[data-send]")) drainer.drain();
    if (target.matches("[data-retry]"))
      await outbox.write(async ({ operations }) => {
        const { trouble, ...again } = await operations.get(op);
        operations.put({ ...again, queue: again.seq });
      });
    if (target.matches("[data-drop]") && confirm("删除后不能恢复，确定删除这一条？")) await outbox.write(({ operations }) => operations.delete(op));
    if (op) await drainer.emptied(3000);
    if (op) draw();
  });
  document.addEventListener("outbox:change", draw);
  draw();
})();
