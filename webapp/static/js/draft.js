// Opens a draft: the server's page is mirrored on this phone; the shell is drawn from what this phone holds.
const { form, chapters, codeOf, record, isNewer, replay, showKept, lock } = filling;
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const show = ({ draft, operations, photos }) => {
  const newer = operations.filter(isNewer);
  replay(newer);
  showKept(photos, newer);
  if (draft?.ending === "submit") lock();
  form.dataset.ready = "";
};
const fromServer = async () => {
  const { inspection, title } = form.dataset;
  const html = chapters().map((chapter) => chapter.outerHTML).join("");
  const early = [...form.querySelectorAll(".item input:checked")].filter((radio) => !radio.defaultChecked);
  show(await outbox.of(inspection));
  for (const radio of early) record("answer", codeOf(radio), radio.value); // tapped before this script had come
  await outbox.mirror({ inspection, title, progress: document.getElementById("meter").textContent.trim() }, html);
};
const fromPhone = async () => {
  const [inspection] = location.href.match(UUID) ?? [];
  const held = inspection && outbox.user ? await outbox.of(inspection) : {};
  const { draft, page } = held;
  const html = page?.html ?? (draft?.checklist && (await (await fetch(draft.checklist)).text()));
  if (!html) return void document.body.classList.add("unknown");
  const parts = Object.assign(document.createElement("template"), { innerHTML: html }).content.children;
  form.prepend(...[...parts].filter((part) => !draft.scope || draft.scope.includes(part.dataset.chapter)));
  form.dataset.inspection = inspection;
  show(held);
  const first = form.querySelector(".item:not(:has(input:checked))")?.closest("[data-chapter]");
  for (const chapter of chapters()) chapter.open = chapter === first;
  document.getElementById("drawn").hidden = false;
};
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
navigator.storage?.persist?.();
(form.dataset.inspection ? fromServer() : fromPhone()).catch(outbox.failed);
