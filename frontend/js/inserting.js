// Inside [data-pick]: “::” offers texts, “??” knowledge, “@@” people. The server finds and fills; this
// shows what it found at the caret, and puts what is chosen in place of what was typed.

import { element } from "./icon.js";
import { post } from "./post.js";
import { announce, say } from "./texts.js";

const PAUSE_MS = 90;
const KINDS = { ":": "texts", "：": "texts", "?": "articles", "？": "articles", "@": "people", "＠": "people" };
const TRIGGER = /(?:::|：：|\?\?|？？|@@|＠＠)([^\s:：?？@＠]{0,30})$/u;
const COPIED = ["font", "letterSpacing", "lineHeight", "padding", "border", "boxSizing", "width", "wordBreak", "overflowWrap"];

let box = null; // the open list: { list, area, start, kind, text: for which it was found, taken: a key that waits }
let pause = 0;
let running = null;
let refused = null; // where Escape was pressed, so that the same trigger stays closed

const options = () => (box ? [...box.list.querySelectorAll('[role="option"]')] : []);
const chosen = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

function close() {
  clearTimeout(pause);
  running?.abort();
  if (!box) return;
  box.area.removeAttribute("aria-activedescendant");
  box.area.removeAttribute("aria-controls");
  box.area.setAttribute("aria-expanded", "false");
  box.list.remove();
  box = null;
}

function typed(area) {
  if (area.selectionStart !== area.selectionEnd) return null;
  const before = area.value.slice(0, area.selectionStart);
  const found = TRIGGER.exec(before);
  return found ? { start: found.index, kind: KINDS[found[0][0]], text: found[1] } : null;
}

// Where the caret stands on the screen: the text is laid out once more in a box of the same shape.
function caret(area, place) {
  const style = getComputedStyle(area);
  const copy = element("div", {});
  for (const name of COPIED) copy.style[name] = style[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", top: "0", left: "-9999px" });
  const mark = element("span", { text: "." });
  copy.append(area.value.slice(0, place), mark);
  document.body.append(copy);
  const at = { top: mark.offsetTop, left: mark.offsetLeft, height: mark.offsetHeight };
  copy.remove();
  const frame = area.getBoundingClientRect();
  return { top: frame.top + at.top - area.scrollTop, left: frame.left + at.left, height: at.height };
}

function put() {
  const at = caret(box.area, box.start);
  const { offsetWidth: width, offsetHeight: height } = box.list;
  const below = at.top + at.height + 4;
  const top = below + height > innerHeight && at.top - height - 4 > 0 ? at.top - height - 4 : below;
  box.list.style.top = `${Math.max(4, top)}px`;
  box.list.style.left = `${Math.max(4, Math.min(at.left, innerWidth - width - 8))}px`;
}

function choose(index) {
  const list = options();
  for (const [place, option] of list.entries()) {
    option.id = `q-insert-${place}`;
    option.setAttribute("aria-selected", String(place === index));
  }
  const option = list[index];
  if (!option) return box.area.removeAttribute("aria-activedescendant");
  box.area.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function open(area, { start, kind }) {
  if (box && (box.area !== area || box.start !== start || box.kind !== kind)) close();
  if (box) return;
  const list = element("div", { class: "q-menu q-insert", role: "listbox", id: "q-insert", popover: "manual", "aria-label": say("insert") });
  (area.closest("dialog") ?? document.body).append(list);
  box = { list, area, start, kind };
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-expanded", "true");
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays in the text
  list.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option) insert(option, event.shiftKey);
  });
  list.showPopover?.();
}

async function find(area, asked) {
  const home = area.closest("[data-pick]");
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const url = home.dataset.pick.replace(/[^/]+$/, asked.kind);
  try {
    const response = await fetch(`${url}?q=${encodeURIComponent(asked.text)}`, { headers: { "HX-Request": "true" }, signal });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (signal.aborted || !area.isConnected) return;
    open(area, asked);
    box.text = asked.text;
    box.list.replaceChildren(...page.body.childNodes);
  } catch (error) {
    if (error.name === "AbortError" || !area.isConnected) return;
    open(area, asked);
    box.list.replaceChildren(element("p", { class: "none", role: "alert", text: say("failedPart") }));
  }
  choose(0);
  put();
  if (box.taken && options().length) insert(options()[0], box.taken.other);
  else box.taken = null;
}

function look(area) {
  const asked = typed(area);
  if (!asked || refused?.area === area && refused.start === asked.start) {
    if (!asked) refused = null;
    return close();
  }
  if (box) box.taken = null; // typed on: the key no longer waits
  clearTimeout(pause);
  pause = setTimeout(() => find(area, asked), PAUSE_MS);
}

function insert(option, other) {
  const { area, start } = box;
  const words = (other && option.dataset.other) || option.dataset.insert;
  const used = option.dataset.used;
  const note = option.dataset.note;
  close();
  area.focus();
  area.setSelectionRange(start, area.selectionEnd);
  // As if typed, so that Ctrl+Z takes it back and drafts hear of it.
  if (!document.execCommand("insertText", false, words)) {
    area.setRangeText(words, start, area.selectionEnd, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  const gap = words.search(/⟦[^⟦⟧\n]*⟧|……|…/u);
  if (gap >= 0) area.setSelectionRange(start + gap, start + gap + /^(⟦[^⟧]*⟧|…+)/u.exec(words.slice(gap))[0].length);
  if (used) post(used, {}, { keepalive: true }).catch(() => {});
  if (note) announce(note);
}

// Who types fast is ahead of what is offered: the first of what is found for all that is typed is taken, once it is there.
function take(other) {
  const asked = typed(box.area);
  if (asked && asked.text === box.text) return insert(options()[Math.max(0, chosen())], other);
  box.taken = { other };
  clearTimeout(pause);
  if (asked) find(box.area, asked);
}

function onKey(event) {
  if (!box || event.target !== box.area || event.isComposing || event.keyCode === 229) return;
  const count = options().length;
  if (event.key === "Escape") {
    refused = { area: box.area, start: box.start };
    close();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
    choose((chosen() + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
  } else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey && count) {
    take(event.shiftKey && event.key === "Enter");
  } else {
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}

export function start() {
  document.addEventListener("keydown", onKey, true);
  const heard = (event) => {
    if (event.target.matches?.("[data-pick] textarea") && !event.isComposing) look(event.target);
  };
  document.addEventListener("input", heard);
  document.addEventListener("compositionend", heard);
  document.addEventListener("focusout", (event) => box?.area === event.target && close());
  addEventListener("resize", () => box && close());
  document.body.addEventListener("htmx:beforeSwap", () => box && !box.area.isConnected && close());
}
