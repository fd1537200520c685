/* Photos behind a[data-zoom] open over the page, or in the [data-viewer] beside them: turn, enlarge, leaf through. */
(() => {
  const LEVELS = [1, 1.5, 2, 3, 4];
  const TOOLS = { previous: "上一张", next: "下一张", turn: "旋转", less: "缩小", more: "放大", close: "关闭" };
  const KEYS = { ArrowLeft: "previous", ArrowRight: "next", r: "turn", "-": "less", "+": "more", "=": "more" };
  let dialog;

  // Draws into a host, which is the dialog or stands on the page; the sheet is as large as the turned image, so it scrolls.
  function viewer(host, docked) {
    const tools = Object.entries(TOOLS).filter(([name]) => !docked || name !== "close");
    host.innerHTML = `<div class="zoom-view" tabindex="0"><div class="zoom-sheet"><img></div></div>
      <div class="zoom-bar"><span class="zoom-count" role="status"></span>${tools.map(([name, text]) => `<button type="button" data-do="${name}">${text}</button>`).join("")}</div>`;
    const [view, sheet, image] = ["", " > div", " img"].map((part) => host.querySelector(`.zoom-view${part}`));
    const tool = (name) => host.querySelector(`[data-do=${name}]`) ?? {};
    let photos, at, turn, level;

    function fit() {
      const { naturalWidth: wide, naturalHeight: high } = image, lying = turn % 2;
      const scale = Math.min(view.clientWidth / (lying ? high : wide), view.clientHeight / (lying ? wide : high)) * LEVELS[level];
      const [width, height] = [wide * scale, high * scale];
      Object.assign(image.style, { width: `${width}px`, height: `${height}px`, rotate: `${turn * 90}deg` });
      Object.assign(sheet.style, { width: `${lying ? height : width}px`, height: `${lying ? width : height}px` });
      [tool("less").disabled, tool("more").disabled] = [level === 0, level === LEVELS.length - 1];
    }

    const show = (list, place) => {
      if (!list[place]) return;
      [photos, at, turn, level] = [list, place, 0, 0];
      image.src = list[at].href;
      image.alt = list[at].querySelector("img").alt;
      host.querySelector(".zoom-count").textContent = `${docked ? `${image.alt} · ` : ""}${at + 1} / ${list.length}`;
      [tool("previous").disabled, tool("next").disabled] = [at === 0, at === list.length - 1];
      list.forEach((link) => link.toggleAttribute("data-shown", docked && link === list[at]));
    };
    const act = {
      previous: () => show(photos, at - 1),
      next: () => show(photos, at + 1),
      turn: () => (turn++, fit()),
      less: () => level > 0 && (level--, fit()),
      more: () => level < LEVELS.length - 1 && (level++, fit()),
      close: () => host.close?.(),
    };
    image.addEventListener("load", fit);
    image.addEventListener("dblclick", () => ((level = level ? 0 : 2), fit()));
    new ResizeObserver(() => image.naturalWidth && fit()).observe(view);
    host.addEventListener("click", ({ target }) => target.closest("[data-do]") ? act[target.closest("[data-do]").dataset.do]() : target !== image && act.close());
    // What is enlarged is moved by the arrows, as anything that scrolls.
    host.addEventListener("keydown", ({ key }) => (level && key.startsWith("Arrow")) || act[KEYS[key]]?.());
    host.addEventListener("close", () => photos[at].focus());
    return show;
  }

  function over() {
    const box = document.body.appendChild(document.createElement("dialog")), show = viewer(box, false);
    Object.assign(box, { className: "zoom", ariaLabel: "查看照片" });
    return (photos, place) => (box.showModal(), show(photos, place));
  }

  // Beside a form all photos of the page are one row to leaf through.
  const dock = document.querySelector("[data-viewer]");
  const open = dock && viewer(dock, true);
  const row = (link) => [...(dock ? document : link.closest(".photos")).querySelectorAll("a[data-zoom]")];
  open?.(row(), 0);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-zoom]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    (open ?? (dialog ??= over()))(row(link), row(link).indexOf(link));
  });
})();
