// A box that takes so many characters never cuts what is pasted: it says how many there are, how many
// it takes, and offers to keep the text as a file. Without this script the browser cuts at maxlength.

import { keepAsFile } from "./dropping.js";
import { element, icon } from "./icon.js";
import { announce, say } from "./texts.js";

const MOST_IN_A_BOX = 100_000; // more makes the page slow to type in
const figure = (n) => n.toLocaleString();

function limitOf(box) {
  const { maxLength } = box;
  if (maxLength >= 0) {
    box.dataset.most = maxLength;
    box.removeAttribute("maxlength");
  }
  return Number(box.dataset.most ?? Infinity);
}

// The server counts characters, a string of the browser counts halves of the rarer ones.
function lengthOf(text, most) {
  return text.length <= most || text.length > 2 * most ? text.length : [...text].length;
}

const noticeOf = (box) => (box.nextElementSibling?.matches("[data-too-long]") ? box.nextElementSibling : null);

function tell(box, text, whole) {
  noticeOf(box)?.remove();
  const notice = element("p", { class: "q-error", role: "alert", "data-too-long": true }, icon("alert-circle"), element("span", { class: "grow", text }));
  if (document.querySelector("[data-drop]")) {
    const button = element("button", { type: "button", class: "btn btn-sm", text: say("keepAsFile") });
    button.addEventListener("click", () => {
      if (!keepAsFile(whole())) return;
      notice.remove();
    });
    notice.append(button);
  }
  box.after(notice);
  announce(text);
}

function check(box) {
  const most = limitOf(box);
  const length = lengthOf(box.value, most);
  if (length <= most) {
    if (box.dataset.tooLong === undefined) return;
    delete box.dataset.tooLong;
    box.setCustomValidity("");
    noticeOf(box)?.remove();
    return;
  }
  const text = say("tooLong", { n: figure(length), most: figure(most) });
  box.dataset.tooLong = "";
  box.setCustomValidity(text);
  tell(box, text, () => box.value);
}

const isBox = (place) => place instanceof HTMLTextAreaElement;

export function start() {
  document.addEventListener("focusin", ({ target }) => isBox(target) && limitOf(target));
  document.addEventListener("input", ({ target }) => {
    if (!isBox(target)) return;
    if (Number.isFinite(limitOf(target))) check(target);
  });
  document.addEventListener("paste", (event) => {
    const { target, clipboardData } = event;
    if (!isBox(target) || event.defaultPrevented) return;
    const pasted = clipboardData?.getData("text/plain") ?? "";
    const most = limitOf(target);
    if (!Number.isFinite(most) || pasted.length <= MOST_IN_A_BOX) return;
    event.preventDefault();
    tell(target, say("notPasted", { n: figure(pasted.length), most: figure(most) }), () => pasted);
  });
}
