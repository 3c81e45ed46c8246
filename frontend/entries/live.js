// The browser's one stream, shared by all its tabs (a SharedWorker). It closes with the last tab,
// and opens anew when another person signs in, since the server decides rights at connection.

import { connect } from "../js/stream.js";

const SILENT_MS = 180_000; // background tabs are woken once a minute at most
const ports = new Map();
let stream = null;
let listening = "";

function tell(message) {
  for (const port of ports.keys()) port.postMessage(message);
}

function leave(port) {
  ports.delete(port);
  if (ports.size || !stream) return;
  stream.close();
  stream = null;
  listening = "";
}

function join(port, { join: url, who }) {
  ports.set(port, Date.now());
  const wanted = `${who} ${url}`;
  if (stream && listening === wanted) {
    port.postMessage({ state: stream.state || "live" });
    return;
  }
  stream?.close();
  listening = wanted;
  stream = connect(url, tell);
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
