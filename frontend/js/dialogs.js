// Native dialogs: the browser keeps the focus inside, closes on Escape and gives the focus back.

import { element } from "./icon.js";
import { say } from "./texts.js";

const FIELDS = "form :is(input:not([type=hidden]), textarea, select):not(:disabled)";

// Where there is something to fill in, the focus stands in it; on a phone that would call the keyboard up.
function firstField(dialog) {
  if (!matchMedia("(hover: hover)").matches) return null;
  const fields = [...dialog.querySelectorAll(FIELDS)].filter((field) => field.getClientRects().length);
  return fields.find((field) => field.checked && field.name === fields[0].name) ?? fields[0];
}

export function open(dialog) {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  const place = dialog.querySelector("[autofocus]:not([data-close])") ?? firstField(dialog) ?? dialog.querySelector("[data-close]");
  place?.focus();
}

// Resolves to true when the person confirms. The focus stands on “no”.
export function ask(text, confirm) {
  const dialog = element(
    "dialog",
    { class: "q-dialog", "aria-label": text },
    element("div", { class: "body" }, element("p", { text })),
    element(
      "div",
      { class: "q-foot" },
      element("button", { type: "button", class: "btn", "data-close": true, autofocus: true, text: say("cancel") }),
      element("button", { type: "button", class: "btn btn-danger", "data-yes": true, text: confirm }),
    ),
  );
  document.body.append(dialog);
  open(dialog);
  return new Promise((resolve) => {
    dialog.querySelector("[data-yes]").addEventListener("click", () => dialog.close("yes"));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function onClick(event) {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    open(document.querySelector(opener.dataset.dialog));
    return;
  }
  if (event.target.closest("[data-close]")) {
    event.target.closest("dialog")?.close();
  } else if (event.target instanceof HTMLDialogElement && !event.target.querySelector("form")) {
    event.target.close(); // a click beside it; a form is never lost that way
  }
}

// hx-confirm="What happens, to whom" asks in our own dialog; data-confirm names the button.
async function beforeRequest(event) {
  const { question, elt, issueRequest } = event.detail;
  if (!question) return;
  event.preventDefault();
  if (await ask(question, elt.dataset.confirm ?? say("confirm"))) issueRequest(true);
}

export function start() {
  document.body.addEventListener("htmx:confirm", beforeRequest);
  document.addEventListener("click", onClick);
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const { target } = event.detail;
    open(target.matches?.("dialog[data-open]") ? target : target.querySelector?.("dialog[data-open]"));
  });
  document.body.addEventListener("q:close-dialog", () => {
    document.querySelector("dialog[open]")?.close();
  });
}
