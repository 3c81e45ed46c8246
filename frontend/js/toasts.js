// Results in passing. Undo is real: it posts to the address that takes the change back.

import { element, icon } from "./icon.js";
import { obey, post } from "./post.js";
import { announce, say } from "./texts.js";

const UNDO_MS = 10_000;
const PLAIN_MS = 4_000;

function countDown(toast, milliseconds) {
  let left = milliseconds;
  let since = 0;
  let timer = 0;
  const run = () => {
    since = Date.now();
    timer = setTimeout(() => toast.remove(), left);
  };
  const hold = () => {
    clearTimeout(timer);
    left = Math.max(left - (Date.now() - since), 1000);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", run);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", run);
  run();
}

async function undo(toast) {
  const { undo: url } = toast.dataset;
  toast.querySelector("button").disabled = true;
  try {
    const response = await post(url);
    if (!response.ok) throw new Error(String(response.status));
    toast.remove();
    show({ text: say("undone") });
    obey(response);
  } catch {
    toast.remove();
    fail(say("undoFailed"));
  }
}

// A failure is no passing matter: it stands at the top of the page until it is closed.
export function fail(text) {
  const notice = element("div", { class: "q-alert edge bad", role: "alert" });
  notice.append(
    icon("alert-triangle", "i-18"),
    element("span", { class: "grow", text }),
    element("button", { type: "button", class: "btn btn-sm", "data-dismiss": true, text: say("close") }),
  );
  document.getElementById("main")?.prepend(notice);
}

export function show({ text, undo: url }) {
  const toast = element("div", { class: "q-toast", "data-undo": url || undefined });
  toast.append(icon("circle-check"), element("span", { text }));
  if (url) toast.append(element("button", { type: "button", "data-undo-now": true, text: say("undo") }));
  document.querySelector(".q-toasts")?.append(toast);
  announce(text);
  countDown(toast, url ? UNDO_MS : PLAIN_MS);
  return toast;
}

export function undoLatest() {
  const toast = [...document.querySelectorAll(".q-toast[data-undo]")].at(-1);
  if (toast) undo(toast);
  return Boolean(toast);
}

export function start() {
  for (const toast of document.querySelectorAll("[data-toast-live]")) {
    countDown(toast, toast.dataset.undo ? UNDO_MS : PLAIN_MS);
  }
  document.body.addEventListener("q:toast", (event) => show(event.detail));
  document.body.addEventListener("q:fail", (event) => fail(event.detail.text));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-undo-now]");
    if (button) undo(button.closest(".q-toast"));
    event.target.closest("[data-dismiss]")?.closest(".q-alert, .q-inlinefail")?.remove();
  });
}
