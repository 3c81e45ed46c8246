// htmx: token, busy state, and failures said where they happened.

import htmx from "htmx.org";
import { fail } from "./toasts.js";
import { isBackground } from "./flights.js";
import { element, icon } from "./icon.js";
import { focusOn } from "./focus.js";
import { csrf } from "./post.js";
import { say } from "./texts.js";

const SLOW_MS = 300;
const MESSAGES = {
  0: "failedNetwork",
  401: "failedSignedOut",
  403: "failedRights",
  404: "failedGone",
  409: "failedConflict",
  410: "failedGone",
  413: "failedTooLarge",
  412: "failedConflict",
  429: "failedTooMany",
};
const waited = new Set(); // for which requests somebody waits
const explained = new WeakSet(); // what failed, and it was said where it happened
const left = new WeakSet(); // given up by the page itself

function pressed(detail) {
  const submitter = detail.requestConfig?.triggeringEvent?.submitter;
  if (submitter?.matches?.(".btn, .m-btn")) return submitter;
  return detail.elt.matches?.(".btn, .m-btn") ? detail.elt : null;
}

// The request itself says when it ends: an element that was replaced meanwhile tells the page nothing.
function begin({ detail }) {
  if (isBackground(detail)) return;
  const { target, xhr } = detail;
  const button = pressed(detail);
  button?.classList.add("busy");
  button?.setAttribute("aria-busy", "true");
  target?.setAttribute?.("aria-busy", "true");
  const slow = setTimeout(() => document.documentElement.classList.add("q-slow"), SLOW_MS);
  waited.add(xhr);
  xhr.addEventListener("loadend", () => {
    clearTimeout(slow);
    waited.delete(xhr);
    if (!waited.size) document.documentElement.classList.remove("q-slow");
    button?.classList.remove("busy");
    button?.removeAttribute("aria-busy");
    target?.removeAttribute?.("aria-busy");
    if (!explained.has(xhr) && !left.has(xhr) && (xhr.status === 0 || xhr.status >= 400) && !detail.elt.isConnected) explain({ detail });
  });
  xhr.addEventListener("abort", () => left.add(xhr));
}

function place(notice, detail) {
  const form = detail.elt.closest?.("form");
  const into = form ?? detail.target ?? document.getElementById("main");
  const list = into.closest?.("table, ul, ol, dl, select");
  if (list) list.before(notice);
  else if (into.isConnected) into.prepend(notice);
  else document.getElementById("main").prepend(notice);
}

function retry(notice, detail) {
  const { verb, path, parameters, target, elt } = { ...detail.requestConfig };
  notice.remove();
  if (verb === "get" || !elt.matches?.("form")) {
    htmx.ajax(verb.toUpperCase(), path, { source: elt, target, values: { ...parameters } });
  } else {
    elt.requestSubmit();
  }
}

// A refusal for its size tells how much it was and how much is taken.
const toldBy = (xhr) => (xhr?.status === 413 && xhr.getResponseHeader("Content-Type")?.startsWith("text/plain") ? xhr.responseText : "");

function explain({ detail }) {
  if (detail.xhr) explained.add(detail.xhr);
  const status = detail.xhr?.status ?? 0;
  const area = detail.elt.closest?.("form") ?? detail.target;
  area?.querySelector?.(":scope > .q-inlinefail")?.remove();
  const isForm = Boolean(detail.elt.closest?.("form")) || detail.requestConfig?.verb !== "get";
  const text = toldBy(detail.xhr) || say(MESSAGES[status] ?? (isForm ? "failed" : "failedPart"));
  const notice = element("div", { class: "q-inlinefail", role: "alert" }, icon("alert-triangle", "i-18 bad"), element("span", { class: "grow", text }));
  const again = element("button", { type: "button", class: "btn btn-sm", text: say("retry") });
  again.addEventListener("click", () => (status === 401 ? location.reload() : retry(notice, detail)));
  notice.append(again);
  const code = detail.xhr?.getResponseHeader?.("X-Correlation-Id");
  if (code) notice.append(element("span", { class: "code", text: say("errorCode", { code: `${status}-${code.slice(0, 8)}` }) }));
  place(notice, detail);
}

function beforeSwap(event) {
  const { detail } = event;
  if (/\/login\/?($|\?)/.test(detail.xhr.responseURL ?? "") && detail.requestConfig.path.indexOf("login") < 0) {
    detail.shouldSwap = false;
    const next = encodeURIComponent(location.pathname + location.search);
    location.assign(`${detail.xhr.responseURL.split("?")[0]}?next=${next}`);
    return;
  }
  detail.target.querySelector?.(":scope > .q-inlinefail")?.remove();
}

export function start() {
  const { body } = document;
  body.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.headers["X-CSRFToken"] = csrf();
  });
  body.addEventListener("htmx:beforeSend", begin);
  body.addEventListener("htmx:beforeSwap", beforeSwap);
  body.addEventListener("htmx:responseError", explain);
  body.addEventListener("htmx:sendError", (event) => isBackground(event.detail) || explain(event));
  body.addEventListener("htmx:timeout", explain);
  body.addEventListener("htmx:swapError", () => fail(say("failedPart")));
  body.addEventListener("htmx:afterSettle", ({ detail }) => {
    if (detail.xhr?.status === 422) focusOn(document.querySelector('[aria-invalid="true"]'));
  });
  const net = () => {
    document.documentElement.dataset.net = navigator.onLine ? "online" : "offline";
  };
  addEventListener("online", net);
  addEventListener("offline", net);
  net();
}
