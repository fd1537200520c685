// [data-plot]: the picture of a table, drawn beside it; a click on a bar goes where its number leads.
(() => {
  const charts = new Map(); // table → its chart

  function read(table) {
    const rows = [...table.tBodies[0].rows];
    const heads = [...table.tHead.rows[0].cells].slice(1, Number(table.dataset.series) + 1);
    return {
      names: rows.map(({ cells }) => cells[0].firstChild.textContent.trim()),
      series: heads.map((head, place) => ({ name: head.textContent, cells: rows.map(({ cells }) => cells[place + 1]) })),
    };
  }

  function options({ names, series }, { plot, unit }, { fontSize, fontFamily }) {
    const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const size = parseFloat(fontSize) * 0.9, upright = plot === "columns", alone = series.length === 1;
    const text = { color: token("--ink-2"), fontSize: size, fontFamily };
    const names_ = { type: "category", data: names, inverse: !upright, axisTick: { show: false } };
    names_.axisLine = { lineStyle: { color: token("--line") } };
    names_.axisLabel = upright ? text : { ...text, interval: 0, width: size * 11, overflow: "truncate" };
    const share = unit === "%", numbers = { type: "value", minInterval: share ? 0 : 1, max: share ? ({ max }) => Math.max(10, Math.ceil(max / 10) * 10) : null };
    numbers.axisLabel = { ...text, hideOverlap: true, formatter: share ? "{value}%" : "{value}" };
    numbers.splitLine = { lineStyle: { color: token("--hair") } };
    return {
      animation: false,
      grid: { left: 4, right: upright ? 4 : size * 4, top: 12, bottom: 4, containLabel: true },
      xAxis: upright ? names_ : numbers,
      yAxis: upright ? numbers : names_,
      series: series.map(({ name, cells }, place) => ({
        name,
        type: "bar",
        stack: alone ? null : "all",
        barMaxWidth: size * (upright ? 3 : 1.5),
        itemStyle: { color: token(`--plot-${place + 1}`), borderColor: token("--card"), borderWidth: alone ? 0 : 1 },
        label: { ...text, show: alone, position: "right", formatter: ({ dataIndex }) => cells[dataIndex].textContent },
        data: cells.map(({ dataset }) => (upright ? Number(dataset.value) || null : Number(dataset.value))),
      })),
    };
  }

  function draw(table) {
    const box = table.closest(".plot-pair").querySelector(".plot"), data = read(table);
    box.hidden = false;
    if (table.dataset.plot === "bars") box.style.minHeight = `${data.names.length * 1.75 + 3}rem`;
    const chart = charts.get(table) ?? echarts.init(box);
    if (!charts.has(table)) chart.on("click", (at) => data.series[at.seriesIndex].cells[at.dataIndex].querySelector("a")?.click());
    charts.set(table, chart);
    chart.resize();
    chart.setOption(options(data, table.dataset, getComputedStyle(table)), true);
  }

  function drawAll() {
    for (const [table, chart] of charts) if (!table.isConnected) (chart.dispose(), charts.delete(table));
    document.querySelectorAll("table[data-plot]").forEach(draw);
  }

  for (const event of ["load", "resize"]) addEventListener(event, drawAll);
  document.addEventListener("htmx:after:swap", drawAll);
  for (const query of ["print", "(prefers-color-scheme: dark)"]) matchMedia(query).addEventListener("change", drawAll);
})();
