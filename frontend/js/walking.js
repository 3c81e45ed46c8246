// A reader's round: one page that holds all its stops, so that it goes on without a network. The
// stop at hand stands in the address (#stop-12). What is entered goes through offline.js: sent at
// once, or kept in the outbox. A figure that is out of range is asked for a second time first.

import * as outbox from "./outbox.js";
import { announce } from "./texts.js";
import { show } from "./toasts.js";
import { keepPages, recalled, remember } from "./walk-kept.js";
import { ask, input, outOfRange, wrongShape } from "./walk-values.js";

const DONE = ["read", "unread"];
const TONES = { read: "ok", unread: "warn", again: "info", open: "" };

let stops = new Map();
let words = {};
let checkUrl = "";
let made = 0; // when the server made the page
let current = null;
let warned = ""; // the figures that were warned of, as they were entered
let passed = false; // the checks have been asked about what the form holds now

const at = (selector) => document.querySelector(selector);
const form = () => at("#stop-form");
const fields = () => [...document.querySelectorAll("#walk-values input")];
const fill = (name, text) => (at(`#walk-stop [data-fill="${name}"]`).textContent = text);
const isDone = (stop) => DONE.includes(stop.state) || stop.sent === "waiting";

function wordOf(stop) {
  if (stop.sent) return [words[stop.sent], stop.sent === "held" ? "bad" : "info"];
  return [stop.word, TONES[stop.state] ?? ""];
}

function draw(stop) {
  const row = at(`[data-stop="${stop.id}"]`);
  const [text, tone] = wordOf(stop);
  row.dataset.state = isDone(stop) ? "done" : stop.state;
  const badge = row.querySelector("[data-word]");
  badge.textContent = text;
  badge.className = `q-badge ${tone}`;
}

function count() {
  const all = [...stops.values()];
  const tell = (name, n) => (at(`[data-count="${name}"]`).textContent = String(n));
  const left = all.filter((stop) => !isDone(stop)).length;
  tell("read", all.filter((stop) => isDone(stop) && (stop.brought ?? stop.state) === "read").length);
  tell("unread", all.filter((stop) => isDone(stop) && (stop.brought ?? stop.state) === "unread").length);
  tell("left", left);
  tell("waiting", all.filter((stop) => stop.sent).length);
  at("#walk-bar").value = all.length - left;
  at("#walk-done").classList.toggle("d-none", left > 0);
  at("#walk-foot")?.toggleAttribute("hidden", current !== null);
  at("#walk-end")?.classList.toggle("part", left > 0);
  at("#walk-end")?.classList.toggle("ok", left === 0);
  at("#finish-left")?.toggleAttribute("hidden", left === 0);
  at("[data-walk-next]")?.classList.toggle("d-none", left === 0);
}

// What waits in the outbox stands on its stop, also after the page was loaded again.
async function overlay() {
  const mine = (await outbox.all()).filter((item) => new URL(item.url, location.href).pathname === new URL(form().action).pathname);
  const before = [...stops.values()].filter((stop) => stop.sent);
  for (const stop of before) stop.sent = "";
  for (const item of mine) {
    const sent = Object.fromEntries(item.entries);
    const stop = stops.get(Number(sent.service_point));
    if (!stop) continue;
    stop.sent = item.held ? "held" : "waiting";
    stop.brought = sent.do === "unread" ? "unread" : "read";
  }
  for (const stop of before) {
    if (stop.sent || !stop.brought) continue;
    settle(stop, stop.brought, words[stop.brought]);
    note(stop);
  }
  for (const stop of stops.values()) draw(stop);
  count();
}

function settle(stop, state, word) {
  stop.state = state;
  stop.word = word;
  stop.brought = undefined;
}

// Signed in again since: what was refused for that reason alone goes once more.
async function release() {
  for (const item of await outbox.all()) {
    if (item.held === 401 || item.held === 403) await outbox.put({ ...item, held: undefined });
  }
}

function open(stop) {
  current = stop;
  fill("address", `${stop.place}. ${stop.address}`);
  fill("meter", stop.meter);
  fill("place", [stop.whereabouts, stop.seal].filter(Boolean).join(" · "));
  const [text, tone] = wordOf(stop);
  const badge = at('#walk-stop [data-fill="word"]');
  badge.textContent = text;
  badge.className = `q-badge ${tone}`;
  const entry = form();
  if (entry) {
    entry.reset();
    for (const photo of entry.querySelectorAll(".m-tile.pic .drop")) photo.click();
    for (const name of ["idempotency_key", "confirmed", "latitude", "longitude", "accuracy"]) entry.elements[name].value = "";
    entry.elements.service_point.value = String(stop.id);
    if (entry.elements.whereabouts) entry.elements.whereabouts.value = stop.whereabouts;
    if (entry.elements.seal) entry.elements.seal.value = stop.seal;
    at("#walk-values").replaceChildren(...stop.registers.map(input));
    at("#walk-why").open = false;
    delete entry.dataset.locatedOnce;
    document.body.dispatchEvent(new CustomEvent("q:fresh"));
  }
  warned = "";
  passed = false;
  warn("");
  at("#walk-list").hidden = true;
  at("#walk-stop").hidden = false;
  at("#walk-photo")?.classList.remove("want");
  scrollTo(0, 0);
  count();
  fields()[0]?.focus();
}

function list() {
  current = null;
  at("#walk-stop").hidden = true;
  at("#walk-list").hidden = false;
  count();
}

function follow() {
  const found = /^#stop-(\d+)$/.exec(location.hash);
  const stop = found && stops.get(Number(found[1]));
  if (stop) open(stop);
  else list();
}

function next() {
  const all = [...stops.values()];
  const from = current ? all.indexOf(current) + 1 : 0;
  return [...all.slice(from), ...all.slice(0, from)].find((stop) => !isDone(stop) && stop !== current);
}

function goOn() {
  const stop = next();
  const hash = stop ? `#stop-${stop.id}` : "#";
  history.replaceState(null, "", hash === "#" ? location.pathname : hash);
  follow();
}

function warn(text) {
  at("#walk-warn").hidden = !text;
  fill("warn", text);
  if (text) {
    announce(text);
    at("#walk-warn").scrollIntoView({ block: "center" });
  }
}

const figures = () => fields().map((field) => field.value.trim().replace(/^0+(?=\d)/, "")).join("|");
const hasPhoto = () => form().elements.photo.files.length > 0;

function doubts() {
  for (const [place, field] of fields().entries()) {
    const text = field.value.trim();
    const doubt = text && outOfRange(current.registers[place], text, words);
    if (doubt) return doubt;
  }
  return "";
}

function again(text) {
  warned = figures();
  for (const field of fields()) field.value = "";
  warn(text);
  fields()[0]?.focus();
}

function wantPhoto(text) {
  warn(text);
  at("#walk-photo").classList.add("want");
}

// Before offline.js hears of it: is there anything to send, and has it been read twice if need be?
async function onSubmit(event) {
  const entry = event.target;
  if (!entry.matches("form[data-walk]")) return;
  const button = event.submitter;
  const stop = (text, act = warn) => {
    event.preventDefault();
    act(text);
  };
  if (button?.value === "unread") {
    const reason = words.reasons[entry.elements.reason.value];
    if (!reason) stop(words.nothing);
    else if (reason[1] && !hasPhoto()) stop(words.photo, wantPhoto);
    return;
  }
  if (passed) {
    passed = false;
    return;
  }
  const shapes = fields().map((field, place) => field.value.trim() && wrongShape(current.registers[place], field.value.trim(), words));
  if (!figures().replaceAll("|", "")) return stop(words.nothing);
  if (shapes.some(Boolean)) return stop(shapes.find(Boolean));
  if (warned && warned === figures()) {
    entry.elements.confirmed.value = "1";
    if (!hasPhoto()) stop(words.same, wantPhoto);
    return;
  }
  entry.elements.confirmed.value = "";
  const doubt = doubts();
  if (doubt) return stop(doubt, again);
  if (!checkUrl || !navigator.onLine) return;
  event.preventDefault();
  const found = await ask(entry, checkUrl, words);
  if (found) return again(found);
  passed = true;
  entry.requestSubmit(button);
}

function onVisited({ detail }) {
  const stop = stops.get(detail.stop);
  if (!stop) return;
  stop.sent = "";
  settle(stop, detail.state, detail.words);
  note(stop);
  keepPlace(stop);
  draw(stop);
  show({ text: `${stop.address}: ${detail.words}` });
  goOn();
}

function keepPlace(stop) {
  const entry = form();
  if (entry.elements.whereabouts) stop.whereabouts = entry.elements.whereabouts.value.trim();
  if (entry.elements.seal) stop.seal = entry.elements.seal.value.trim();
}

async function onKept(event) {
  if (!event.target.matches("form[data-walk]") || !current) return;
  keepPlace(current);
  await overlay();
  goOn();
}

// What was sent since the server made this page: a page that the phone kept does not know it.
const place = () => form()?.getAttribute("action") ?? "";
const note = (stop) => remember(place(), made, stop);

function recall() {
  for (const [id, [state, word]] of recalled(place(), made)) {
    const stop = stops.get(Number(id));
    if (stop) settle(stop, state, word);
  }
}

export function start() {
  keepPages();
  const data = document.getElementById("walk-data");
  if (!data) return;
  const found = JSON.parse(data.textContent);
  made = found.made;
  stops = new Map(found.stops.map((stop) => [stop.id, stop]));
  words = found.words;
  checkUrl = found.check;
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("q:kept", onKept);
  document.addEventListener("q:sent", overlay);
  document.addEventListener("q:refused", ({ detail }) => warn(detail.text));
  document.body.addEventListener("q:visited", onVisited);
  document.addEventListener("click", (event) => {
    const shown = event.target.closest("[data-show][type=button]");
    if (shown) {
      at("#walk-stops").dataset.show = shown.dataset.show;
      for (const each of document.querySelectorAll("[data-show][type=button]")) each.setAttribute("aria-pressed", String(each === shown));
    }
    if (event.target.closest("[data-walk-next]")) {
      event.preventDefault();
      const stop = next();
      if (stop) location.hash = `#stop-${stop.id}`;
    }
    if (current && event.target.closest("[data-walk-back]")) {
      event.preventDefault();
      location.hash = "";
    }
  });
  addEventListener("hashchange", follow);
  recall();
  release().then(overlay).then(follow);
}
