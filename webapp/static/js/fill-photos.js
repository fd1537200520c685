// Photos of a draft's items: shrunk, kept on this phone with an operation each, shown at once.
const { form, inspection, codeOf, record, say } = filling;
form.addEventListener("change", async ({ target }) => {
  if (!target.matches("[data-photo]")) return;
  const [item, files] = [codeOf(target), [...target.files]];
  target.value = "";
  for (const file of files) {
    say(item, "saving", "正在处理照片…");
    const [uuid, photo] = [outbox.uuid7(), await uploads.prepare(file).catch(() => null)];
    if (!photo) say(item, "trouble", "照片读不出来，没有保存，请重新拍摄或选择");
    else if (await record("photo", item, uuid, photo)) show({ ...photo, uuid, item });
    else say(item, "trouble", "照片没有保存成功，请先清理手机存储空间");
  }
});
const show = ({ item, uuid, blob }) => {
  const grid = document.getElementById(`p-${item}`);
  if (!grid || grid.querySelector(`[data-remove="${uuid}"]`)) return;
  const tile = document.getElementById("photo-template").content.cloneNode(true).firstElementChild;
  const [link, picture, button] = tile.querySelectorAll("a, img, button");
  link.href = picture.src = URL.createObjectURL(blob);
  picture.onerror = () => picture.removeAttribute("src"); // HEIC: the server's picture follows
  button.dataset.remove = uuid;
  grid.append(tile);
};
// Photos on their way are missing among the server's.
const showKept = (photos, newer) => photos.filter(({ uuid }) => newer.some(({ value }) => value === uuid)).forEach(show);
form.addEventListener("click", async ({ target }) => {
  const { remove } = target.dataset;
  if (remove && (await record("photo-remove", codeOf(target), remove))) target.closest(".photo").remove();
});
document.addEventListener("outbox:change", ({ detail: { photo, percent } }) => {
  if (photo && photo.inspection === inspection()) say(photo.item, "sending", `照片上传中 ${percent}%`);
});
form.addEventListener("swapped", async () => {
  const { photos, operations } = await outbox.of(inspection());
  showKept(photos, operations.filter(({ queue }) => queue));
});
filling.showKept = showKept;
