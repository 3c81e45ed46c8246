// The focus outlives the part of the page that is drawn anew: what stands for the element that had it
// gets it. Where a form or a dialog is gone, it goes back to where it stood before. Only where somebody
// takes it away (Escape, a click beside) does it stay nowhere.

const REMEMBERED = 8;
const MARKS = ["hx-get", "hx-post", "data-key", "popovertarget", "data-href", "href"];
const trail = []; // names of where it stood outside of dialogs, the latest last; none: taken away
let latest = []; // names of where it stands or stood last, in a dialog too

const quoted = (value) => `"${CSS.escape(value)}"`;

function inForm(place) {
  const action = place.form?.getAttribute("action");
  if (!action) return "";
  const value = place.matches("button, [type=radio], [type=checkbox]") && place.value ? `[value=${quoted(place.value)}]` : "";
  const own = place.name ? `[name=${quoted(place.name)}]${value}` : `${place.localName}:not([name])`;
  return `form[action=${quoted(action)}] ${own}`;
}

// A selector that finds the element again, or what came in its place.
function nameOf(place) {
  if (place.id) return `#${CSS.escape(place.id)}`;
  const mark = MARKS.find((name) => place.hasAttribute(name));
  return mark ? `${place.localName}[${mark}=${quoted(place.getAttribute(mark))}]` : inForm(place);
}

// Within its own part first: the same link may stand elsewhere on the page.
function namesOf(place) {
  const name = nameOf(place);
  const part = place.id ? null : place.parentElement?.closest("[id]");
  if (!name) return [];
  return part ? [`#${CSS.escape(part.id)} ${name}`, name] : [name];
}

const shown = (place) => place.getClientRects().length > 0;

// A dialog that was closed keeps the focus until it is taken out.
function nowhere() {
  const place = document.activeElement;
  return !place || place === document.body || !shown(place);
}

function keep(names) {
  if (trail.at(-1)?.[0] === names[0]) return;
  trail.push(names);
  if (trail.length > REMEMBERED) trail.shift();
}

function onFocus({ target }) {
  latest = namesOf(target);
  if (latest.length && !target.closest("dialog")) keep(latest);
}

// What was drawn anew, hidden or closed has lost the focus; what still stands there had it taken away.
function onBlur({ target, relatedTarget }) {
  if (relatedTarget || target.closest("dialog")) return;
  queueMicrotask(() => {
    if (!nowhere() || !target.isConnected || target.disabled || !shown(target)) return;
    latest = [];
    keep(latest);
  });
}

// What stands for the lost element now; else for the latest before it that is there.
function successor() {
  const places = [...trail].reverse();
  const end = places.findIndex((names) => !names.length);
  const names = [latest, ...(end < 0 ? places : places.slice(0, end))].flat();
  return names.flatMap((name) => [...document.querySelectorAll(name)]).find(shown);
}

function recover() {
  if (!nowhere()) return;
  const found = successor(); // a button that waits for its answer is enabled again
  if (found?.matches("tr")) found.tabIndex = -1;
  found?.focus({ preventScroll: true });
}

// A control, or that of a group of radios which is chosen, else its first.
export function focusOn(place) {
  const radio = place?.querySelector("input[type=radio]:checked") ?? place?.querySelector("input[type=radio]");
  (radio ?? place)?.focus();
}

export function start() {
  document.addEventListener("focusin", onFocus);
  document.addEventListener("focusout", onBlur);
  document.addEventListener("close", recover, { capture: true }); // of a dialog
  document.body.addEventListener("htmx:afterSettle", recover);
}
