// Tabs with arrow keys, pressed buttons, values written into hidden fields, copying, printing.

import { announce, say } from "./texts.js";

function selectTab(tab, focus) {
  const list = tab.closest('[role="tablist"]');
  for (const other of list.querySelectorAll('[role="tab"]')) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls") ?? "");
    if (panel) panel.hidden = !chosen;
  }
  if (focus) tab.focus();
}

function press(button) {
  const group = button.closest("[data-single]");
  if (!group) {
    button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  } else {
    for (const other of group.querySelectorAll("[aria-pressed]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
  }
  const field = document.querySelector(button.dataset.valueTo || null);
  if (field) {
    field.value = button.getAttribute("aria-pressed") === "true" ? (button.value ?? "") : "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce(say("copied"));
    button.dispatchEvent(new CustomEvent("q:toast", { bubbles: true, detail: { text: say("copied") } }));
  } catch {
    announce(say("failed"));
  }
}

function onClick(event) {
  const tab = event.target.closest('[role="tab"]');
  if (tab) selectTab(tab, false);
  const pressed = event.target.closest("button[aria-pressed]");
  if (pressed && !pressed.hasAttribute("hx-post") && !pressed.disabled) press(pressed);
  const copied = event.target.closest("[data-copy]");
  if (copied) copy(copied);
  if (event.target.closest("[data-print]")) print();
}

function onKey(event) {
  const tab = event.target.closest?.('[role="tab"]');
  if (!tab || event.altKey || event.ctrlKey) return;
  const tabs = [...tab.closest('[role="tablist"]').querySelectorAll('[role="tab"]')];
  const here = tabs.indexOf(tab);
  const steps = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: tabs.length - 1 };
  if (!(event.key in steps)) return;
  event.preventDefault();
  const next = tabs.at(steps[event.key] % tabs.length);
  selectTab(next, true);
  next.click();
}

export function start() {
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
}
