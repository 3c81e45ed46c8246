// A form that is drawn anew while somebody goes on typing keeps what was typed meanwhile, and a
// press on its button meanwhile is not lost: it sends the new form. A press that begins on the old
// button and ends on the new one is no click to the browser; here it is one. An answer meanwhile
// that would draw the form anew itself waits and is asked of the new form, the newest one alone: an
// answer to the old form would come for a form that is gone.

const FIELDS = "input:not([type=hidden], [type=file], [type=submit]), textarea, select";
const SUBMIT = "button:not([type=button], [type=reset])";
const pending = new Map();
let pressed = null;

const isMark = (field) => field.type === "radio" || field.type === "checkbox";
const keyOf = (field) => `${field.name} ${isMark(field) ? field.value : ""}`;
const valueOf = (field) => (isMark(field) ? field.checked : field.value);
const fieldsOf = (form) => [...form.querySelectorAll(FIELDS)].filter((field) => field.name);
const valuesOf = (form) => new Map(fieldsOf(form).map((field) => [keyOf(field), valueOf(field)]));

function redrawn({ elt, target }) {
  const isInside = target?.matches?.("form") && elt !== target && target.contains(elt);
  return isInside ? target : null;
}

function hold(event) {
  const { elt } = event.detail;
  const form = elt.matches?.(FIELDS) ? redrawn(event.detail) : null;
  for (const redraw of pending.values()) {
    if (!form || redraw.form !== form) continue;
    event.preventDefault();
    redraw.again = keyOf(elt);
  }
}

function askAgain(redraw, form) {
  const fields = fieldsOf(form).filter((field) => field.hasAttribute("hx-post"));
  const field = fields.find((each) => keyOf(each) === redraw.again) ?? fields[0];
  field?.dispatchEvent(new Event("change", { bubbles: true }));
}

function begin(event) {
  const { detail } = event;
  const form = redrawn(detail);
  if (form) {
    pending.set(detail.xhr, { form, before: valuesOf(form) });
    return;
  }
  for (const redraw of pending.values()) {
    if (redraw.form !== detail.elt) continue;
    event.preventDefault();
    event.stopImmediatePropagation();
    redraw.isSent = true;
  }
}

function beforeSwap({ detail }) {
  const redraw = pending.get(detail.xhr);
  if (!redraw || !detail.shouldSwap) return;
  const focused = document.activeElement;
  redraw.now = valuesOf(redraw.form);
  redraw.isPressed = pressed?.form === redraw.form;
  if (redraw.form.contains(focused) && focused.name) {
    redraw.focus = keyOf(focused);
    redraw.caret = isMark(focused) ? null : focused.selectionStart;
  }
}

function restore(redraw, form) {
  for (const field of fieldsOf(form)) {
    const key = keyOf(field);
    const now = redraw.now.get(key);
    if (redraw.now.has(key) && redraw.before.get(key) !== now) {
      if (isMark(field)) field.checked = now;
      else field.value = now;
    }
    if (key !== redraw.focus) continue;
    field.focus({ preventScroll: true });
    if (Number.isInteger(redraw.caret)) field.setSelectionRange(redraw.caret, redraw.caret);
  }
}

function afterSettle({ detail }) {
  const redraw = pending.get(detail.xhr);
  const form = redraw?.now && document.getElementById(redraw.form.id);
  if (!form) return;
  pending.delete(detail.xhr);
  restore(redraw, form);
  if (redraw.isSent) form.requestSubmit();
  else if (redraw.isPressed && pressed) pressed.drawnAnew = form;
  else if (redraw.again) askAgain(redraw, form);
}

function press({ target }) {
  const button = target.closest?.(SUBMIT);
  pressed = button?.form ? { form: button.form } : null;
}

function release({ type, target }) {
  const form = pressed?.drawnAnew;
  pressed = null;
  if (type === "pointerup" && form?.isConnected && target.closest?.(SUBMIT)?.form === form) form.requestSubmit();
}

export function start() {
  const { body } = document;
  for (const [name, act] of [["pointerdown", press], ["pointerup", release], ["pointercancel", release]]) {
    body.addEventListener(name, act, { capture: true });
  }
  body.addEventListener("htmx:confirm", hold);
  body.addEventListener("htmx:beforeRequest", begin);
  body.addEventListener("htmx:beforeSwap", beforeSwap);
  body.addEventListener("htmx:afterSettle", afterSettle);
  body.addEventListener("htmx:afterRequest", ({ detail }) => {
    const redraw = pending.get(detail.xhr);
    if (!redraw || redraw.now) return;
    pending.delete(detail.xhr);
    if (redraw.again && redraw.form.isConnected) askAgain(redraw, redraw.form);
  });
}
