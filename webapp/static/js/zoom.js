// Photos behind a[data-zoom] open over the page, or in the [data-viewer] beside them. viewerjs comes when it is needed.
const { library, sheet: href } = document.querySelector("script[data-library]").dataset;
const dock = document.querySelector("[data-viewer]");
const TOOLS = [
  { name: "prev", label: "上一张", keys: ["ArrowLeft"], click: () => viewer.prev(true) },
  { name: "next", label: "下一张", keys: ["ArrowRight"], click: () => viewer.next(true) },
  { name: "rotateRight", label: "旋转", keys: ["r"], click: () => fit(viewer.rotate(90)) },
  { name: "zoomOut", label: "缩小", keys: ["-"], click: () => viewer.zoom(-0.5, true) },
  { name: "zoomIn", label: "放大", keys: ["+", "="], click: () => viewer.zoom(0.5, true) },
];
let loaded, viewer;
// Of viewerjs, which fits only what is not turned.
const fit = ({ canvas, title, imageData: { naturalWidth: wide, naturalHeight: high, rotate } }) => {
  const [width, height] = rotate % 180 ? [high, wide] : [wide, high];
  viewer.zoomTo(Math.min(canvas.clientWidth / width, title.offsetTop / height, 1));
};

const build = (links) => {
  const tools = TOOLS.slice(links.length > 1 ? 0 : 2);
  const photos = document.createElement("div");
  photos.append(...links.map((link) => Object.assign(new Image(), { alt: link.querySelector("img").alt, name: link.href })));
  dock?.append(photos);
  return new Viewer(photos, {
    className: "zoom", url: "name", inline: Boolean(dock), button: !dock, navbar: false, transition: false,
    zoomOnWheel: dock ? "ctrl" : true, slideOnWheel: false, initialCoverage: 1, maxZoomRatio: 4,
    title: ({ alt }) => `${alt} · ${viewer.index + 1} / ${viewer.length}`,
    toolbar: Object.fromEntries(tools.map(({ name, click }) => [name, { show: true, click }])),
    ready() {
      const buttons = [...viewer.toolbar.querySelectorAll("li")];
      buttons.forEach((button, place) => (button.ariaLabel = tools[place].label));
      viewer.button.ariaLabel = "关闭";
      viewer.toolbar.firstElementChild.role = "presentation";
      viewer.viewer.addEventListener("keydown", (event) => {
        const named = buttons[tools.findIndex(({ keys }) => keys.includes(event.key))];
        const button = event.key === "Enter" ? event.target : named;
        if (!button || event.ctrlKey || event.metaKey) return;
        event.stopPropagation(); // viewerjs has keys of its own
        button.click();
      });
    },
    view: ({ detail }) => links.forEach((link, place) => link.toggleAttribute("data-shown", place === detail.index)),
    hidden: () => (links[viewer.index].focus(), (viewer = viewer.destroy() && null)),
  });
};

const styled = (rel = "stylesheet", link = document.createElement("link")) =>
  new Promise((onload, onerror) => document.head.append(Object.assign(link, { rel, href, onload, onerror })));
const open = async (link) => {
  const links = [...(dock ? document : link.closest(".photos")).querySelectorAll("a[data-zoom]")];
  await (loaded ??= Promise.all([import(library), styled()]));
  (viewer ??= build(links)).view(links.indexOf(link));
};
if (dock) document.querySelectorAll("a[data-zoom]").forEach((link, place) => place || open(link));

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-zoom]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(link).catch(() => location.assign(link.href));
});
