// The live screen of this tab: hears the browser's one stream and wakes what listens on <body>.
// hx-trigger="live:cases~2s from:body" is all that a pane needs: it is woken at once, then every two
// seconds at most, and always after the last event. (htmx's own throttle drops the last one.)

import { correct } from "./clock.js";
import { connect } from "./stream.js";

const PING_MS = 30_000;
const BOUND_MS = 50; // by then htmx listens for what it put into the page
const LISTENS = '[hx-trigger*="live:"]';

const listeners = () => [...document.querySelectorAll(LISTENS)];
const namesOf = (place) => (place.getAttribute("hx-trigger") ?? "").match(/live:[\w.:~-]+/g) ?? [];

function wakeAll() {
  for (const name of new Set(["live:resync", ...listeners().flatMap(namesOf)])) dispatch(name, {});
}

// What is told while something is on its way here is told to it again when it stands: it was drawn
// before, and who asked for it may have gone with it.
const flights = new Map(); // by request

function depart({ detail }) {
  const { elt, requestConfig, xhr } = detail;
  const changes = requestConfig.verb !== "get";
  flights.set(xhr, { elt, changes, known: new Set(listeners()), told: new Map(), kept: new Set() });
}

// What somebody pressed within a part is answered into that part: it is not drawn anew before.
function keep({ detail }) {
  if (detail.requestConfig.verb !== "get") return;
  for (const flight of flights.values()) {
    if (!flight.changes || !detail.target.contains(flight.elt)) continue;
    detail.shouldSwap = false;
    flight.kept.add(detail.target);
  }
}

function arrive(xhr) {
  const flight = flights.get(xhr);
  flights.delete(xhr);
  if (!flight) return;
  const stale = [...flight.kept].filter((place) => place.isConnected);
  for (const name of new Set(stale.flatMap(namesOf))) dispatch(name, {});
  const fresh = listeners().filter((place) => !flight.known.has(place));
  const wanted = new Set(fresh.flatMap(namesOf));
  for (const [name, data] of flight.told) if (wanted.has(name)) dispatch(name, data);
}

function hear(message) {
  if (message.state) {
    document.documentElement.dataset.live = message.state;
    if (message.missed) wakeAll();
    return;
  }
  const { event, data } = message;
  if (data.now) correct(data.now);
  if (event !== "live") return;
  if (data.topics?.includes("resync")) {
    wakeAll();
    return;
  }
  document.body.dispatchEvent(new CustomEvent("live", { detail: data }));
  for (const topic of topicsOf(data)) {
    if (document.hidden) waiting.set(topic, data);
    else wake(topic, data);
  }
}

// Beside its topics an event wakes the pages of the cases that it names, live:case-<id>, and the
// frame of the person who stands otherwise, live:agent-<id>.
function topicsOf({ topics = [], data = {} }) {
  const cases = [data.case_id, ...(data.case_ids ?? [])].filter(Boolean);
  const agents = topics.includes("agents") && data.staff_id ? [data.staff_id] : [];
  return [...topics, ...cases.map((id) => `case-${id}`), ...agents.map((id) => `agent-${id}`)];
}

// A tab that nobody sees asks the server for nothing; it catches up when it is seen again.
const waiting = new Map();

function wake(topic, data) {
  tell(`live:${topic}`, data);
  for (const seconds of PACES) tellPaced(`live:${topic}~${seconds}s`, seconds * 1000, data);
}

function tell(name, data) {
  for (const { told } of flights.values()) told.set(name, data);
  dispatch(name, data);
}

function dispatch(name, detail) {
  document.body.dispatchEvent(new CustomEvent(name, { detail }));
}

const PACES = [1, 2, 3, 10]; // seconds
const held = new Map(); // names that were told just now, and what came since

function tellPaced(name, pause, data) {
  if (held.has(name)) {
    held.set(name, data);
    return;
  }
  tell(name, data);
  held.set(name, null);
  setTimeout(() => {
    const last = held.get(name);
    held.delete(name);
    if (last) tellPaced(name, pause, last);
  }, pause);
}

function catchUp() {
  if (document.hidden) return;
  for (const [topic, data] of waiting) wake(topic, data);
  waiting.clear();
}

function share(worker, url, who) {
  const { port } = new SharedWorker(worker, { name: "qiao-live", type: "module" });
  port.onmessage = ({ data }) => hear(data);
  const join = () => port.postMessage({ join: url, who, age: performance.now() });
  join();
  setInterval(() => port.postMessage({ ping: true }), PING_MS);
  addEventListener("pagehide", () => port.postMessage({ leave: true }));
  addEventListener("pageshow", (event) => event.persisted && join());
}

export function start() {
  const { live, liveWorker, who = "" } = document.body.dataset;
  if (!live) return;
  document.addEventListener("visibilitychange", catchUp);
  document.body.addEventListener("htmx:beforeSend", depart);
  document.body.addEventListener("htmx:beforeSwap", keep);
  document.body.addEventListener("htmx:afterRequest", ({ detail }) => setTimeout(arrive, BOUND_MS, detail.xhr));
  const url = new URL(live, location.href).href;
  if (window.SharedWorker && liveWorker) {
    try {
      share(liveWorker, url, who);
      return;
    } catch {
      // a browser may forbid workers; a stream of this tab's own does the same work
    }
  }
  const stream = connect(`${url}?age=${Math.round(performance.now())}`, hear);
  addEventListener("pagehide", () => stream.close());
}
