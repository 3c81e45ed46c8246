// Forms that work without a network: <form data-offline>. Sent at once when possible, else kept and
// sent in order when the network is back. [data-queue] shows how many wait.

import { obey, post } from "./post.js";
import * as outbox from "./outbox.js";
import { fail, show } from "./toasts.js";
import { say } from "./texts.js";

const AGAIN_MS = 30_000;
const TOKEN = "csrfmiddlewaretoken";
let sending = false;

function keyOf(form) {
  let field = form.querySelector('[name="idempotency_key"]');
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = "idempotency_key";
    form.append(field);
  }
  field.value ||= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2, 12)}`;
  return field.value;
}

function bodyOf(entries) {
  const body = new FormData();
  for (const [name, value, filename] of entries) {
    if (filename) body.append(name, value, filename);
    else body.append(name, value);
  }
  return body;
}

async function badge() {
  const posts = await outbox.all();
  const held = posts.filter((item) => item.held).length;
  for (const place of document.querySelectorAll("[data-queue]")) {
    place.classList.toggle("bad", held > 0);
    place.classList.toggle("warn", posts.length > 0 && !held);
    const text = held ? say("queueHeld", { n: held }) : say("queueWaiting", { n: posts.length });
    (place.querySelector("span") ?? place).textContent = posts.length ? text : say("queueSent");
    if (posts.length) place.dataset.count = String(posts.length);
    else delete place.dataset.count;
  }
}

async function send(item) {
  const response = await post(item.url, bodyOf(item.entries));
  // Later: the server is busy, or whoever entered it has to sign in again first.
  if (response.status >= 500 || response.status === 429 || response.status === 401) return null;
  return response;
}

async function replay() {
  if (sending || !navigator.onLine) return;
  sending = true;
  let sent = 0;
  try {
    for (const item of await outbox.all()) {
      if (item.held) continue;
      const response = await send(item);
      if (!response) break;
      if (response.ok || response.status === 409) {
        await outbox.drop(item.key);
        sent += 1;
      } else {
        await outbox.put({ ...item, held: response.status });
      }
    }
  } catch {
    // still no network: everything stays where it is
  } finally {
    sending = false;
  }
  await badge();
  if (sent) {
    show({ text: say("queueSent") });
    document.dispatchEvent(new CustomEvent("q:sent"));
  }
}

async function keep(form, item) {
  try {
    await outbox.put(item);
  } catch {
    fail(say("failedNetwork"));
    return;
  }
  form.dataset.kept = "";
  show({ text: say("queueWaiting", { n: (await outbox.all()).length }) });
  form.dispatchEvent(new CustomEvent("q:kept", { bubbles: true }));
  await badge();
  if (form.dataset.after && navigator.onLine) location.assign(form.dataset.after);
}

async function onSubmit(event) {
  const form = event.target;
  if (!form.matches("form[data-offline]") || event.defaultPrevented) return;
  event.preventDefault();
  const button = event.submitter;
  const data = new FormData(form, button);
  const key = keyOf(form);
  data.set("idempotency_key", key);
  data.set("happened_at", new Date().toISOString());
  const entries = [...data]
    .filter(([name, value]) => name !== TOKEN && !(value instanceof File && !value.size))
    .map(([name, value]) => (value instanceof File ? [name, value, value.name] : [name, value]));
  const url = button?.hasAttribute("formaction") ? button.formAction : form.action;
  const item = { key, url, entries, at: Date.now() };
  button?.classList.add("busy");
  try {
    const waiting = (await outbox.all()).length > 0;
    const response = navigator.onLine && !waiting ? await send(item) : null;
    if (!response) await keep(form, item);
    else if (response.ok) obey(response);
    else if (response.status === 422 && form.hasAttribute("data-says-why")) await refuse(form, response);
    else if (response.status === 422 || response.status === 400) await answer(form, response);
    else fail(say("failed"));
  } catch {
    await keep(form, item);
  } finally {
    button?.classList.remove("busy");
  }
}

// The page of such a form says itself why it was refused.
async function refuse(form, response) {
  form.dispatchEvent(new CustomEvent("q:refused", { bubbles: true, detail: { text: await response.text() } }));
}

// The form came back with its errors: show it in place of ours.
async function answer(form, response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = (form.id && page.getElementById(form.id)) || page.querySelector("form[data-offline]");
  if (fresh) {
    form.replaceWith(document.adoptNode(fresh));
    document.body.dispatchEvent(new CustomEvent("q:fresh"));
  } else {
    fail(say("failed"));
  }
  document.querySelector('[aria-invalid="true"]')?.focus();
}

export function start() {
  document.addEventListener("submit", onSubmit);
  addEventListener("online", replay);
  setInterval(replay, AGAIN_MS);
  badge().then(replay);
}
