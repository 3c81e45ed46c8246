// Files dropped or pasted anywhere on a page go to its <div data-drop="/cases/3/files/dropped">: each
// by itself, each with its own line, so that one that is refused takes no other along and can be tried
// again. The list outlives the panel around it, which renews itself meanwhile.

import { element, icon } from "./icon.js";
import { post } from "./post.js";
import { say } from "./texts.js";

const AT_ONCE = 2;
const KEPT_MS = 6_000;
const waiting = [];
let running = 0;
let list = null;

const placeOf = () => document.querySelector("dialog[open] [data-drop]") ?? document.querySelector("[data-drop]");
const hasFiles = (data) => Boolean(data) && [...data.types].includes("Files");
const megabytes = (bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function show() {
  const place = placeOf();
  if (!place || !list) return;
  if (list.dataset.url !== place.dataset.drop) list = null;
  else if (list.parentElement !== place) place.append(list);
}

function listFor(place) {
  if (list?.dataset.url !== place.dataset.drop) list = element("ul", { class: "cs-drops", "aria-live": "polite", "data-url": place.dataset.drop });
  place.append(list);
  return list;
}

function dismissable(line) {
  const close = element("button", { type: "button", class: "q-iconbtn sm", "aria-label": say("close") }, icon("x"));
  close.addEventListener("click", () => line.remove());
  line.append(close);
}

function refused(job, text, again) {
  const line = element("li", { class: "row-f xs bad" }, icon("alert-circle"), element("span", { class: "grow", text: `${job.file.name}: ${text}` }));
  if (again) {
    const button = element("button", { type: "button", class: "btn btn-sm", text: say("retry") });
    button.addEventListener("click", () => {
      line.replaceWith(job.line);
      waiting.push(job);
      work();
    });
    line.append(button);
  }
  dismissable(line);
  job.line.replaceWith(line);
}

async function answered(job, response) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const line = page.querySelector("li");
  if (!line || (!response.ok && response.status !== 422)) {
    refused(job, say(response.status === 413 ? "failedTooLarge" : "failed"), response.status !== 413);
    return;
  }
  job.line.replaceWith(line);
  if (response.ok) setTimeout(() => line.remove(), KEPT_MS);
  else dismissable(line);
}

async function send(job) {
  const body = new FormData();
  body.append("file", job.file, job.file.name);
  try {
    await answered(job, await post(job.url, body));
  } catch {
    refused(job, say("failedNetwork"), true);
  }
}

async function work() {
  while (running < AT_ONCE && waiting.length) {
    const job = waiting.shift();
    running += 1;
    send(job).finally(() => {
      running -= 1;
      if (!running && !waiting.length) document.body.dispatchEvent(new CustomEvent(job.done));
      work();
    });
  }
}

function take(files, place) {
  const lines = listFor(place);
  for (const file of files) {
    const line = element("li", { class: "row-f xs" }, icon("paperclip"), element("span", { class: "grow cut", text: file.name }), element("span", { class: "t3 num drop-size", text: megabytes(file.size) }));
    const job = { file, line, url: place.dataset.drop, done: place.dataset.dropDone };
    lines.append(line);
    if (file.size > Number(place.dataset.mostBytes)) refused(job, place.dataset.tooLarge, false);
    else waiting.push(job);
  }
  place.scrollIntoView({ block: "nearest" });
  work();
}

// A picture copied from the screen has no name of its own.
function named(file) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const time = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
  return new File([file], file.name.replace("image", `image-${time}`), { type: file.type });
}

export function keepAsFile(text) {
  const place = placeOf();
  if (!place) return false;
  const time = new Date().toTimeString().slice(0, 8).replaceAll(":", "");
  take([new File([text], `text-${time}.txt`, { type: "text/plain" })], place);
  return true;
}

function mark(isOver) {
  placeOf()?.closest("section")?.classList.toggle("dropping", isOver);
}

export function start() {
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event.dataTransfer) || !placeOf() || event.target.matches?.('input[type="file"]')) return;
    event.preventDefault();
    mark(true);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(false));
  document.addEventListener("drop", (event) => {
    const place = placeOf();
    if (!hasFiles(event.dataTransfer) || !place || event.target.matches?.('input[type="file"]')) return;
    event.preventDefault();
    mark(false);
    take([...event.dataTransfer.files], place);
  });
  document.addEventListener("paste", (event) => {
    const place = placeOf();
    const data = event.clipboardData;
    if (!place || !data?.files.length || data.types.includes("text/plain")) return;
    event.preventDefault();
    take([...data.files].map(named), place);
  });
  document.body.addEventListener("htmx:oobAfterSwap", show);
  document.body.addEventListener("htmx:afterSettle", show);
  addEventListener("beforeunload", (event) => {
    if (running || waiting.length) event.preventDefault();
  });
}
