// Charts from the JSON in the page, in the colours of the theme. Money comes in fen and is shown in yuan.

const token = (name) => {
  // light-dark() is resolved by asking the browser for the colour it would paint
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
};
const yuan = (fen) => {
  const sign = fen < 0 ? "-" : "";
  const [whole, cents] = [Math.floor(Math.abs(fen) / 100), Math.abs(fen) % 100];
  return `${sign}${whole.toLocaleString("en-US")}.${String(cents).padStart(2, "0")}`;
};
// Units come from the page, largest first: [[fen, name], …].
const shortIn = (units) => (fen) => {
  for (const [size, unit] of units) if (Math.abs(fen) >= size) return `${(fen / size).toLocaleString("en-US", { maximumFractionDigits: Math.abs(fen) >= size * 100 ? 0 : 1 })}${unit}`;
  return String(Math.round(fen / 100));
};
const escaped = (words) => { const box = document.createElement("span"); box.textContent = words; return box.innerHTML; };

function theme() {
  return {
    ink: token("--k-ink"), ink2: token("--k-ink-2"), ink3: token("--k-ink-3"), line: token("--k-line-2"), paper: token("--k-paper"),
    brand: token("--k-brand"), bad: token("--k-bad"), warm: token("--k-chart-2"),
    heat: Array.from({ length: 9 }, (_, i) => token(`--k-heat-${i}`)),
    font: getComputedStyle(document.body).fontFamily,
  };
}
const frame = (t) => ({
  animationDuration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250,
  textStyle: { fontFamily: t.font, color: t.ink2, fontSize: 12 },
  grid: { left: 4, right: 12, top: 30, bottom: 4, containLabel: true },
  tooltip: { trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: t.line, opacity: .6 } }, backgroundColor: t.paper, borderColor: t.line, textStyle: { color: t.ink, fontFamily: t.font, fontSize: 13 }, confine: true },
});
const axis = (t, more) => ({ axisLine: { lineStyle: { color: t.line } }, axisTick: { show: false }, axisLabel: { color: t.ink3, ...more?.axisLabel }, splitLine: { lineStyle: { color: t.line } }, ...more });
const moneyAxis = (t) => axis(t, { type: "value", axisLine: { show: false }, axisLabel: { color: t.ink3, formatter: t.short }, splitNumber: 4 });
const percent = (bp) => `${bp / 100} %`;
const lines = (title, rows, words = yuan) => `<div><strong>${escaped(title)}</strong>${rows.map(([name, fen, colour]) => `<div><span style="color:${colour}">●</span> ${escaped(name)}　<span class="k-num">${words(fen)}</span></div>`).join("")}</div>`;

const kinds = {
  // Upright on a wide place, lying on a narrow one, where nine names do not fit side by side.
  ageing: (d, t) => {
    const names = axis(t, { type: "category", data: d.buckets, inverse: t.narrow, axisLabel: { color: t.ink2, interval: 0, fontSize: 11 } });
    const bars = d.fen.map((fen, i) => ({ value: fen, itemStyle: { color: t.heat[i] ?? t.bad, borderRadius: t.narrow ? [0, 3, 3, 0] : [3, 3, 0, 0] } }));
    return {
      ...frame(t),
      tooltip: { ...frame(t).tooltip, formatter: ([p]) => lines(p.name, [[d.name ?? "", d.fen[p.dataIndex], t.heat[p.dataIndex] ?? t.bad]]) },
      grid: { ...frame(t).grid, top: t.narrow ? 0 : 26, right: t.narrow ? 56 : 12 },
      xAxis: t.narrow ? { ...moneyAxis(t), show: false } : names,
      yAxis: t.narrow ? names : moneyAxis(t),
      series: [{ type: "bar", barMaxWidth: 44, cursor: d.urls ? "pointer" : "default", data: bars, label: { show: true, position: t.narrow ? "right" : "top", color: t.ink2, fontSize: 11, formatter: (p) => (p.value ? t.short(p.value) : "") } }],
    };
  },
  billing: (d, t) => ({
    ...frame(t),
    legend: { data: d.names, right: 0, top: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: t.ink2 } },
    tooltip: { ...frame(t).tooltip, formatter: (ps) => lines(ps[0].axisValue, ps.map((p) => [p.seriesName, p.value, p.color])) },
    xAxis: axis(t, { type: "category", data: d.months, axisLabel: { color: t.ink3, hideOverlap: true } }),
    yAxis: moneyAxis(t),
    series: [
      { name: d.names[0], type: "bar", data: d.billed, barMaxWidth: 22, itemStyle: { color: t.heat[1], borderRadius: [2, 2, 0, 0] } },
      { name: d.names[1], type: "line", data: d.collected, symbol: "circle", symbolSize: 5, lineStyle: { width: 2 }, itemStyle: { color: t.brand } },
    ],
  }),
  bars: (d, t) => ({
    ...frame(t),
    grid: { ...frame(t).grid, top: 4, right: 52 },
    tooltip: { ...frame(t).tooltip, formatter: ([p]) => lines(p.name, [["", p.value, t.brand]]) },
    xAxis: { ...moneyAxis(t), show: false },
    yAxis: axis(t, { type: "category", inverse: true, data: d.names, axisLine: { show: false }, axisLabel: { color: t.ink2, width: 150, overflow: "truncate" } }),
    series: [{ type: "bar", data: d.fen, barMaxWidth: 16, cursor: d.urls ? "pointer" : "default", itemStyle: { color: t.brand, borderRadius: [0, 3, 3, 0] }, label: { show: true, position: "right", color: t.ink2, fontSize: 11, formatter: (p) => t.short(p.value) } }],
  }),
  stacked: (d, t) => ({
    ...frame(t),
    grid: { ...frame(t).grid, top: 26, right: 16 },
    legend: { type: "scroll", right: 0, top: 0, icon: "roundRect", itemWidth: 10, itemHeight: 8, itemGap: 8, textStyle: { color: t.ink2, fontSize: 11 } },
    tooltip: { ...frame(t).tooltip, formatter: (ps) => lines(ps[0].axisValue, ps.filter((p) => p.value).map((p) => [p.seriesName, p.value, p.color])) },
    xAxis: moneyAxis(t),
    yAxis: axis(t, { type: "category", inverse: true, data: d.groups, axisLine: { show: false }, axisLabel: { color: t.ink2, width: 110, overflow: "truncate" } }),
    series: d.buckets.map((name, b) => ({ name, type: "bar", stack: "all", barMaxWidth: 18, cursor: d.urls ? "pointer" : "default", itemStyle: { color: t.heat[b] ?? t.bad }, data: d.fen.map((row) => row[b]) })),
  }),
  lines: (d, t) => ({
    ...frame(t),
    grid: { ...frame(t).grid, right: 28 },  // half of the last day's name
    legend: { right: 0, top: 0, icon: "roundRect", itemWidth: 12, itemHeight: 3, textStyle: { color: t.ink2 } },
    tooltip: { ...frame(t).tooltip, formatter: (ps) => lines(ps[0].axisValue, ps.filter((p) => p.value != null).map((p) => [p.seriesName, p.value, p.color]), d.percent ? percent : yuan) },
    xAxis: axis(t, { type: "category", data: d.days, boundaryGap: false, axisLabel: { color: t.ink3, hideOverlap: true } }),
    // Shares arrive in basis points.
    yAxis: d.percent ? { ...moneyAxis(t), min: 0, max: (v) => Math.max(10000, v.max), axisLabel: { color: t.ink3, formatter: percent } } : moneyAxis(t),
    series: d.series.map((s, i) => ({ name: s.name, type: "line", data: s.fen, showSymbol: !!s.points, symbolSize: 6, connectNulls: true, lineStyle: { width: 2, type: s.dashed ? "dashed" : "solid" }, itemStyle: { color: [t.brand, t.warm, t.ink3, t.bad][i % 4] } })),
  }),
  // From one total to the next: an unseen foot carries each part, up in one colour and down in another.
  waterfall: (d, t) => {
    const foot = [], up = [], down = [], total = [];
    let at = 0;
    d.fen.forEach((fen, i) => {
      const whole = d.totals.includes(i);
      foot.push(whole ? 0 : Math.min(at, at + fen));
      total.push(whole ? fen : null);
      up.push(!whole && fen >= 0 ? fen : null);
      down.push(!whole && fen < 0 ? -fen : null);
      at = whole ? fen : at + fen;
    });
    const bar = (data, colour) => ({ type: "bar", stack: "all", barMaxWidth: 44, cursor: d.urls ? "pointer" : "default", data, itemStyle: { color: colour } });
    const named = axis(t, { type: "category", data: d.names, inverse: t.narrow, axisLabel: { color: t.ink2, interval: 0, fontSize: 11 } });
    return {
      ...frame(t),
      tooltip: { ...frame(t).tooltip, formatter: (ps) => lines(ps[0].name, [["", d.fen[ps[0].dataIndex], d.fen[ps[0].dataIndex] < 0 ? t.bad : t.brand]]) },
      xAxis: t.narrow ? moneyAxis(t) : named,
      yAxis: t.narrow ? named : moneyAxis(t),
      series: [{ ...bar(foot, "transparent"), silent: true }, bar(total, t.ink3), bar(up, t.brand), bar(down, t.bad)],
    };
  },
  spark: (d, t) => ({
    animation: false,
    grid: { left: 1, right: 1, top: 3, bottom: 3 },
    xAxis: { type: "category", show: false, boundaryGap: false, data: d.fen.map((_, i) => i) },
    yAxis: { type: "value", show: false, scale: true },
    series: [{ type: "line", data: d.fen, showSymbol: false, silent: true, lineStyle: { color: t.brand, width: 1.5 }, areaStyle: { color: t.brand, opacity: .08 } }],
  }),
};

function draw(box) {
  const data = JSON.parse(box.querySelector("script").textContent);
  box._chart?.dispose();
  const place = box.querySelector(":scope > div") ?? box.appendChild(document.createElement("div"));
  place.className = "k-chart-place";
  const chart = window.echarts.init(place, null, { renderer: "svg" });
  chart.setOption(kinds[box.dataset.chart](data, { ...theme(), narrow: box.clientWidth < 480, short: shortIn(JSON.parse(box.dataset.units)) }));
  if (data.urls) chart.on("click", (p) => { const url = data.urls[p.dataIndex]; if (url) location.assign(url); });
  box._chart = chart;
}

function drawAll(within = document) {
  for (const box of within.querySelectorAll("[data-chart]")) draw(box);
}
const ready = () => (window.echarts ? drawAll() : addEventListener("load", () => drawAll()));
ready();
document.addEventListener("kewei:theme", () => drawAll());
document.addEventListener("htmx:afterSettle", (event) => drawAll(event.target));
let timer = 0;
addEventListener("resize", () => { clearTimeout(timer); timer = setTimeout(() => { for (const box of document.querySelectorAll("[data-chart]")) box._chart?.resize(); }, 120); });
addEventListener("beforeprint", () => { for (const box of document.querySelectorAll("[data-chart]")) box._chart?.resize({ animation: { duration: 0 } }); });
