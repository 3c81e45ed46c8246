// A field that narrows a list of buttons or of marks to choose from: arrows go into the list and back,
// Enter takes the first that fits what was typed. It may be pressed before the list has come; then it
// waits, so that nobody gets what stood first before. The form around the field is not sent by it.

const FIELD = "input[data-finds]";
const CHOICE = "button:not(:disabled), input[type=radio]:not(:disabled)";
const asked = new WeakMap();
const answered = new WeakMap();
const wanted = new WeakSet();

const listOf = (field) => document.querySelector(field.dataset.finds);
const choicesOf = (list) => [...list.querySelectorAll(CHOICE)].filter((each) => each.getClientRects().length);
const isAnswered = (field) => (answered.get(field) ?? field.defaultValue) === field.value;

function take(field) {
  wanted.delete(field);
  choicesOf(listOf(field))[0]?.click();
}

function onField(event, field) {
  if (event.key === "Enter" && !event.isComposing && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    if (isAnswered(field)) take(field);
    else wanted.add(field);
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    choicesOf(listOf(field))[0]?.focus();
  } else if (event.key === "Escape") {
    wanted.delete(field);
  }
}

function onList(event) {
  const list = event.target.closest("[id]");
  const field = list && document.querySelector(`input[data-finds="#${CSS.escape(list.id)}"]`);
  if (!field || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const choices = choicesOf(list);
  const next = choices.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
  (next < 0 ? field : choices[Math.min(next, choices.length - 1)])?.focus();
}

function onKey(event) {
  const field = event.target.closest?.(FIELD);
  if (field) onField(event, field);
  else if (event.target.matches?.("button")) onList(event);
}

export function start() {
  const { body } = document;
  document.addEventListener("keydown", onKey);
  body.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.matches?.(FIELD)) asked.set(detail.elt, detail.elt.value);
  });
  body.addEventListener("htmx:afterSettle", ({ detail }) => {
    const field = detail.requestConfig?.elt;
    if (!field?.matches?.(FIELD)) return;
    answered.set(field, asked.get(field));
    if (wanted.has(field) && isAnswered(field)) take(field);
  });
}
