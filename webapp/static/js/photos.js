// [data-upload]: photos go off as soon as they are chosen, one after the other, each with its progress.
(() => {
  const UNREACHED = "照片没有上传成功，请检查网络后点“重试”";
  let line = Promise.resolve();
  const underway = new Map(); // form → photos not yet uploaded
  const held = new Set(); // forms sent meanwhile: they go when their photos have gone

  const tile = (file) => {
    const photo = document.createElement("div");
    photo.className = "photo";
    photo.innerHTML = `<img alt="" width="80" height="80"><button type="button" class="state" disabled>等待</button>`;
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

  const complain = (grid, text) => {
    const place = grid.closest(".field").querySelector("[data-refused]");
    if (place.textContent.includes(text)) return;
    const line = document.createElement("p");
    line.className = "error";
    line.textContent = text;
    place.append(line);
  };

  const send = (grid, file, photo) =>
    new Promise((done) => {
      const state = photo.querySelector(".state");
      const data = new FormData();
      data.append("kind", grid.dataset.kind);
      data.append("photo", file);
      const request = new XMLHttpRequest();
      request.open("POST", grid.dataset.upload);
      request.setRequestHeader("X-CSRFToken", document.querySelector("meta[name=csrf-token]").content);
      request.upload.onprogress = ({ loaded, total }) => (state.textContent = `${Math.round((loaded / total) * 100)}%`);
      request.onload = () => {
        if (request.status === 201) {
          photo.insertAdjacentHTML("beforebegin", request.responseText);
          adopt(photo.previousElementSibling);
        } else if (request.status === 422) complain(grid, request.responseText.trim());
        else if (request.status === 429) complain(grid, "上传太频繁，请过几分钟再添加照片");
        else return request.onerror();
        photo.remove();
        done(true);
      };
      request.onerror = () => {
        state.textContent = "重试";
        state.disabled = false;
        state.onclick = () => queue(grid, file, photo);
        complain(grid, UNREACHED);
        done(false);
      };
      state.disabled = true;
      request.send(data);
    });

  const queue = (grid, file, photo) => {
    const form = grid.closest("form");
    underway.set(form, (underway.get(form) ?? 0) + 1);
    line = line
      .then(() => send(grid, file, photo))
      .then((sent) => {
        underway.set(form, underway.get(form) - 1);
        show(grid);
        if (!sent) held.delete(form);
        if (!underway.get(form) && held.delete(form)) form.requestSubmit();
      });
  };

  document.addEventListener("change", ({ target }) => {
    const grid = target.matches("[type=file]") && target.closest("[data-upload]");
    if (!grid) return;
    const files = [...target.files];
    target.value = "";
    grid.closest(".field").querySelector("[data-refused]").replaceChildren();
    const room = show(grid);
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

  document.addEventListener(
    "submit",
    (event) => {
      if (!underway.get(event.target)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      held.add(event.target);
    },
    true,
  );

  const start = (root) => {
    for (const grid of root.querySelectorAll?.("[data-upload]") ?? []) {
      grid.querySelectorAll(".photo").forEach(adopt);
      show(grid);
    }
  };
  start(document); // htmx may have processed the page before this script came
  htmx.onLoad(start);
})();
