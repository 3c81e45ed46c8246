// Rows of a .q-bulk that are chosen: [data-pick-all] chooses all of the page, [data-picked] counts them.

const BOXES = 'tbody input[type="checkbox"][name]';

function tell(bulk) {
  const boxes = [...bulk.querySelectorAll(BOXES)];
  const count = boxes.filter((box) => box.checked).length;
  for (const place of bulk.querySelectorAll("[data-picked]")) place.textContent = String(count);
  for (const all of bulk.querySelectorAll("[data-pick-all]")) {
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  }
}

function tellAll() {
  for (const bulk of document.querySelectorAll(".q-bulk")) tell(bulk);
}

function onChange(event) {
  const bulk = event.target.closest?.(".q-bulk");
  if (!bulk) return;
  if (event.target.matches("[data-pick-all]")) {
    for (const box of bulk.querySelectorAll(BOXES)) box.checked = event.target.checked;
  }
  tell(bulk);
}

export function start() {
  document.addEventListener("change", onChange);
  // The boxes are empty only after the event; those of a page that the browser brings back are not.
  document.addEventListener("reset", () => setTimeout(tellAll));
  window.addEventListener("pageshow", tellAll);
  document.body.addEventListener("htmx:afterSettle", tellAll);
}
