// Filling a draft: a tap becomes an operation on this phone after the browser has painted it; the page shows what
// became of it. The same for the server's page and for the shell that draft.js draws without it.
(() => {
  const form = document.getElementById("fill");
  const WORDS = { kept: "已保存到手机", sending: "正在上传", sent: "已上传", trouble: "需要处理" };
  const waiting = new Map(); // operation → item
  const sending = new Set();
  const troubles = new Map(); // item → why
  const answered = new Map(); // item → its answer, to go back to when a tap can't be saved
  const typing = new Map();
  const saving = new Set();

  const inspection = () => form.dataset.inspection;
  const chapters = () => [...form.querySelectorAll("[data-chapter]")];
  const codeOf = (element) => element.closest("[data-item]").dataset.item;
  const place = (code) => form.querySelector(`[data-item="${code}"]`);
  const stateOf = (code) => document.getElementById(`s-${code}`);

  // Resolves to whether it was saved.
  const record = async (kind, item, value, photo) => {
    const base = Number(stateOf(item).dataset.revision);
    const draft = { progress: document.getElementById("meter").textContent.trim() };
    const written = outbox.keep(inspection(), kind, { item, value, base, photo, draft });
    saving.add(written);
    try {
      const operation = await written;
      troubles.delete(item);
      if (operation) waiting.set(operation.op, item);
      paint(item);
      drainer.drain();
      return true;
    } catch (error) {
      console.warn(error);
      document.dispatchEvent(new CustomEvent("outbox:failed"));
      return false;
    } finally {
      saving.delete(written);
    }
  };

  const say = (code, state, text = WORDS[state]) => {
    const line = stateOf(code);
    if (!line) return;
    line.dataset.state = state;
    line.textContent = text;
  };
  const paint = (code) => {
    const mine = [...waiting.keys()].filter((op) => waiting.get(op) === code);
    if (troubles.has(code)) say(code, "trouble", troubles.get(code));
    else if (mine.length) say(code, mine.some((op) => sending.has(op)) ? "sending" : "kept");
    else say(code, "sent");
  };

  form.addEventListener("change", ({ target }) => {
    if (target.type === "radio") requestAnimationFrame(() => setTimeout(() => answer(codeOf(target), target.value)));
  });
  const answer = async (code, value) => {
    const before = answered.get(code);
    tick(code, value);
    count(place(code).closest("[data-chapter]"));
    if (await record("answer", code, value)) return;
    tick(code, before);
    count(place(code).closest("[data-chapter]"));
  };
  const tick = (code, value) => {
    for (const radio of place(code).querySelectorAll("[type=radio]")) radio.checked = radio.value === value;
    answered.set(code, value);
    if (value === "no") remarkOf(code, true);
  };

  // The totals are counted on the page: right without the server, and ahead of it.
  const count = (...changed) => {
    const done = (where) => where.querySelectorAll("input:checked").length;
    for (const chapter of changed) {
      const [some, all] = [done(chapter), chapter.querySelectorAll(".item").length];
      const line = document.getElementById(`n-${chapter.dataset.chapter}`);
      line.textContent = `${some} / ${all}${some === all ? " ✓" : ""}`;
      line.toggleAttribute("data-complete", some === all);
    }
    const [some, all] = [done(form), form.querySelectorAll(".item").length];
    const meter = document.getElementById("meter");
    Object.assign(meter.firstElementChild, { max: all, value: some });
    meter.lastElementChild.textContent = `${some} / ${all} 项`;
    document.querySelector("#left b").textContent = all - some;
  };

  form.addEventListener("input", ({ target }) => {
    if (target.localName !== "textarea") return;
    const code = codeOf(target);
    clearTimeout(typing.get(code));
    typing.set(code, setTimeout(keepRemark, 800, code));
  });
  form.addEventListener("focusout", ({ target }) => target.localName === "textarea" && keepRemark(codeOf(target)));
  document.addEventListener("visibilitychange", () => document.hidden && settled());
  const keepRemark = (code) => {
    if (!typing.has(code)) return;
    clearTimeout(typing.get(code));
    typing.delete(code);
    record("remark", code, document.getElementById(`remark-${code}`).value.trim());
  };
  // Resolves when everything typed and tapped so far is on the disk, to whether all of it is.
  const settled = async () => {
    [...typing.keys()].forEach(keepRemark);
    return (await Promise.allSettled([...saving])).every(({ status }) => status === "fulfilled");
  };

  const remarkOf = (code, isWrong = false) => {
    let area = document.getElementById(`remark-${code}`);
    if (!area) {
      const note = document.getElementById("remark-template").content.cloneNode(true).firstElementChild;
      area = note.querySelector("textarea");
      area.id = area.name = note.querySelector("label").htmlFor = `remark-${code}`;
      place(code).querySelector(".seg").after(note);
    }
    if (isWrong) {
      area.parentElement.classList.add("fix");
      area.parentElement.querySelector("label").textContent = "存在的问题和整改打算";
    }
    return area;
  };

  form.addEventListener("click", async ({ target }) => {
    if (target.matches("[data-note]")) remarkOf(codeOf(target)).focus();
    if (!target.matches("[data-choose]")) return;
    const { choose: code, kind, value } = target.dataset;
    show({ item: code, kind, value });
    if (await record(kind, code, value)) target.closest(".rival").remove();
  });

  // One operation's effect on the page.
  const show = ({ item: code, kind, value, revision }) => {
    if (!place(code)) return;
    if (kind === "answer") tick(code, value);
    if (kind === "remark" && (value || document.getElementById(`remark-${code}`))) remarkOf(code).value = value;
    if (revision) stateOf(code).dataset.revision = revision;
  };
  // Shows what this phone holds and the page does not know: all that is newer than it, or what has not arrived.
  const replay = (operations, seq = Infinity) => {
    for (const radio of form.querySelectorAll(".item input:checked")) answered.set(codeOf(radio), radio.value);
    for (const operation of operations) {
      const { op, item, queue, trouble } = operation;
      if (!queue && !trouble && operation.seq <= seq) continue;
      show(operation);
      if (queue) waiting.set(op, item);
      if (trouble) troubles.set(item, trouble);
      paint(item);
    }
    count(...chapters());
  };

  // What the server said of the operations sent: its pieces first, then what is newer on this page.
  document.addEventListener("outbox:change", async ({ detail }) => {
    const { results = [], html, sending: started = [], paused } = detail;
    const mine = results.filter((result) => result.inspection === inspection());
    for (const op of started) sending.add(op);
    if (paused) sending.clear();
    if (mine.length && html) await htmx.swap({ text: html, swap: "none", sourceElement: document.body });
    for (const { op, item, status, outcome, message } of mine) {
      waiting.delete(op);
      sending.delete(op);
      if (status !== 200) troubles.set(item, (!outcome && message) || WORDS.trouble);
    }
    new Set([...mine.map(({ item }) => item), ...waiting.values()]).forEach(paint);
    if (mine.length) count(...chapters());
    document.getElementById("sync").textContent = detail.waiting
      ? `${detail.waiting} 条正在上传`
      : detail.trouble
        ? WORDS.trouble
        : "已上传 ✓";
  });

  window.filling = { form, inspection, chapters, codeOf, place, record, say, settled, replay };
})();
