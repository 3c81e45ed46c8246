// Panes scroll, the page does not, so the browser forgets where a list stood: [data-keep-scroll]
// remembers it per address for the life of the tab, and stands there again after back or reload.

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

export function start() {
  restore();
  addEventListener("pagehide", remember);
}
