// Ctrl+K: search and commands. The server finds; this shows, chooses and remembers.

import { element, icon } from "./icon.js";
import { say } from "./texts.js";

const PAUSE_MS = 120;
const REMEMBERED = 6;
const STORE = "q-recent";

let dialog;
let input;
let results;
let pause = 0;
let running = null;

const options = () => [...results.querySelectorAll('[role="option"]')];

function recent() {
  try {
    return JSON.parse(sessionStorage.getItem(STORE)) ?? [];
  } catch {
    return [];
  }
}

function remember(option) {
  const href = option.getAttribute("href");
  if (!href) return;
  const text = (option.dataset.recent ?? option.firstElementChild?.nextElementSibling?.textContent ?? option.textContent).trim();
  const list = [{ href, text }, ...recent().filter((item) => item.href !== href)];
  sessionStorage.setItem(STORE, JSON.stringify(list.slice(0, REMEMBERED)));
}

function choose(index) {
  const list = options();
  for (const [place, option] of list.entries()) {
    option.id ||= `q-option-${place}`;
    option.setAttribute("aria-selected", String(place === index));
  }
  const option = list[index];
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

const chosen = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");

function showRecent() {
  const list = recent();
  if (!list.length) return;
  results.prepend(
    element("div", { class: "q-group", text: say("recent") }),
    ...list.map(({ href, text }) =>
      element("a", { role: "option", href }, icon("history", "i-18 t3"), element("span", { class: "cut", text })),
    ),
  );
}

async function search() {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  const text = input.value.trim();
  results.classList.add("stale");
  try {
    const response = await fetch(`${dialog.dataset.url}?q=${encodeURIComponent(text)}`, {
      headers: { "HX-Request": "true" },
      signal,
    });
    if (!response.ok) throw new Error(String(response.status));
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    results.replaceChildren(...page.body.childNodes);
    if (!text) showRecent();
    if (!options().length) results.replaceChildren(element("p", { class: "none", text: say(text ? "noResults" : "searchHint") }));
  } catch (error) {
    if (error.name === "AbortError") return;
    results.replaceChildren(element("p", { class: "none", role: "alert", text: say("failedPart") }));
  }
  results.classList.remove("stale");
  choose(0);
}

function searchSoon() {
  clearTimeout(pause);
  pause = setTimeout(search, PAUSE_MS);
}

function onKey(event) {
  if (event.isComposing || event.keyCode === 229) return;
  const count = options().length;
  const here = chosen();
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (count) choose((here + (event.key === "ArrowDown" ? 1 : -1) + count) % count);
  } else if (event.key === "Enter") {
    event.preventDefault();
    const option = options()[here];
    if (!option) return;
    if (event.ctrlKey && option.href) {
      remember(option);
      window.open(option.href, "_blank", "noopener");
    } else {
      option.click();
    }
  }
}

export function openPalette(text = "") {
  if (!dialog || dialog.open) return;
  input.value = text;
  results.replaceChildren();
  dialog.showModal();
  input.focus();
  search();
}

export function start() {
  dialog = document.getElementById("q-palette");
  if (!dialog) return;
  input = dialog.querySelector("input");
  results = dialog.querySelector(".results");
  input.addEventListener("input", (event) => event.isComposing || searchSoon());
  input.addEventListener("compositionend", searchSoon);
  input.addEventListener("keydown", onKey);
  results.addEventListener("click", (event) => {
    const option = event.target.closest('[role="option"]');
    if (!option) return;
    remember(option);
    if (event.ctrlKey || event.metaKey) return;
    dialog.close();
    if (option.dataset.press) document.querySelector(option.dataset.press)?.click();
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-palette]");
    if (opener) openPalette(opener.dataset.palette);
  });
}
