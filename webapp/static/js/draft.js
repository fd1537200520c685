// Opens a draft: the server's page is mirrored on this phone; the shell is drawn from what this phone holds.
(() => {
  const { form, chapters, codeOf, record, replay, showKept, lock } = filling;
  const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

  const fromServer = async () => {
    const { inspection, title } = form.dataset;
    const html = chapters().map((chapter) => chapter.outerHTML).join("");
    const early = [...form.querySelectorAll(".item input:checked")].filter((radio) => !radio.defaultChecked);
    const { operations, photos, draft } = await outbox.of(inspection);
    replay(operations);
    showKept(photos, operations);
    for (const radio of early) record("answer", codeOf(radio), radio.value); // tapped before this script had come
    if (draft?.ending === "submit") lock();
    form.dataset.ready = "";
    await outbox.mirror({ inspection, title, progress: document.getElementById("meter").textContent.trim() }, html);
  };

  const fromPhone = async () => {
    const [inspection] = location.href.match(UUID) ?? [];
    const { draft, page, operations, photos } = (inspection && outbox.user && (await outbox.of(inspection))) || {};
    const html = page?.html ?? (draft?.checklist && (await (await fetch(draft.checklist)).text()));
    if (!html) return void (document.getElementById("unknown").hidden = false);
    const whole = Object.assign(document.createElement("template"), { innerHTML: html });
    const parts = [...whole.content.querySelectorAll("[data-chapter]")];
    form.prepend(...parts.filter((part) => !draft.scope || draft.scope.includes(part.dataset.chapter)));
    form.dataset.inspection = inspection;
    replay(operations, page?.seq ?? 0);
    showKept(photos, operations, page?.seq ?? 0);
    const isOpen = (chapter) => chapter.querySelectorAll(".item").length > chapter.querySelectorAll("input:checked").length;
    const first = chapters().find(isOpen);
    for (const chapter of chapters()) chapter.open = chapter === first;
    document.getElementById("drawn").hidden = false;
    if (draft.ending === "submit") lock();
    form.dataset.ready = "";
  };

  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  navigator.storage?.persist?.();
  (form.dataset.inspection ? fromServer() : fromPhone()).catch((error) => {
    console.warn(error);
    document.dispatchEvent(new CustomEvent("outbox:failed"));
  });
})();
