// The strip of open customers: drawn anew for a page that the browser brings back from its memory, and
// after tabs were brought back. Forms that it was swapped in with learn the address of the page.

import htmx from "htmx.org";

function redraw() {
  const strip = document.getElementById("q-tabs");
  if (!strip?.dataset.tabs) return;
  const address = `${strip.dataset.tabs}?path=${encodeURIComponent(location.pathname)}`;
  htmx.ajax("GET", address, { target: "#q-tabs", swap: "outerHTML" });
}

function tellPath() {
  for (const field of document.querySelectorAll("[data-tabs-path]")) field.value = location.pathname;
  for (const tab of document.querySelectorAll("#q-tabs .q-tab.on")) {
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

export function start() {
  tellPath();
  document.body.addEventListener("htmx:afterSettle", ({ detail }) => detail.elt.id === "q-tabs" && tellPath());
  document.body.addEventListener("q:tabs", redraw);
  addEventListener("pageshow", (event) => event.persisted && redraw());
}
