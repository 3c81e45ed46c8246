// The live screen of this tab: hears the browser's one stream and wakes what listens on <body>.
// hx-trigger="live:cases from:body throttle:1s" is all that a pane needs.

import { correct } from "./clock.js";
import { connect } from "./stream.js";

const PING_MS = 30_000;

function wakeAll() {
  const names = new Set(["live:resync"]);
  for (const place of document.querySelectorAll('[hx-trigger*="live:"], [data-new-on]')) {
    const text = place.getAttribute("hx-trigger") ?? "";
    for (const [name] of text.matchAll(/live:[\w.:-]+/g)) names.add(name);
  }
  for (const name of names) document.body.dispatchEvent(new CustomEvent(name, { detail: {} }));
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
  document.body.dispatchEvent(new CustomEvent(`live:${topic}`, { detail: data }));
}

function catchUp() {
  if (document.hidden) return;
  for (const [topic, data] of waiting) wake(topic, data);
  waiting.clear();
}

function share(worker, url, who) {
  const { port } = new SharedWorker(worker, { name: "qiao-live", type: "module" });
  port.onmessage = ({ data }) => hear(data);
  const join = () => port.postMessage({ join: url, who });
  join();
  setInterval(() => port.postMessage({ ping: true }), PING_MS);
  addEventListener("pagehide", () => port.postMessage({ leave: true }));
  addEventListener("pageshow", (event) => event.persisted && join());
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
  const stream = connect(url, hear);
  addEventListener("pagehide", () => stream.close());
}
