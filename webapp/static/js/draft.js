// Opens a draft: the server's page is mirrored on this phone; the shell is drawn at once from what this phone holds, and
// then takes over what the server has that this phone did not know.
const { form, chapters, codeOf, place, record, takeUp, settled, isSettled, isNewer, replay, showKept, lock } = filling;
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const parsed = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content;
const htmlOf = (root) => [...root.querySelectorAll("[data-chapter]")].map((chapter) => chapter.outerHTML).join("");
// What this phone holds, with all that was typed and tapped until now.
const heldOf = async (inspection) => {
  const held = await settled().then(() => outbox.of(inspection));
  return isSettled() ? held : heldOf(inspection);
};
const show = ({ draft, operations, photos }) => {
  const newer = operations.filter(isNewer);
  replay(newer);
  showKept(photos, newer);
  if (draft?.ending === "submit") lock();
  form.dataset.ready = "";
};
const mirror = ({ inspection, title }, html) =>
  outbox.mirror({ inspection, title, progress: document.getElementById("meter").textContent.trim() }, html);
const isEarly = ({ type, defaultChecked, value, defaultValue }) =>
  type === "radio" ? !defaultChecked : value !== defaultValue;
const fromServer = async () => {
  const html = htmlOf(form);
  takeUp();
  const early = [...form.querySelectorAll("input:checked, textarea")].filter(isEarly); // before this script had come
  for (const field of early) record(field.type === "radio" ? "answer" : "remark", codeOf(field), field.value.trim());
  show(await heldOf(form.dataset.inspection));
  await mirror(form.dataset, html);
  for (const input of form.querySelectorAll("[data-photo]"))
    if (input.files.length) input.dispatchEvent(new Event("change", { bubbles: true })); // chosen before as well
};
const fromPhone = async () => {
  const [inspection] = location.href.match(UUID) ?? [];
  const held = inspection && outbox.user ? await outbox.of(inspection) : {};
  const { draft, page } = held;
  const html = page?.html ?? (draft?.checklist && (await (await fetch(draft.checklist)).text()));
  if (!html) {
    if (await outbox.atHand(inspection, false)) location.reload();
    else document.body.classList.add("unknown");
    return;
  }
  form.insertAdjacentHTML("afterbegin", html);
  if (draft.scope) for (const part of chapters()) if (!draft.scope.includes(part.dataset.chapter)) part.remove();
  form.dataset.inspection = inspection;
  show(takeUp() ? await heldOf(inspection) : held);
  const first = chapters().find((chapter) => !chapter.querySelector("[data-complete]"));
  for (const chapter of chapters()) chapter.open = chapter === first;
  document.getElementById("drawn").hidden = false;
  if (location.hash) location.replace(location.hash);
  if (location.pathname.startsWith("/inspections/")) await takeOver(inspection); // else the server may not know it yet
};
// What grows when the server learns of a change of an item, or of one that rivals it.
const versionOf = (item) => Number(item.querySelector(".state").dataset.revision) + 0.5 * !!item.querySelector(".rival");
const takeOver = async (inspection) => {
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer || answer.status >= 500) return;
  const page = parsed(await answer.text());
  const theirs = page.getElementById("fill");
  const isOfUser = page.querySelector("meta[name=user]")?.content === outbox.user;
  if (!isOfUser || theirs?.dataset.inspection !== inspection) {
    await outbox.atHand(inspection, false);
    return location.reload(); // no draft any more, or not this user's
  }
  const [held, html] = [await heldOf(inspection), htmlOf(theirs)];
  for (const item of theirs.querySelectorAll("[data-item]")) {
    const own = place(codeOf(item));
    if (versionOf(item) > versionOf(own) && !own.querySelector("textarea:focus")) own.replaceWith(item);
  }
  Object.assign(form, { action: theirs.getAttribute("action") }).append(theirs.elements.csrf_token);
  for (const [own, other] of [["flash", "flash"], ["drawn", "about"]])
    document.getElementById(own).replaceWith(page.getElementById(other));
  show(held); // what is newer here comes on top
  await mirror(theirs.dataset, html);
};
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
navigator.storage?.persist?.();
(form.dataset.inspection ? fromServer() : fromPhone()).catch(outbox.failed);
