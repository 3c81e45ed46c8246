// A button that presses itself when its time is up: <button data-retry-in="18"> … <span data-left></span>.

import { face } from "./clock.js";

function run(button) {
  let left = Number(button.dataset.retryIn);
  button.dataset.running = "";
  const timer = setInterval(() => {
    left -= 1;
    if (!button.isConnected) clearInterval(timer);
    const place = button.querySelector("[data-left]");
    if (place) place.textContent = face(Math.max(left, 0));
    if (left <= 0 && button.isConnected && !document.hidden) {
      clearInterval(timer);
      if (button.dataset.retryIn && button.matches("a")) location.reload();
      else button.click();
    }
  }, 1000);
}

function findAll() {
  for (const button of document.querySelectorAll("[data-retry-in]:not([data-running])")) run(button);
}

export function start() {
  findAll();
  document.body.addEventListener("htmx:afterSettle", findAll);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-reload]")) location.reload();
    if (event.target.closest("[data-back]")) history.back();
  });
}
