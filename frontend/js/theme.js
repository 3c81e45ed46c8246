// Light, dark, or as the system: kept in a cookie for the first paint and on the server for the person.

import { post } from "./post.js";

const YEAR_SECONDS = 31_536_000;
const dark = matchMedia("(prefers-color-scheme: dark)");

function paint() {
  const root = document.documentElement;
  const chosen = root.dataset.qTheme ?? "system";
  const shown = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
  if (root.dataset.bsTheme === shown) return;
  root.dataset.bsTheme = shown;
  document.dispatchEvent(new Event("q:theme"));
}

function choose(theme) {
  document.documentElement.dataset.qTheme = theme;
  document.cookie = `q-theme=${theme};path=/;max-age=${YEAR_SECONDS};samesite=lax`;
  for (const item of document.querySelectorAll("[data-theme-set]")) {
    item.setAttribute("aria-checked", String(item.dataset.themeSet === theme));
  }
  paint();
  const url = document.body.dataset.preferences;
  if (url) post(url, { theme }, { keepalive: true }).catch(() => {});
}

export function start() {
  dark.addEventListener("change", paint);
  document.addEventListener("click", (event) => {
    const set = event.target.closest("[data-theme-set]");
    if (set) {
      choose(set.dataset.themeSet);
      set.closest("[popover]")?.hidePopover();
    }
    if (event.target.closest("[data-theme-toggle]")) {
      choose(document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark");
    }
  });
}
