// <figure class="q-chart" data-chart="bar|line|pie" data-source="id of a JSON block" aria-label="…">

import { BarChart, LineChart, PieChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { optionOf, tableOf } from "../js/chart-option.js";
import { element, icon } from "../js/icon.js";
import { say } from "../js/texts.js";

echarts.use([BarChart, LineChart, PieChart, AriaComponent, GridComponent, LegendComponent, TitleComponent, TooltipComponent, SVGRenderer]);

const drawn = new Map();
const PRINTED = { width: 460, height: 200 };

function cellOf(item, tag) {
  const { text, href } = typeof item === "string" ? { text: item } : item;
  return element(tag, tag === "td" ? { class: "num r" } : { scope: "row" }, href ? element("a", { href, text }) : (text ?? ""));
}

function table(kind, data, label) {
  const [head, ...rows] = tableOf(kind, data);
  return element(
    "div",
    { class: "tableview", tabindex: "0", role: "region", "aria-label": label },
    element(
      "table",
      { class: "q-table plain" },
      element("thead", {}, element("tr", {}, ...head.map((text, place) => element("th", { scope: "col", class: place ? "r" : "", text })))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((item, place) => cellOf(item, place ? "td" : "th"))))),
    ),
  );
}

function toggle(figure) {
  const button = element("button", { type: "button", class: "btn btn-sm btn-quiet end" });
  const paint = () => {
    const isTable = figure.dataset.view === "table";
    button.replaceChildren(icon(isTable ? "chart-bar" : "table"), say(isTable ? "chartView" : "tableView"));
  };
  button.addEventListener("click", () => {
    figure.dataset.view = figure.dataset.view === "table" ? "chart" : "table";
    paint();
    drawn.get(figure)?.resize();
  });
  paint();
  return button;
}

function draw(figure, data) {
  const plot = figure.querySelector(".plot");
  drawn.get(figure)?.dispose();
  const chart = echarts.init(plot, null, { renderer: "svg" });
  chart.setOption(optionOf(figure.dataset.chart, data, { width: plot.clientWidth, height: plot.clientHeight }));
  chart.on("click", ({ data: item }) => item?.href && location.assign(item.href));
  drawn.set(figure, chart);
}

// Labels and rings are measured by the place they have: another width is another drawing.
function fit(figure, data) {
  const plot = figure.querySelector(".plot");
  const chart = drawn.get(figure);
  if (!chart || !plot?.clientWidth) return;
  if (Math.abs(chart.getWidth() - plot.clientWidth) > 8 || Math.abs(chart.getHeight() - plot.clientHeight) > 8) draw(figure, data);
}

function set(figure) {
  if (drawn.has(figure)) return;
  const source = document.getElementById(figure.dataset.source);
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const label = figure.getAttribute("aria-label") ?? "";
  const plot = element("div", { class: "plot", role: "img", "aria-label": label });
  if ("bare" in figure.dataset) {
    figure.replaceChildren(plot); // the page has a switch of its own, with a table among its forms
  } else {
    const caption = element("figcaption", {}, figure.dataset.note ?? "", toggle(figure));
    figure.replaceChildren(caption, plot, table(figure.dataset.chart, data, label));
  }
  draw(figure, data);
  new ResizeObserver(() => fit(figure, data)).observe(plot);
  document.addEventListener("q:theme", () => figure.isConnected && draw(figure, data));
}

function setAll() {
  for (const [figure, chart] of drawn) {
    if (figure.isConnected) continue;
    chart.dispose();
    drawn.delete(figure);
  }
  for (const figure of document.querySelectorAll("figure[data-chart]")) set(figure);
}

// Paper has two columns of charts, whatever the window has.
addEventListener("beforeprint", () => {
  for (const chart of drawn.values()) chart.resize({ width: PRINTED.width, height: PRINTED.height });
});
addEventListener("afterprint", () => {
  for (const chart of drawn.values()) chart.resize({ width: "auto", height: "auto" });
});

setAll();
document.body.addEventListener("htmx:afterSettle", setAll);
