// Panes scroll, the page does not, so the browser forgets where a list stood: [data-keep-scroll]
// remembers it per address for the life of the tab, and stands there again after back or reload.
// A row of tabs or the rail that is wider than the screen shows where one is.

const key = (pane) => `q-scroll ${location.pathname}${location.search} ${pane.dataset.keepScroll}`;

function restore() {
  for (const pane of document.querySelectorAll("[data-keep-scroll]")) {
    const top = Number(sessionStorage.getItem(key(pane)));
    if (top) pane.scrollTop = top;
  }
}

function remember() {
  for (const pane of document.querySelectorAll("[data-keep-scroll]")) {
    if (pane.scrollTop) sessionStorage.setItem(key(pane), String(Math.round(pane.scrollTop)));
    else sessionStorage.removeItem(key(pane));
  }
}

function showCurrent() {
  for (const current of document.querySelectorAll(":is(.q-tabs, .q-rail) [aria-current]")) {
    const row = current.closest(".q-tabs, .q-rail");
    const [inner, outer] = [current.getBoundingClientRect(), row.getBoundingClientRect()];
    if (inner.left >= outer.left && inner.right <= outer.right) continue;
    row.scrollLeft += (inner.left + inner.right - outer.left - outer.right) / 2;
  }
}

export function start() {
  restore();
  showCurrent();
  addEventListener("pagehide", remember);
}
