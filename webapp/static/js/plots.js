// [data-picture]: draws beside a table what it says; a click on a bar goes where its number leads.
const charts = new Map(); // table → its chart
// The server's description, with the page's colours and the size of its letters.
const described = (table) => {
  const style = getComputedStyle(table), em = parseFloat(style.fontSize);
  const { picture } = table.dataset;
  return JSON.parse(picture, (_key, value) => {
    if (/^--/.test(value)) return style.getPropertyValue(value).trim();
    return /^[\d.]+em$/.test(value) ? parseFloat(value) * em : value;
  });
};

const draw = (table) => {
  const box = table.closest(".plot-pair").querySelector(".plot"), { rows } = table.tBodies[0];
  box.hidden = false;
  if (table.dataset.plot === "bars") box.style.minHeight = `${rows.length * 1.75 + 3}rem`;
  const chart = charts.get(table) ?? echarts.init(box);
  if (!charts.has(table)) chart.on("click", (at) => rows[at.dataIndex].cells[at.seriesIndex + 1].querySelector("a")?.click());
  charts.set(table, chart);
  chart.resize();
  chart.setOption({ textStyle: { fontFamily: getComputedStyle(table).fontFamily }, ...described(table) }, true);
};
const drawAll = () => {
  for (const [table, chart] of charts) if (!table.isConnected) (chart.dispose(), charts.delete(table));
  document.querySelectorAll("table[data-plot]").forEach(draw);
};
for (const event of ["load", "resize"]) addEventListener(event, drawAll);
document.addEventListener("htmx:after:swap", drawAll);
for (const query of ["print", "(prefers-color-scheme: dark)"]) matchMedia(query).addEventListener("change", drawAll);
