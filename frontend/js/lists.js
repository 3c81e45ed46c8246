// Lists under the keyboard, rows as links, and lists that never jump: new rows wait behind a bar.

import htmx from "htmx.org";
import { say } from "./texts.js";

const ROWS = ".q-item, tr[data-href], .q-table tbody tr:has(a[href]), [data-row]";
const INNER = "a, button, input, select, textarea, label, summary, dialog";

const shown = (row) => row.getClientRects().length > 0;

function rowsAround(place) {
  const list = place?.closest?.(ROWS)?.closest(".q-inbox, .q-table, [data-list], .scroll, main");
  const scope = list ?? document.querySelector("[data-list], .q-inbox") ?? document.getElementById("main");
  return [...(scope ?? document).querySelectorAll(ROWS)].filter(shown);
}

export function step(by) {
  const rows = rowsAround(document.activeElement);
  if (!rows.length) return false;
  const focused = rows.findIndex((row) => row.contains(document.activeElement));
  const current = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
  const from = focused >= 0 ? focused : current;
  const next = rows[Math.max(0, Math.min(rows.length - 1, from + by))];
  if (!next.matches("a, [tabindex]")) next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

export function toggleRow() {
  const row = document.activeElement?.closest?.(ROWS);
  if (!row) return false;
  const box = row.querySelector('input[type="checkbox"]');
  if (box) box.click();
  else row.setAttribute("aria-selected", String(row.getAttribute("aria-selected") !== "true"));
  row.dispatchEvent(new CustomEvent("q:select", { bubbles: true }));
  return true;
}

function follow(event) {
  const row = event.target.closest("tr[data-href]");
  if (!row) return;
  if (event.type === "keydown" && (event.key !== "Enter" || event.target !== row)) return;
  if (event.type === "click" && (event.target.closest(INNER) || getSelection().toString())) return;
  if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
}

function openFocused(event) {
  const row = event.target;
  if (event.key !== "Enter" || event.defaultPrevented || !row.matches?.(ROWS) || row.matches("a, [data-href]")) return;
  row.querySelector("a[href]")?.click();
}

// What came of a row that is shown: [data-row-changed] or [data-row-gone] in it is unveiled, the row stays
// where it is. Answers how many rows may be new; a change of a case that is not shown makes none.
const COMES = new Set(["assigned", "transferred", "reopened", "unsnoozed"]);

function told(list, { name = "", data = {} }) {
  const ids = [data.case_id, ...(data.case_ids ?? [])].filter(Boolean);
  if (!ids.length) return 1;
  const unseen = ids.filter((id) => {
    const rows = list.querySelectorAll(`[data-case="${id}"]`);
    for (const row of rows) mark(row, name.endsWith("_closed"));
    return !rows.length;
  });
  return name.endsWith("_opened") || COMES.has(data.kind) ? unseen.length : 0;
}

function mark(row, gone) {
  row.classList.toggle("gone", gone);
  for (const sign of row.querySelectorAll("[data-row-changed]")) sign.hidden = gone;
  for (const sign of row.querySelectorAll("[data-row-gone]")) sign.hidden = !gone;
}

// <div data-list data-new-on="live:cases"> with a [data-new-bar] in it: counts, shows on demand. Where
// nobody knows what was missed, it says that there may be something.
function watch(list) {
  if (list.dataset.watched) return;
  list.dataset.watched = "1";
  const bar = () => list.querySelector("[data-new-bar]") ?? list.parentElement?.querySelector("[data-new-bar]");
  let count = 0;
  let missed = false;
  const show = (place) => {
    (place.querySelector("[data-new-count]") ?? place).textContent = missed ? say("perhapsNew") : say("newRows", { n: count });
    place.hidden = false;
  };
  document.body.addEventListener("live:resync", () => {
    const place = bar();
    if (!place || !list.isConnected) return;
    missed = true;
    show(place);
  });
  for (const name of list.dataset.newOn.split(/\s+/)) {
    document.body.addEventListener(name, ({ detail }) => {
      const place = bar();
      if (!place || !list.isConnected) return;
      const news = told(list, detail ?? {});
      if (!news) return;
      count += news;
      show(place);
    });
  }
  list.parentElement.addEventListener("click", (event) => {
    if (!event.target.closest("[data-new-bar]")) return;
    count = 0;
    missed = false;
    bar().hidden = true;
    htmx.trigger(list, "q:show");
  });
}

function watchAll(root) {
  for (const list of root.querySelectorAll("[data-new-on]")) watch(list);
}

export function start() {
  document.addEventListener("click", follow);
  document.addEventListener("keydown", follow);
  document.addEventListener("keydown", openFocused);
  watchAll(document);
  document.body.addEventListener("htmx:afterSettle", () => watchAll(document));
}
