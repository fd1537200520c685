/* Photos behind a[data-zoom] open in a dialog: turn, enlarge, leaf through those beside it. Fingers pinch as anywhere. */
(() => {
  let dialog, image, count, photos, at, turn;

  function build() {
    dialog = document.createElement("dialog");
    dialog.className = "zoom";
    dialog.setAttribute("aria-label", "查看照片");
    dialog.innerHTML = `<div class="zoom-view"><img></div>
      <div class="zoom-bar"><span class="zoom-count" role="status"></span>
      <button type="button" data-do="previous">上一张</button><button type="button" data-do="next">下一张</button>
      <button type="button" data-do="turn">旋转</button><button type="button" data-do="enlarge" aria-pressed="false">放大</button>
      <button type="button" data-do="close" autofocus>关闭</button></div>`;
    image = dialog.querySelector("img");
    count = dialog.querySelector(".zoom-count");
    dialog.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button) act[button.dataset.do]();
      else if (event.target !== image) dialog.close();
    });
    image.addEventListener("dblclick", () => act.enlarge());
    dialog.addEventListener("keydown", (event) => {
      const name = { ArrowLeft: "previous", ArrowRight: "next", r: "turn", "+": "enlarge", "=": "enlarge", "-": "enlarge" }[event.key];
      if (name) act[name]();
    });
    dialog.addEventListener("close", () => photos[at].focus());
    document.body.append(dialog);
  }

  const act = {
    previous: () => show(at - 1),
    next: () => show(at + 1),
    turn: () => { turn = (turn + 1) % 4; dialog.dataset.turn = turn; },
    enlarge: () => {
      const large = dialog.toggleAttribute("data-large");
      dialog.querySelector("[data-do=enlarge]").setAttribute("aria-pressed", large);
    },
    close: () => dialog.close(),
  };

  function show(place) {
    if (place < 0 || place >= photos.length) return;
    at = place;
    turn = dialog.dataset.turn = 0;
    dialog.removeAttribute("data-large");
    dialog.querySelector("[data-do=enlarge]").setAttribute("aria-pressed", "false");
    image.src = photos[at].href;
    image.alt = photos[at].querySelector("img").alt;
    count.textContent = `${at + 1} / ${photos.length}`;
    dialog.querySelector("[data-do=previous]").disabled = at === 0;
    dialog.querySelector("[data-do=next]").disabled = at === photos.length - 1;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-zoom]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!dialog) build();
    photos = [...link.closest(".photos").querySelectorAll("a[data-zoom]")];
    show(photos.indexOf(link));
    dialog.showModal();
  });
})();
