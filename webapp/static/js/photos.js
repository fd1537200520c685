// [data-upload]: photos go off as soon as they are chosen, one after the other, each with its progress.
const [UNREACHED, TOO_OFTEN] = ["照片没有上传成功，请检查网络，或稍后点“重试”", "上传太频繁，请过几分钟再添加照片"];
const DROP = `<button type="button" class="drop" data-drop aria-label="删除照片"></button>`;
const held = new Map(); // form sent meanwhile → its button: it goes when its photos have gone
const isBusy = (form) => form.querySelector("[data-upload] .state:disabled");
let line = Promise.resolve();

const tile = (file) => {
  const photo = Object.assign(document.createElement("div"), { className: "photo" });
  photo.innerHTML = `<img alt="" width="80" height="80"><button type="button" class="state">等待</button>`;
  const picture = photo.firstElementChild;
  picture.src = URL.createObjectURL(file);
  picture.onload = () => URL.revokeObjectURL(picture.src);
  picture.onerror = () => picture.removeAttribute("src"); // HEIC: the server's picture follows
  return photo;
};
// The server's boxes to untick become buttons that take the photo away. Returns how many more there may be.
const tidy = (grid) => {
  for (const box of grid.querySelectorAll(".photo [type=checkbox]")) {
    box.type = "hidden";
    box.closest(".photo").insertAdjacentHTML("beforeend", DROP);
  }
  const room = grid.dataset.most - grid.querySelectorAll(".photo").length;
  grid.querySelector(".photo-add").hidden = room < 1;
  return room;
};
const complaints = (grid) => grid.closest(".field").querySelector("[data-refused]");
const complain = (grid, textContent) => {
  if (complaints(grid).textContent.includes(textContent)) return;
  complaints(grid).append(Object.assign(document.createElement("p"), { className: "error", textContent }));
};
// Resolves to the request once it has ended; without an answer its status is 0.
const send = ({ kind, upload }, file, state) =>
  new Promise((resolve) => {
    const data = new FormData(), request = new XMLHttpRequest();
    data.append("kind", kind);
    data.append("photo", file);
    request.open("POST", upload);
    request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]").content);
    request.upload.onprogress = ({ loaded, total }) => (state.textContent = `${Math.round((loaded / total) * 100)}%`);
    request.onloadend = () => resolve(request);
    request.send(data);
  });
const queue = (grid, file, photo) => {
  const form = grid.closest("form"), state = photo.querySelector(".state");
  state.disabled = true;
  line = line.then(async () => {
    const { status, responseText } = await send(grid.dataset, file, state);
    const [button, refusal] = [held.get(form), { 422: responseText.trim(), 429: TOO_OFTEN }[status]];
    if (status === 201) photo.outerHTML = responseText;
    else if (refusal) photo.remove();
    else Object.assign(state, { textContent: "重试", disabled: false, onclick: () => queue(grid, file, photo) });
    tidy(grid);
    if (status !== 201) complain(grid, refusal ?? UNREACHED);
    // A form whose photo was refused waits for another word.
    if (status !== 201 && held.delete(form)) {
      complaints(grid).scrollIntoView({ block: "center" });
      if (!refusal) form.dispatchEvent(new CustomEvent("unsent", { bubbles: true }));
    }
    if (!isBusy(form) && held.delete(form)) form.requestSubmit(button);
  });
};

document.addEventListener("change", ({ target }) => {
  const grid = target.matches("[type=file]") && target.closest("[data-upload]");
  if (!grid) return;
  const [files, room] = [[...target.files], tidy(grid)];
  target.value = "";
  complaints(grid).replaceChildren();
  if (files.length > room) complain(grid, `最多${grid.dataset.most}张照片，多出的没有添加`);
  for (const file of files.slice(0, Math.max(room, 0))) {
    const photo = tile(file);
    target.closest(".photo-add").before(photo);
    queue(grid, file, photo);
  }
  tidy(grid);
});
document.addEventListener("click", ({ target }) => {
  const grid = target.matches("[data-drop]") && target.closest("[data-upload]");
  if (!grid) return;
  target.closest(".photo").remove();
  tidy(grid);
  grid.querySelector("[type=file]").focus();
});
const hold = (event) => {
  const form = event.target;
  for (const retry of form.querySelectorAll("[data-upload] .state:enabled")) retry.click(); // none is left behind
  if (!isBusy(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held.set(form, event.submitter);
};
document.addEventListener("submit", hold, true);

const start = (root) => root.querySelectorAll?.("[data-upload]").forEach(tidy);
start(document); // htmx may have processed the page before this script came
const chosen = [...document.querySelectorAll("[data-upload] [type=file]")].filter(({ files }) => files.length);
for (const early of chosen) early.dispatchEvent(new Event("change", { bubbles: true })); // before this script came
htmx.onLoad(start);
