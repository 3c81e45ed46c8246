// Below 1200 pixels the aside of the workspace is a drawer.

import { element } from "./icon.js";

const NARROW = matchMedia("(max-width: 1199px)");
let opener = null;

const drawer = () => document.querySelector(".q-ws > aside.open");

function close() {
  const aside = drawer();
  if (!aside) return;
  aside.classList.remove("open");
  document.querySelector(".q-drawer-scrim")?.remove();
  opener?.setAttribute("aria-expanded", "false");
  if (aside.contains(document.activeElement)) opener?.focus();
}

function open(button) {
  const aside = document.querySelector(button.dataset.drawer || ".q-ws > aside");
  if (!aside) return;
  opener = button;
  aside.classList.add("open");
  button.setAttribute("aria-expanded", "true");
  const scrim = element("div", { class: "q-drawer-scrim" });
  scrim.addEventListener("click", close);
  aside.after(scrim);
  if (!aside.hasAttribute("tabindex")) aside.tabIndex = -1;
  aside.focus();
}

// The focus goes round inside the open drawer.
function hold(event) {
  const aside = drawer();
  if (!aside || event.key !== "Tab") return;
  const stops = [...aside.querySelectorAll("a[href], button, input, select, textarea, [tabindex='0']")].filter(
    (place) => !place.disabled && place.getClientRects().length,
  );
  if (!stops.length) return;
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement === edge || (event.shiftKey && document.activeElement === aside)) {
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0]).focus();
  }
}

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-drawer]");
    if (button) (drawer() ? close : () => open(button))();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) close();
    hold(event);
  });
  NARROW.addEventListener("change", close);
}
