// Figures of a round: their fields, and what they may look like before anybody is asked.

import { element } from "./icon.js";
import { post } from "./post.js";

const CHECK_MS = 4000;

// The field of a register, with as many digits as it shows.
export function input(register) {
  const id = `value-${register.id}`;
  const longest = register.digits + (register.decimals ? register.decimals + 1 : 0);
  const made = element("input", {
    class: "form-control num m-digits", id, name: `value_${register.id}`, autocomplete: "off",
    inputmode: register.decimals ? "decimal" : "numeric", maxlength: String(longest), placeholder: "0".repeat(register.digits),
  });
  const label = element("label", { for: id, text: register.label }, " ", element("span", { class: "t3", text: register.unit }));
  const told = element("span", { class: "q-hint num", text: register.told });
  return element("div", { class: "q-field" }, label, made, told);
}

// Why this cannot stand on the register at all, in words of the page; else empty.
export function wrongShape(register, text, words) {
  const [whole, behind = ""] = text.split(".");
  if (!/^\d+(\.\d+)?$/.test(text)) return words.number;
  if (whole.replace(/^0+/, "").length > register.digits || behind.length > register.decimals) return words.digits;
  return "";
}

// The range that the page came with, in figures of the register.
export function outOfRange(register, text, words) {
  if (register.last === null) return "";
  const [value, last] = [Number(text), Number(register.last)];
  if (value < last) return register.past !== null && value <= Number(register.past) ? "" : words.lower;
  if (register.most !== null && value > Number(register.most)) return words.higher;
  return value === last && register.zero ? words.zero : "";
}

// What the server's checks say, while there is a network; nobody waits long for it.
export async function ask(entry, checkUrl, words) {
  if (!checkUrl || !navigator.onLine) return "";
  const body = new FormData(entry);
  body.delete("photo");
  body.set("idempotency_key", "check");
  body.set("happened_at", new Date().toISOString());
  try {
    const response = await post(checkUrl, body, { signal: AbortSignal.timeout(CHECK_MS) });
    if (!response.ok) return "";
    const { found } = await response.json();
    return found ? `${found}. ${words.again}` : "";
  } catch {
    return "";
  }
}
