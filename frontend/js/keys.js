// The keyboard map. Actions say their key in the markup: data-key="j", "g w", "Alt+H", "F9", "Space".
// Nothing fires while somebody composes Chinese; single letters never fire while somebody types.

import { focusOn } from "./focus.js";
import { openSheet } from "./keysheet.js";
import { step, toggleRow } from "./lists.js";
import { openPalette } from "./palette.js";
import { undoLatest } from "./toasts.js";

const SEQUENCE_MS = 1200;
const MEANT = "button[data-primary]:not([type=button])";
let pending = "";
let pendingUntil = 0;

const isTyping = (place) =>
  Boolean(place?.closest?.('input:not([type="checkbox"], [type="radio"], [type="button"]), textarea, select, [contenteditable="true"]'));
const isPressable = (place) => Boolean(place?.closest?.("button, a[href], summary, [role=button], [role=tab], input"));
const singlesOn = () => document.body.dataset.singleKeys !== "off";

function nameOf(event) {
  if (/^F\d+$/.test(event.key)) return event.key;
  const key = event.key === " " ? "Space" : event.key.toLowerCase();
  if (!event.altKey) return key;
  const code = /^(?:Key|Digit)(.)$/.exec(event.code); // Alt may turn the letter into another sign
  return `alt+${code ? code[1].toLowerCase() : key}`;
}

function usable(place) {
  return (
    !place.disabled &&
    place.getAttribute("aria-disabled") !== "true" &&
    place.getClientRects().length > 0 &&
    !place.closest("[inert]")
  );
}

function find(name) {
  const scope = document.querySelector("dialog[open]") ?? document;
  const wanted = name.toLowerCase();
  return [...scope.querySelectorAll("[data-key]")].find(
    (place) => place.dataset.key.toLowerCase() === wanted && usable(place),
  );
}

function isPrefix(name) {
  return [...document.querySelectorAll("[data-key]")].some((place) =>
    place.dataset.key.toLowerCase().startsWith(`${name} `),
  );
}

function act(place) {
  if (place.matches("input:not([type=checkbox], [type=radio], [type=submit]), textarea, select")) {
    place.focus();
    place.select?.();
  } else if (place.matches("[data-numbered]")) {
    focusOn(place);
  } else {
    place.click();
  }
}

// What submits: the button that goes on to the next where that is asked for, else the one that is meant to.
function submitter(form, andNext) {
  return (
    (andNext && form.querySelector("[data-and-next]")) ||
    form.querySelector(MEANT) ||
    form.querySelector("button:not([type=button], [type=reset]), input[type=submit]")
  );
}

function submit(target, andNext) {
  const dialog = document.querySelector("dialog[open]");
  const form = target.closest?.("form");
  if (form && (isTyping(target) || dialog?.contains(form))) {
    const button = submitter(form, andNext);
    if (button) button.click(); // a click, so that its own value goes along
    else form.requestSubmit();
    return;
  }
  const primary = [...(dialog ?? document).querySelectorAll("[data-primary]")].find(usable);
  primary?.click();
}

// Enter in a line does what the marked button does, also where another button stands before it.
function enter(event) {
  const { target } = event;
  if (!target.matches?.("input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file])")) return false;
  const primary = target.form?.querySelector(MEANT);
  if (!primary || target.hasAttribute("aria-expanded")) return false;
  primary.click();
  return true;
}

// Within a numbered group of radios a digit chooses the one of that number, 0 the tenth.
function choose({ target, key }) {
  if (!/^[0-9]$/.test(key) || !target.matches?.("input[type=radio]")) return false;
  const radio = target.closest("[data-numbered]")?.querySelectorAll("input[type=radio]")[(Number(key) + 9) % 10];
  radio?.focus();
  radio?.click();
  return Boolean(radio);
}

// Space takes the call that rings also for whoever is among answers of one question: the arrows and
// the digits choose there.
const takesCall = (place) => place.matches("input[type=radio]") && Boolean(find("Space")?.matches("[data-accept]"));

// Escape leaves a box outside of dialogs, so that single letters mean actions again.
function leave({ target }) {
  if (!isTyping(target) || target.closest("dialog, [popover]") || (target.type === "search" && target.value)) return;
  target.blur();
}

function withControl(event) {
  if (event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey) openPalette();
  else if (event.key === "Enter") submit(event.target, event.shiftKey);
  else if (event.key.toLowerCase() === "z" && !isTyping(event.target) && undoLatest()) return true;
  else return false;
  return true;
}

function sequence(name) {
  const joined = performance.now() < pendingUntil ? `${pending} ${name}` : name;
  pending = "";
  const place = find(joined) ?? find(name);
  if (place) {
    act(place);
    return true;
  }
  if (isPrefix(name)) {
    pending = name;
    pendingUntil = performance.now() + SEQUENCE_MS;
    return true;
  }
  return false;
}

function single(event, name) {
  if (name === "?" && !document.querySelector("dialog[open]")) {
    openSheet();
    return true;
  }
  if (sequence(name)) return true;
  if (document.querySelector("dialog[open]")) return false;
  if (name === "j" || name === "k") return step(name === "j" ? 1 : -1);
  return name === "x" && toggleRow();
}

function onKey(event) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  let done = false;
  if (event.ctrlKey || event.metaKey) {
    done = withControl(event);
  } else if (event.key === "Enter") {
    done = enter(event);
  } else if (event.key === "Escape") {
    leave(event);
  } else {
    const name = nameOf(event);
    if (event.altKey || /^F\d+$/.test(name)) {
      const place = find(name);
      if (place) act(place);
      done = Boolean(place);
    } else if (!isTyping(event.target) && (name.length === 1 || name === "Space")) {
      const mine = name !== "Space" || !isPressable(event.target) || takesCall(event.target);
      done = choose(event) || (mine && singlesOn() && single(event, name));
    }
  }
  if (done) event.preventDefault();
}

export function start() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-keys-sheet]")) openSheet();
  });
}
