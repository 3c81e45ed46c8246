// Drafts that save themselves, and forms that do not let their contents get lost.

import { ask } from "./dialogs.js";
import { post } from "./post.js";
import { say } from "./texts.js";

const PAUSE_MS = 2000;
const timers = new WeakMap();
const clean = new WeakMap();
let leaving = false;

const content = (form) => new URLSearchParams([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken")).toString();

// Files are not sent with a draft: they would travel again with every change.
function wordsOf(form) {
  const body = new FormData(form);
  for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
  return body;
}

function state(form, name, text) {
  const place = form.querySelector("[data-draft-state]") ?? document.querySelector(form.dataset.draftState || null);
  if (!place) return;
  place.dataset.state = name;
  (place.querySelector("span") ?? place).textContent = text;
}

async function save(form) {
  timers.delete(form);
  if (!form.isConnected) return;
  const sent = content(form);
  state(form, "saving", say("saving"));
  try {
    const response = await post(form.dataset.draftUrl, wordsOf(form), { keepalive: true });
    if (response.status === 413) {
      state(form, "failed", say("draftTooLong"));
      return;
    }
    if (!response.ok) throw new Error(String(response.status));
    clean.set(form, sent);
    const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    state(form, "saved", say("draftSaved", { time }));
  } catch {
    state(form, "failed", say("draftFailed"));
    saveSoon(form, PAUSE_MS * 5);
  }
}

function saveSoon(form, pause = PAUSE_MS) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), pause));
}

function flush() {
  for (const form of document.querySelectorAll("form[data-draft]")) {
    if (!timers.has(form) || leaving) continue;
    clearTimeout(timers.get(form));
    timers.delete(form);
    navigator.sendBeacon(form.dataset.draftUrl, wordsOf(form));
  }
}

function remember(root) {
  for (const form of root.querySelectorAll("form[data-guard], form[data-draft]")) {
    if (!clean.has(form)) clean.set(form, content(form));
  }
}

const isDirty = (form) => clean.has(form) && clean.get(form) !== content(form);

function unsaved(root) {
  return [...(root.querySelectorAll?.("form[data-guard]") ?? [])].some(isDirty);
}

function onInput(event) {
  const form = event.target.closest?.("form[data-draft]");
  if (form && !event.isComposing) saveSoon(form);
}

// A pane that is about to be replaced asks first when a form in it is unsaved.
async function beforeReplacing(event) {
  const { target, elt, issueRequest, verb } = event.detail;
  if (event.defaultPrevented || verb !== "get" || !target || elt.closest?.("form[data-guard]") || !unsaved(target)) return;
  event.preventDefault();
  if (await ask(say("leave"), say("leaveYes"))) {
    for (const form of target.querySelectorAll("form[data-guard]")) clean.set(form, content(form));
    issueRequest(true);
  }
}

export function start() {
  remember(document);
  document.addEventListener("input", onInput);
  document.addEventListener("change", onInput);
  document.addEventListener("compositionend", onInput);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    clearTimeout(timers.get(form));
    timers.delete(form);
    if (!form.matches("[hx-post], [hx-put], [hx-patch]")) leaving = true;
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
    if (form && event.detail.successful && clean.has(form)) clean.set(form, content(form));
  });
  document.body.addEventListener("htmx:afterSettle", () => remember(document));
  document.body.addEventListener("htmx:confirm", beforeReplacing);
  addEventListener("pagehide", flush);
  addEventListener("beforeunload", (event) => {
    if (!leaving && unsaved(document)) event.preventDefault();
  });
}
