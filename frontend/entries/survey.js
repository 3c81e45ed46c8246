// Keeps what a customer has answered so far on each change; without it the button does.

const form = document.querySelector("form[data-keeps]");
const told = document.querySelector("[data-kept]");
let running = false;
let waiting = false;

async function keep() {
  if (running) {
    waiting = true;
    return;
  }
  running = true;
  const body = new FormData(form);
  body.set("part", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    if (answer.status === 410) location.reload();
    told.textContent = answer.ok ? told.dataset.kept : told.dataset.lost;
  } catch {
    told.textContent = told.dataset.lost;
  }
  running = false;
  if (waiting) {
    waiting = false;
    keep();
  }
}

form?.addEventListener("change", keep);
