// [data-upload]: photos go off as soon as they are chosen, one after the other, each with its progress.
(() => {
  const UNREACHED = "照片没有上传成功，请检查网络，或稍后点“重试”";
  const TOO_OFTEN = "上传太频繁，请过几分钟再添加照片";
  let line = Promise.resolve();
  const underway = new Map(); // form → photos not yet uploaded
  const held = new Map(); // form sent meanwhile → its button: it goes when its photos have gone

  const tile = (file) => {
    const photo = Object.assign(document.createElement("div"), { className: "photo" });
    photo.innerHTML = `<img alt="" width="80" height="80"><button type="button" class="state">等待</button>`;
    const picture = photo.firstElementChild;
    picture.src = URL.createObjectURL(file);
    picture.onload = () => URL.revokeObjectURL(picture.src);
    picture.onerror = () => picture.removeAttribute("src"); // HEIC: the server's picture follows
    return photo;
  };
  // The server's box to untick becomes a button that takes the photo away.
  const adopt = (photo) => {
    const box = photo.querySelector("[type=checkbox]");
    if (!box) return;
    box.type = "hidden";
    photo.insertAdjacentHTML("beforeend", `<button type="button" class="drop" data-drop aria-label="删除照片"></button>`);
  };
  const show = (grid) => {
    const room = grid.dataset.most - grid.querySelectorAll(".photo").length;
    grid.querySelector(".photo-add").hidden = room < 1;
    return room;
  };
  const complaints = (grid) => grid.closest(".field").querySelector("[data-refused]");
  const complain = (grid, text) => {
    if (complaints(grid).textContent.includes(text)) return;
    complaints(grid).append(Object.assign(document.createElement("p"), { className: "error", textContent: text }));
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
    underway.set(form, (underway.get(form) ?? 0) + 1);
    line = line.then(async () => {
      const { status, responseText } = await send(grid.dataset, file, state);
      underway.set(form, underway.get(form) - 1);
      if (status === 201) {
        photo.outerHTML = responseText;
        grid.querySelectorAll(".photo").forEach(adopt);
      } else if (status === 422 || status === 429) {
        complain(grid, status === 429 ? TOO_OFTEN : responseText.trim());
        photo.remove();
      } else {
        Object.assign(state, { textContent: "重试", disabled: false, onclick: () => queue(grid, file, photo) });
        complain(grid, UNREACHED);
        if (held.has(form)) form.dispatchEvent(new CustomEvent("unsent", { bubbles: true }));
      }
      show(grid);
      const button = held.get(form);
      // A form whose photo was refused waits for another word.
      if (status !== 201 && held.delete(form)) complaints(grid).scrollIntoView({ block: "center" });
      if (!underway.get(form) && held.delete(form)) form.requestSubmit(button);
    });
  };

  document.addEventListener("change", ({ target }) => {
    const grid = target.matches("[type=file]") && target.closest("[data-upload]");
    if (!grid) return;
    const [files, room] = [[...target.files], show(grid)];
    target.value = "";
    complaints(grid).replaceChildren();
    if (files.length > room) complain(grid, `最多${grid.dataset.most}张照片，多出的没有添加`);
    for (const file of files.slice(0, Math.max(room, 0))) {
      const photo = tile(file);
      target.closest(".photo-add").before(photo);
      queue(grid, file, photo);
    }
    show(grid);
  });
  document.addEventListener("click", ({ target }) => {
    if (!target.matches("[data-drop]")) return;
    const grid = target.closest("[data-upload]");
    target.closest(".photo").remove();
    show(grid);
    grid.querySelector("[type=file]").focus();
  });
  const hold = (event) => {
    const form = event.target;
    // No photo is left behind because it failed before.
    for (const retry of form.querySelectorAll("[data-upload] .state:enabled")) retry.click();
    if (!underway.get(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.set(form, event.submitter);
  };
  document.addEventListener("submit", hold, true);

  const start = (root) => {
    for (const grid of root.querySelectorAll?.("[data-upload]") ?? []) {
      grid.querySelectorAll(".photo").forEach(adopt);
      show(grid);
    }
  };
  start(document); // htmx may have processed the page before this script came
  htmx.onLoad(start);
})();
