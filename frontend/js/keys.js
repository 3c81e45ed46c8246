// The keyboard map. Actions say their key in the markup: data-key="j", "g w", "Alt+H", "F9", "Space".
// Nothing fires while somebody composes Chinese; single letters never fire while somebody types.

import { openSheet } from "./keysheet.js";
import { step, toggleRow } from "./lists.js";
import { openPalette } from "./palette.js";
import { undoLatest } from "./toasts.js";

const SEQUENCE_MS = 1200;
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
  } else {
    place.click();
  }
}

function submit(target) {
  const form = target.closest?.("form");
  if (form && isTyping(target)) {
    const button = form.querySelector("[data-primary], button:not([type=button]), input[type=submit]");
    if (button?.disabled) return;
    form.requestSubmit(button instanceof HTMLButtonElement ? button : undefined);
    return;
  }
  const primary = [...document.querySelectorAll("[data-primary]")].find(usable);
  primary?.click();
}

function withControl(event) {
  if (event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey) openPalette();
  else if (event.key === "Enter") submit(event.target);
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
  } else {
    const name = nameOf(event);
    if (event.altKey || /^F\d+$/.test(name)) {
      const place = find(name);
      if (place) act(place);
      done = Boolean(place);
    } else if (!isTyping(event.target) && (name.length === 1 || name === "Space")) {
      const mine = name !== "Space" || !isPressable(event.target);
      done = mine && singlesOn() && single(event, name);
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
