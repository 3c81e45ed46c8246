// Panes scroll, the page does not, so the browser forgets where a list stood: [data-keep-scroll]
// remembers it per address for the life of the tab, and stands there again after back or reload.
// A row of tabs or the rail that is wider than the screen shows where one is; a table that is wider
// than its box can be scrolled with the keyboard.

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

const WIDE = ".q-tablewrap, .cs-steps, .ql-pane";
const REACHED = "a[href], button, input, select, textarea, summary, [tabindex]";

function nameOf(box) {
  const words = box.querySelector("caption") || box.closest(".q-panel, [aria-label]")?.querySelector("h1, h2, h3");
  const label = words?.textContent.trim() || box.closest("[aria-label]")?.getAttribute("aria-label");
  return label || document.querySelector("h1")?.textContent.trim() || document.title;
}

// What scrolls and holds nothing that takes the focus takes it itself, with a name of its own: the
// arrow keys move it then.
function reach() {
  for (const box of document.querySelectorAll(WIDE)) {
    const scrolls = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
    if ("reached" in box.dataset) {
      if (scrolls || box === document.activeElement) continue;
      for (const name of ["data-reached", "tabindex", ...box.dataset.reached.split(" ")])
        if (name) box.removeAttribute(name);
    } else if (scrolls && !box.hasAttribute("tabindex") && !box.querySelector(REACHED)) {
      const given = { role: "group", "aria-label": nameOf(box) };
      const missing = Object.keys(given).filter((name) => !box.hasAttribute(name) && !box.matches("section[aria-label]"));
      for (const name of missing) box.setAttribute(name, given[name]);
      box.tabIndex = 0;
      box.dataset.reached = missing.join(" ");
    }
  }
}

let due = 0;
function reachSoon() {
  cancelAnimationFrame(due);
  due = requestAnimationFrame(reach);
}

export function start() {
  restore();
  showCurrent();
  reachSoon();
  document.fonts?.ready.then(reachSoon);
  document.addEventListener("htmx:afterSettle", reachSoon);
  document.addEventListener("toggle", reachSoon, true);
  addEventListener("resize", reachSoon);
  addEventListener("pagehide", remember);
}
