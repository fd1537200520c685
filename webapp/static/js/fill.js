// Filling a draft: a tap becomes an operation after the browser has painted it; the page shows what became of it.
(() => {
  const form = document.getElementById("fill");
  if (!form) return;
  const base = form.dataset.fill;
  const words = { sending: "正在上传", waiting: "等待上传", sent: "已上传", trouble: "需要处理" };
  const typing = new Map();

  const holder = (element) => element.closest("[data-item]");
  const stateOf = (code) => document.getElementById(`s-${code}`);
  const revisionOf = (code) => Number(stateOf(code).dataset.revision);
  const afterPaint = (work) => requestAnimationFrame(() => setTimeout(work));
  const record = (kind, code, value) => sending.send(base, operations.make(kind, code, value, revisionOf(code)));

  form.addEventListener("change", ({ target }) => {
    if (target.type !== "radio") return;
    afterPaint(() => {
      const item = holder(target);
      if (target.value === "no") remarkOf(item, true);
      record("answer", item.dataset.item, target.value);
    });
  });

  form.addEventListener("input", ({ target }) => {
    if (target.localName !== "textarea") return;
    const code = holder(target).dataset.item;
    clearTimeout(typing.get(code));
    typing.set(code, setTimeout(() => keepRemark(target), 800));
  });
  form.addEventListener("focusout", ({ target }) => {
    if (target.localName === "textarea" && typing.has(holder(target).dataset.item)) keepRemark(target);
  });

  const keepRemark = (area) => {
    const code = holder(area).dataset.item;
    clearTimeout(typing.get(code));
    typing.delete(code);
    record("remark", code, area.value.trim());
  };
  const keepAllRemarks = () => {
    for (const code of [...typing.keys()]) keepRemark(document.getElementById(`remark-${code}`));
  };

  const remarkOf = (item, wrong = false) => {
    const code = item.dataset.item;
    let area = document.getElementById(`remark-${code}`);
    if (!area) {
      const note = document.getElementById("remark-template").content.cloneNode(true).firstElementChild;
      area = note.querySelector("textarea");
      area.id = area.name = note.querySelector("label").htmlFor = `remark-${code}`;
      item.querySelector(".seg").after(note);
    }
    if (wrong) {
      area.parentElement.classList.add("fix");
      area.parentElement.querySelector("label").textContent = "存在的问题和整改打算";
    }
    return area;
  };

  form.addEventListener("click", ({ target }) => {
    if (target.matches("[data-note]")) remarkOf(holder(target)).focus();
    if (target.matches("[data-remove]")) record("photo-remove", holder(target).dataset.item, target.dataset.remove);
    if (target.matches("[data-choose]")) choose(target);
  });

  const choose = (button) => {
    const { choose: code, kind, value } = button.dataset;
    const item = holder(button);
    if (kind === "answer") item.querySelector(`input[value="${value}"]`).checked = true;
    else remarkOf(item).value = value;
    record(kind, code, value);
    button.closest(".rival").remove();
  };

  document.addEventListener("sending:change", ({ detail }) => {
    const state = stateOf(detail.item);
    if (state) {
      state.dataset.state = detail.state === "waiting" ? "kept" : detail.state;
      state.textContent = detail.trouble && detail.state === "trouble" ? detail.trouble : words[detail.state];
    }
    const sync = document.getElementById("sync");
    sync.textContent = detail.waiting ? `${detail.waiting} 条正在上传` : detail.state === "trouble" ? "需要处理" : "已上传 ✓";
    const band = document.getElementById("band");
    band.hidden = detail.state !== "waiting";
    if (!band.hidden) band.textContent = bandText(detail);
  });
  const bandText = ({ trouble, waiting }) =>
    trouble === "登录已过期"
      ? `登录已过期，${waiting} 条尚未上传。请在新窗口登录后回到本页刷新；刷新前请勿关闭。`
      : `${trouble || "当前无信号"}，${waiting} 条等待上传，请不要关闭本页。`;

  // 未答 leads to the next unanswered item, opening its chapter.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-next], #missing a");
    if (!link) return;
    const item = link.matches("[data-next]")
      ? [...form.querySelectorAll("fieldset.item")].find((each) => !each.querySelector("input:checked"))
      : document.querySelector(link.getAttribute("href"));
    if (!item) return;
    event.preventDefault();
    item.closest("details.chapter").open = true;
    item.scrollIntoView({ block: "center" });
    item.querySelector("input[type=radio]").focus({ preventScroll: true });
  });

  // Everything was sent as it was typed, so the form itself goes off light, and only when nothing waits.
  let leaving = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    const { submitter } = event;
    submitter?.setAttribute("aria-busy", "true");
    keepAllRemarks();
    if (await sending.flush()) {
      for (const field of form.querySelectorAll("[data-item] :is(input, textarea)")) field.disabled = true;
      form.action = submitter?.getAttribute("formaction") || form.action;
      form.submit();
    } else {
      submitter?.removeAttribute("aria-busy");
      leaving = false;
    }
  });
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

  document.getElementById("missing")?.focus();
})();
