// Positions in percent, written in the markup as data-x and data-w, set where the content policy allows.

function place(root) {
  for (const bar of root.querySelectorAll("[data-x]:not([data-placed])")) {
    bar.style.setProperty("--x", `${Number(bar.dataset.x)}%`);
    if (bar.dataset.w) bar.style.setProperty("--w", `${Number(bar.dataset.w)}%`);
    bar.dataset.placed = "";
  }
}

export function start() {
  place(document);
  document.body.addEventListener("htmx:afterSwap", () => place(document));
}
