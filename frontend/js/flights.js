// What is on its way here: its answer finds its place, and what is told meanwhile is not forgotten.

const BOUND_MS = 50; // by then htmx listens for what it put into the page
const LISTENS = '[hx-trigger*="live:"]';
const RESYNC = "live:resync";

// Whether anything on the page is drawn anew by what is told.
export const isListening = () => document.querySelector(LISTENS) !== null;
const listeners = () => [...document.querySelectorAll(LISTENS)];
const namesOf = (place) => (place.getAttribute("hx-trigger") ?? "").match(/live:[\w.:~-]+/g) ?? [];
const flights = new Map(); // by request
let answer = null; // whose parts are put in their places now
let pressed = null; // what is held down: its click comes when it is let go
const waiting = new Map(); // parts that are to be drawn anew then, with what woke them

// A request that the live screen made; everything else somebody asked for.
export const isBackground = (detail) => Boolean(detail.requestConfig?.triggeringEvent?.type?.startsWith("live:"));

// Wakes what listens for this name, and keeps it for what listens only when an answer has come: that
// was drawn before, and who asked for it may have gone with it.
export function tell(name, data) {
  for (const { told } of flights.values()) told.set(name, data);
  dispatch(name, data);
}

// Wakes everything: nobody knows what was missed.
export function tellAll() {
  for (const flight of flights.values()) flight.missed = true;
  for (const name of new Set([RESYNC, ...listeners().flatMap(namesOf)])) dispatch(name, {});
}

function dispatch(name, detail) {
  document.body.dispatchEvent(new CustomEvent(name, { detail }));
}

// The request itself says when it ends: an element that was replaced meanwhile tells the page nothing.
function depart({ detail }) {
  const { elt, target, xhr } = detail;
  const places = isBackground(detail) ? [] : [elt, target];
  flights.set(xhr, { places, known: new Set(listeners()), told: new Map(), missed: false, kept: new Map() });
  xhr.addEventListener("readystatechange", () => {
    if (xhr.readyState === XMLHttpRequest.DONE) answer = detail;
  });
  xhr.addEventListener("loadend", () => setTimeout(arrive, BOUND_MS, xhr));
}

const isField = (place) => place?.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=button])");

// What somebody asked for within a part, or into it, is answered there: the live screen does not draw
// it anew before. An answer to what is gone would go nowhere, as if nobody had asked. Neither does it
// take away what is held down: nothing would be clicked; nor the field in which somebody types.
function keep(detail, drawn) {
  if (!isBackground(drawn)) return;
  const focused = document.activeElement;
  if (isField(focused) && detail.target.contains(focused)) {
    detail.shouldSwap = false;
    const name = drawn.requestConfig.triggeringEvent.type;
    focused.addEventListener("blur", () => dispatch(name, {}), { once: true });
    return;
  }
  if (pressed && detail.target.contains(pressed)) {
    detail.shouldSwap = false;
    waiting.set(detail.target, drawn.requestConfig.triggeringEvent.type);
    return;
  }
  for (const { places, kept } of flights.values()) {
    if (!places.some((place) => detail.target.contains(place))) continue;
    detail.shouldSwap = false;
    kept.set(detail.target, drawn.requestConfig.triggeringEvent.type);
  }
}

function arrive(xhr) {
  const { known, told, missed, kept } = flights.get(xhr);
  flights.delete(xhr);
  const stale = [...kept].filter(([place]) => place.isConnected).map(([, name]) => name);
  const fresh = listeners().filter((place) => !known.has(place));
  const due = fresh.flatMap(namesOf).filter((name) => missed || told.has(name));
  for (const name of new Set([...stale, ...due])) dispatch(name, told.get(name) ?? {});
}

function letGo() {
  pressed = null;
  const names = new Set(waiting.values());
  waiting.clear();
  for (const name of names) dispatch(name, {});
}

export function start() {
  const { body } = document;
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => setTimeout(letGo));
  document.addEventListener("pointerdown", ({ target, button }) => {
    if (button === 0) pressed = target;
  });
  body.addEventListener("htmx:beforeSend", depart);
  body.addEventListener("htmx:beforeSwap", ({ detail }) => keep(detail, detail));
  body.addEventListener("htmx:oobBeforeSwap", ({ detail }) => answer && keep(detail, answer));
}
