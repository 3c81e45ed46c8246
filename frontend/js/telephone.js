// The telephone in the browser as pages see it: its state in the top bar, its window, and Answer.
// The window outlives pages; they speak to it by a channel (softphone-place.js).

import { channelOf, isHeld } from "./softphone-place.js";
import { focusOn } from "./focus.js";
import { fail, show } from "./toasts.js";

const WINDOW = "qiao-softphone";
const FEATURES = "popup,width=380,height=660";
const DRAWN_MS = 50; // by then the head says who it was
const PATIENCE_MS = 600;
const LOOKED_FOR_MS = 15_000; // a window that died says nothing
let channel = null;
let asked = 0;
const open = new Map();

const bar = () => document.querySelector("[data-softphone]");

function paint({ state, muted = false }) {
  const place = bar();
  if (!place) return;
  if (state === "closed" && !("softphoneUsed" in place.dataset)) return;
  place.dataset.softphoneUsed = "";
  place.querySelector("[data-softphone-open]").dataset.state = state;
  for (const each of place.querySelectorAll("[data-when]")) each.hidden = each.dataset.when !== state;
  place.querySelector("[data-softphone-muted]").hidden = !(muted && state === "talking");
}

function hear({ data }) {
  if (data.state) paint(data);
  if (data.done) {
    clearTimeout(open.get(data.done));
    open.delete(data.done);
  }
}

async function look(who) {
  if (!(await isHeld(who))) paint({ state: "closed" });
}

// A window of this name that a page before us opened is found again, and left as it is.
async function openWindow(place) {
  const opened = window.open("", WINDOW, FEATURES);
  if (!opened) return;
  let isNew = true;
  try {
    isNew = opened.location.href === "about:blank";
  } catch {
    isNew = false;
  }
  if (isNew && (await isHeld(place.dataset.softphoneWho))) {
    opened.close();
    show({ text: place.querySelector("[data-softphone-elsewhere]").textContent });
    return;
  }
  if (isNew) opened.location.replace(place.dataset.softphone);
  opened.focus();
}

function answer(button) {
  asked += 1;
  const id = `${Date.now()}-${asked}`;
  open.set(
    id,
    setTimeout(() => fail(button.dataset.softphoneMissing), PATIENCE_MS),
  );
  channel.postMessage({ ask: "answer", call: button.dataset.softphoneAnswer, id });
}

function click({ target }) {
  const place = bar();
  if (!place) return;
  const button = target.closest("[data-softphone-answer]");
  if (button) answer(button);
  else if (target.closest("[data-softphone-open]")) openWindow(place);
  else if (target.closest("[data-sign-on]") && "softphoneUsed" in place.dataset) openWindow(place);
}

// When the other side has gone, only how it ended is left to say: unless somebody writes just now, or
// digits still say who it was.
function over() {
  if (document.querySelector("#contact-head .q-pick")) return;
  const focused = document.activeElement;
  const writes = focused?.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (!writes && !document.querySelector("dialog[open]")) focusOn(document.querySelector("#contact-wrap [data-numbered]"));
}

function known() {
  if (document.querySelector("#contact-head .q-ctlover")) over();
}

export function start() {
  document.body.addEventListener("call:ended", over);
  document.body.addEventListener("contact:identified", () => setTimeout(known, DRAWN_MS));
  const place = bar();
  if (!place || !window.BroadcastChannel || !navigator.locks) return;
  const { softphoneWho: who } = place.dataset;
  channel = channelOf(who);
  channel.onmessage = hear;
  channel.postMessage({ ask: "state" });
  document.addEventListener("click", click);
  setInterval(() => look(who), LOOKED_FOR_MS);
}
