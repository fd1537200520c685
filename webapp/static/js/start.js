// [data-start]: a new inspection begins on this phone, with signal or without; the server hears of it as of any change.
(() => {
  const form = document.querySelector("[data-start]");
  if (!form || !outbox.user) return;
  const PATIENCE = 4000;
  const { slug, version, checklist, shell } = form.dataset; // which version, and where its items are
  let starting = false;

  const word = (element) => element.closest("label").textContent.trim();
  const title = () => {
    const ticked = [...form.querySelectorAll(".branch:has([data-tree-child]:checked) [data-tree-parent]")].map(word);
    const names = ticked.slice(0, 3).join("、") + (ticked.length > 3 ? `等 ${ticked.length} 类` : "");
    return `${word(form.querySelector("[name=kind]:checked"))}：${names}`;
  };
  const complain = (text) => {
    const place = document.getElementById("start-trouble");
    Object.assign(place, { textContent: text, hidden: false }).focus();
    starting = false;
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (starting) return;
    starting = true;
    const scope = [...form.querySelectorAll("[data-tree-child]:checked")].map(({ value }) => value);
    if (!scope.length) return complain("请至少选择一项自查范围");
    const inspection = form.elements.uuid?.value || outbox.uuid7();
    const value = JSON.stringify({ kind: form.querySelector("[name=kind]:checked").value, slug, version, scope });
    try {
      await outbox.keep(inspection, "create", { value, draft: { title: title(), checklist, scope } });
    } catch (error) {
      console.warn(error);
      return shell === undefined ? form.submit() : complain("没有保存成功，请清理手机存储空间后再试");
    }
    await drainer.emptied(PATIENCE);
    const [begun] = (await outbox.of(inspection)).operations;
    if (!begun.trouble) return location.assign(begun.queue ? `/offline/fill?inspection=${inspection}` : `/inspections/${inspection}`);
    await outbox.write((stores) => outbox.forget(stores, inspection)); // nothing is filled yet, so nothing is lost
    complain(begun.trouble);
  });

  // The shell holds the whole checklist: what is not in the inspector's scope goes.
  const offer = async () => {
    const scope = (await outbox.read("meta", "offer")) ?? [];
    for (const leaf of form.querySelectorAll("[data-tree-child]"))
      if (scope.includes(leaf.value)) leaf.checked = true;
      else leaf.closest("label").remove();
    for (const branch of form.querySelectorAll(".branch")) {
      const leaf = branch.querySelector("[data-tree-child]");
      if (leaf) leaf.dispatchEvent(new Event("change", { bubbles: true }));
      else branch.remove();
    }
    form.hidden = !scope.length;
    document.getElementById("no-scope").hidden = scope.length > 0;
  };
  if (shell === undefined) drainer.session().catch(() => {}); // what may be started later, without signal
  else offer();
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
})();
