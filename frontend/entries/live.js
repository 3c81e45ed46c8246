// The browser's one stream, shared by all its tabs (a SharedWorker). It closes with the last tab,
// and opens anew when another person signs in, since the server decides rights at connection.
// A page that joins is told what came while it was on its way: a call may ring at that moment.

import { connect } from "../js/stream.js";

const SILENT_MS = 180_000; // background tabs are woken once a minute at most
const LOOK_BACK_MS = 30_000;
const ports = new Map();
const told = []; // what may have been missed by a page on its way, with its moment
let since = 0; // from when on all is known
let stream = null;
let listening = "";

function tell(message) {
  const now = Date.now();
  while (told.length && told[0].at < now - LOOK_BACK_MS) told.shift();
  if (message.event === "live" || message.missed) told.push({ at: now, message });
  for (const port of ports.keys()) port.postMessage(message);
}

function leave(port) {
  ports.delete(port);
  if (ports.size || !stream) return;
  stream.close();
  stream = null;
  listening = "";
}

function catchUp(port, from) {
  if (from < Math.max(since, Date.now() - LOOK_BACK_MS)) {
    port.postMessage({ event: "live", data: { topics: ["resync"] } });
    return;
  }
  for (const { at, message } of told) if (at >= from) port.postMessage(message);
}

function join(port, { join: url, who, born }) {
  ports.set(port, Date.now());
  const wanted = `${who} ${url}`;
  if (stream && listening === wanted) {
    if (stream.state) port.postMessage({ state: stream.state });
    catchUp(port, born);
    return;
  }
  stream?.close();
  listening = wanted;
  told.length = 0;
  since = born;
  stream = connect(url, born, tell);
}

self.addEventListener("connect", ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.join) join(port, data);
    else if (data.leave) leave(port);
    else ports.set(port, Date.now());
  };
});

setInterval(() => {
  for (const [port, seen] of ports) {
    if (Date.now() - seen > SILENT_MS) leave(port);
  }
}, 60_000);
