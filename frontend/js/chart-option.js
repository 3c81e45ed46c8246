// From the page's plain figures to what ECharts draws: one look, made of the design tokens.

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--q-${name}`).trim();
const TONES = { ok: "ok", warn: "warn", bad: "danger", pri: "primary", info: "info", mute: "mute" };
const HUES = 8;

const hue = (tone, index) => token(tone ? (TONES[tone] ?? tone) : `c${(index % HUES) + 1}`);
const amount = (item) => (item !== null && typeof item === "object" ? item.value : item);

function axis(kind) {
  const words = { color: token("chart-axis"), fontSize: 11, hideOverlap: true };
  return {
    type: kind,
    axisLine: { show: kind === "category", lineStyle: { color: token("border-2") } },
    axisTick: { show: false },
    axisLabel: words,
    nameTextStyle: { color: token("chart-axis"), fontSize: 11 },
    splitLine: { show: kind === "value", lineStyle: { color: token("chart-grid") } },
  };
}

function common() {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: token("text-2") },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: token("surface"),
      borderColor: token("border-2"),
      textStyle: { color: token("text"), fontSize: 12 },
      padding: [6, 10],
    },
    legend: { top: 0, itemWidth: 10, itemHeight: 8, icon: "roundRect", textStyle: { color: token("text-2"), fontSize: 11 } },
  };
}

const hatching = () => ({
  symbol: "rect",
  color: token("surface"),
  dashArrayX: [1, 0],
  dashArrayY: [2, 4],
  rotation: -Math.PI / 4,
});

// An item may have a tone of its own; only what leads somewhere looks as if it could be clicked.
function point(item, index) {
  if (item === null || typeof item !== "object") return item;
  const made = { ...item, cursor: item.href ? "pointer" : "default" };
  if (item.tone) made.itemStyle = { color: hue(item.tone, index) };
  return made;
}

function series(one, index, kind, horizontal) {
  const type = one.type ?? kind;
  const color = hue(one.tone, index);
  const made = { name: one.name, type, data: one.data.map((item) => point(item, index)), [horizontal ? "xAxisIndex" : "yAxisIndex"]: one.axis ?? 0, color, cursor: one.data.some((item) => item?.href) ? "pointer" : "default" };
  if (one.stack) made.stack = one.stack;
  if (type === "bar") {
    made.barMaxWidth = 22;
    made.itemStyle = { color, borderRadius: one.stack ? 0 : horizontal ? [0, 3, 3, 0] : [3, 3, 0, 0] };
    if (one.hatched) made.itemStyle.decal = hatching();
  } else {
    made.symbolSize = 5;
    made.lineStyle = { width: 2, type: one.dashed ? "dashed" : "solid" };
    if (one.area) made.areaStyle = { color, opacity: 0.12 };
  }
  return made;
}

// One line a series; a percentage is followed by what it rests on.
const lines = (units, data) => (points) =>
  [
    points[0]?.axisValueLabel,
    ...points
      .filter(({ value }) => value !== null && value !== undefined)
      .map(({ marker, seriesName, seriesIndex, value, data: item }) => {
        const unit = units[data.series[seriesIndex].axis ?? 0];
        return `${marker}${seriesName}  ${value.toLocaleString()}${unit ? ` ${unit}` : ""}${item?.note ? `  (${item.note})` : ""}`;
      }),
  ].join("\n");

const LABEL_FONT = "11px sans-serif";
const LONGEST_LABEL = 120;
let ruler = null;

function breadth(text) {
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = LABEL_FONT;
  return ruler.measureText(text).width;
}

// Names that would break inside a word stand at the left of lying bars instead.
function layout(data, width) {
  if (!data.wrapped || !width) return { horizontal: Boolean(data.horizontal) };
  const room = Math.floor((width - 32 * (data.units?.length ?? 1)) / data.labels.length) - 4;
  const words = data.labels.flatMap((label) => label.split(" "));
  const lines = Math.max(...data.labels.map((label) => Math.ceil(breadth(label) / room)));
  const breaks = words.some((word) => /[a-z]/i.test(word) && breadth(word) > room);
  return { horizontal: breaks || lines > 2, room };
}

function categories(data, { horizontal, room }) {
  const made = { ...axis("category"), data: data.labels, inverse: horizontal };
  if (horizontal) made.axisLabel = { ...made.axisLabel, interval: 0, width: LONGEST_LABEL, overflow: "truncate" };
  else if (room) made.axisLabel = { ...made.axisLabel, interval: 0, hideOverlap: false, width: room, overflow: "break", lineHeight: 13 };
  return made;
}

function cartesian(kind, data, width) {
  const units = data.units ?? [data.unit ?? ""];
  const placed = layout(data, width);
  const { horizontal } = placed;
  const values = units.map((name, place) => ({ ...axis("value"), name: horizontal ? "" : name, max: name === "%" ? 100 : null, minInterval: name === "" ? 1 : 0, splitLine: { show: place === 0, lineStyle: { color: token("chart-grid") } } }));
  const many = data.series.length > 1;
  const top = many || units[0] ? 30 : 10;
  return {
    ...common(),
    legend: { ...common().legend, show: many },
    grid: { left: 8, right: 12, top, bottom: 4, containLabel: true },
    tooltip: { ...common().tooltip, trigger: "axis", axisPointer: { type: kind === "bar" ? "shadow" : "line" }, formatter: lines(units, data) },
    xAxis: horizontal ? values : categories(data, placed),
    yAxis: horizontal ? categories(data, placed) : values,
    series: data.series.map((one, index) => series(one, index, kind, horizontal)),
  };
}

function pie(data, width, height) {
  const narrow = width > 0 && width < 330;
  const outer = Math.min(height * 0.38 || 74, width * (narrow ? 0.22 : 0.25) || 74);
  const middle = narrow ? "24%" : "27%";
  const whole = data.slices.reduce((sum, { value }) => sum + value, 0);
  const percent = (value) => (whole ? `${((100 * value) / whole).toFixed(1)} %` : "–");
  const shares = Object.fromEntries(data.slices.map(({ name, value }) => [name, percent(value)]));
  const total = { text: whole.toLocaleString(), left: middle, top: "middle", textAlign: "center", padding: 0, textStyle: { fontSize: 16, color: token("text") } };
  return {
    ...common(),
    title: data.total ? total : undefined,
    legend: { ...common().legend, type: "scroll", orient: "vertical", top: "middle", left: narrow ? "49%" : "55%", formatter: (name) => `${name}  ${shares[name]}` },
    tooltip: { ...common().tooltip, trigger: "item", formatter: ({ name, value }) => `${name}  ${value.toLocaleString()}${data.unit ? ` ${data.unit}` : ""}  (${percent(value)}, n = ${whole.toLocaleString()})` },
    series: [
      {
        type: "pie",
        radius: [outer * 0.65, outer],
        center: [middle, "50%"],
        label: { show: false },
        itemStyle: { borderColor: token("surface"), borderWidth: 2 },
        data: data.slices.map((slice, index) => ({ ...slice, itemStyle: { color: hue(slice.tone, index) }, cursor: slice.href ? "pointer" : "default" })),
      },
    ],
  };
}

export function optionOf(kind, data, { width = 0, height = 0 } = {}) {
  return kind === "pie" ? pie(data, width, height) : cartesian(kind, data, width);
}

// The same figures as rows: [head, …rows]; a cell may be {text, href}.
export function tableOf(kind, data) {
  const cell = (item) => ({ text: amount(item)?.toLocaleString?.() ?? "–", href: item?.href });
  if (kind === "pie") {
    return [["", data.unit ?? ""], ...data.slices.map((slice) => [{ text: slice.name, href: slice.href }, cell(slice)])];
  }
  const units = data.units ?? [data.unit ?? ""];
  const head = ["", ...data.series.map((one) => [one.name, units[one.axis ?? 0] && `(${units[one.axis ?? 0]})`].filter(Boolean).join(" "))];
  return [head, ...data.labels.map((label, row) => [{ text: label }, ...data.series.map((one) => cell(one.data[row]))])];
}
