// The live screen of this tab: hears the browser's one stream and wakes what listens on <body>.
// hx-trigger="live:cases~2s from:body" is all that a pane needs: it is woken at once, then every two
// seconds at most, and always after the last event. (htmx's own throttle drops the last one.)

import { correct } from "./clock.js";
import { isListening, tell, tellAll } from "./flights.js";
import { connect } from "./stream.js";

const PING_MS = 30_000;

function hear(message) {
  if (message.state) {
    document.documentElement.dataset.live = message.state;
    if (message.missed) readAnew();
    return;
  }
  const { event, data } = message;
  if (data.now) correct(data.now);
  if (event !== "live") return;
  if (data.name === "core.signed_out") isOver = true;
  if (data.topics?.includes("resync")) {
    readAnew();
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
let missed = false; // while nobody saw it, and nobody knows what
let isOver = false; // whoever opened the page is signed out

// What asks for itself anew after the end is led to the sign-in page; a page without it reads itself.
function readAnew() {
  missed = document.hidden;
  if (missed) return;
  if (isOver && !isListening()) location.reload();
  else tellAll();
}

function wake(topic, data) {
  tell(`live:${topic}`, data);
  for (const seconds of PACES) tellPaced(`live:${topic}~${seconds}s`, seconds * 1000, data);
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
  if (missed) readAnew();
  else for (const [topic, data] of waiting) wake(topic, data);
  waiting.clear();
}

// When the page was begun, by the clock that its worker has too: what came since it has not drawn.
const born = Date.now() - Math.round(performance.now());

function share(worker, url, who) {
  const { port } = new SharedWorker(worker, { name: "qiao-live", type: "module" });
  port.onmessage = ({ data }) => hear(data);
  const join = () => port.postMessage({ join: url, who, born });
  join();
  setInterval(() => port.postMessage({ ping: true }), PING_MS);
  addEventListener("pagehide", () => port.postMessage({ leave: true }));
  addEventListener("pageshow", (event) => event.persisted && join());
}

function hearAlone(url) {
  let stream = connect(url, born, hear);
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) stream = connect(url, born, hear);
  });
}

export function start() {
  const { live, liveWorker, who = "" } = document.body.dataset;
  if (!live) return;
  document.addEventListener("visibilitychange", catchUp);
  const url = new URL(live, location.href).href;
  if (window.SharedWorker && liveWorker) {
    try {
      share(liveWorker, url, who);
      return;
    } catch {
      // a browser may forbid workers; a stream of this tab's own does the same work
    }
  }
  hearAlone(url);
}
