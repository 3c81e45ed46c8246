// The week of a roster: arrows lead from cell to cell, a shift is dragged onto somebody else's day.

import { post } from "../js/post.js";

const CELL = "button.wf-cell";
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
let dragged = null;

function neighbour(cell, [down, right]) {
  const column = cell.closest("td").cellIndex + right;
  let row = cell.closest("tr");
  if (down) row = down > 0 ? row.nextElementSibling : row.previousElementSibling;
  return row?.cells[column]?.querySelector(CELL);
}

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.(CELL);
  const step = STEPS[event.key];
  if (!cell || !step || event.ctrlKey || event.altKey || event.metaKey) return;
  const next = neighbour(cell, step);
  if (!next) return;
  event.preventDefault();
  next.focus();
});

// Only the same day of somebody else takes it.
const takes = (cell) => dragged && cell && cell !== dragged && cell.dataset.day === dragged.dataset.day;

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(CELL) ?? null;
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.person);
  dragged.classList.add("dragged");
});

document.addEventListener("dragover", (event) => {
  const cell = event.target.closest?.(CELL);
  document.querySelector(".wf-cell.takes")?.classList.remove("takes");
  if (!takes(cell)) return;
  event.preventDefault();
  cell.classList.add("takes");
});

document.addEventListener("dragend", () => {
  document.querySelector(".wf-cell.takes")?.classList.remove("takes");
  dragged?.classList.remove("dragged");
  dragged = null;
});

document.addEventListener("drop", async (event) => {
  const cell = event.target.closest?.(CELL);
  if (!takes(cell)) return;
  event.preventDefault();
  const body = new FormData();
  body.append("day", cell.dataset.day);
  body.append("source", dragged.dataset.person);
  body.append("target", cell.dataset.person);
  await post(cell.closest("table").dataset.move, body);
  location.reload();
});
