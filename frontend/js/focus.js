// The focus outlives the part of the page that is drawn anew: what stands for the element that had it
// gets it. Where a form or a dialog is gone, it goes back to where it stood before.

const REMEMBERED = 8;
const MARKS = ["hx-get", "hx-post", "data-key", "popovertarget", "data-href", "href"];
const trail = []; // where the focus stood outside of dialogs at each swap, the latest last; "" for nowhere
let held = null;

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

const nowhere = () => !document.activeElement || document.activeElement === document.body;
const usable = (place) => !place.disabled && place.getClientRects().length > 0;

function remember() {
  held = nowhere() ? null : document.activeElement;
  const name = held ? nameOf(held) : "";
  if (held?.closest("dialog") || trail.at(-1) === name) return;
  trail.push(name);
  if (trail.length > REMEMBERED) trail.shift();
}

// What stands for the lost element now; else for the latest before it that is there.
function successor() {
  const places = [...trail].reverse();
  const end = places.indexOf("");
  const names = [nameOf(held), ...(end < 0 ? places : places.slice(0, end))].filter(Boolean);
  return names.flatMap((name) => [...document.querySelectorAll(name)]).find(usable);
}

function restore() {
  if (!held || held.isConnected) return;
  if (nowhere()) {
    const found = successor();
    if (found?.matches("tr")) found.tabIndex = -1;
    found?.focus({ preventScroll: true });
  }
  held = null;
}

// A control, or that of a group of radios which is chosen, else its first.
export function focusOn(place) {
  const radio = place?.querySelector("input[type=radio]:checked") ?? place?.querySelector("input[type=radio]");
  (radio ?? place)?.focus();
}

export function start() {
  document.body.addEventListener("htmx:beforeSwap", remember);
  document.body.addEventListener("htmx:afterSettle", restore);
}
