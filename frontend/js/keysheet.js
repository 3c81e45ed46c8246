// The list of all keys, read from the markup of the page at hand.

import { element, icon } from "./icon.js";
import { post } from "./post.js";
import { say } from "./texts.js";

const ORDER = ["keysGeneral", "keysGo", "keysList", "keysPage"];

const caps = (keys) =>
  keys.flatMap((key, index) => [index ? " " : "", element("kbd", { class: "q-kbd", text: key })]);

function shown(keys) {
  if (keys.includes("+")) return [keys.replace("+", " ")];
  return keys.split(" ").map((key) => (key === "Space" ? say("space") : key.toUpperCase()));
}

function labelOf(place) {
  const named = place.dataset.keyLabel ?? place.getAttribute("aria-label") ?? place.title;
  return (named || place.textContent).trim().replace(/\s+/g, " ");
}

function groups() {
  const found = {
    keysGeneral: [
      [say("keyPalette"), ["Ctrl K"]],
      [say("keySubmit"), ["Ctrl ↵"]],
      ...(document.querySelector("[data-trail]") ? [[say("keySubmitNext"), ["Ctrl ⇧ ↵"]]] : []),
      [say("keyUndo"), ["Ctrl Z"]],
      [say("keyClose"), ["Esc"]],
      [say("keySheet"), ["?"]],
    ],
    keysGo: [],
    keysList: [
      [say("keyNext"), ["J", "K"]],
      [say("keyOpen"), ["↵"]],
      [say("keySelect"), ["X"]],
    ],
    keysPage: [],
  };
  const seen = new Set();
  for (const place of document.querySelectorAll("[data-key]")) {
    const { key, keyGroup } = place.dataset;
    if (seen.has(key) || place.closest("dialog:not([open])")) continue;
    seen.add(key);
    const group = { go: "keysGo", list: "keysList" }[keyGroup] ?? (/^g /i.test(key) ? "keysGo" : "keysPage");
    found[group].push([labelOf(place), shown(key)]);
  }
  return found;
}

function singleSwitch() {
  const box = element("input", { type: "checkbox", class: "q-switch", role: "switch" });
  box.checked = document.body.dataset.singleKeys !== "off";
  box.addEventListener("change", () => {
    const value = box.checked ? "on" : "off";
    document.body.dataset.singleKeys = value;
    document.cookie = `q-keys=${value};path=/;max-age=31536000;samesite=lax`;
    const url = document.body.dataset.preferences;
    if (url) post(url, { single_keys: value }).catch(() => {});
  });
  return element("label", { class: "row-f g2 end" }, element("span", { class: "xs t2", text: say("keysSwitch") }), box);
}

export function openSheet() {
  document.getElementById("q-keys")?.remove();
  const sections = Object.entries(groups())
    .sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
    .filter(([, rows]) => rows.length)
    .map(([group, rows]) =>
      element(
        "section",
        {},
        element("h3", { text: say(group) }),
        element("dl", {}, ...rows.flatMap(([label, keys]) => [element("dt", { text: label }), element("dd", {}, ...caps(keys))])),
      ),
    );
  const close = element("button", { type: "button", class: "q-iconbtn sm", "aria-label": say("close"), "data-close": true }, icon("x"));
  const sheet = element(
    "dialog",
    { class: "q-keys", id: "q-keys", "aria-labelledby": "q-keys-title" },
    element("div", { class: "row-f g3" }, element("b", { class: "lg", id: "q-keys-title", text: say("keys") }), singleSwitch(), close),
    element("div", { class: "cols" }, ...sections),
  );
  sheet.addEventListener("close", () => sheet.remove());
  document.body.append(sheet);
  sheet.showModal();
  close.focus();
}
