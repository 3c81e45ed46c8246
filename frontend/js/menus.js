// Menus are native popovers; this places them beside their button and adds the arrow keys.

const MARGIN = 6;
let opened = null; // the menu that is open
let chosen = ""; // words of the item that has the focus there

function place(menu) {
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const left = at.left + width > innerWidth - MARGIN ? at.right - width : at.left;
  const below = at.bottom + MARGIN + height <= innerHeight;
  menu.style.left = `${Math.max(MARGIN, left)}px`;
  menu.style.top = `${Math.max(MARGIN, below ? at.bottom + MARGIN : at.top - height - MARGIN)}px`;
}

function items(menu) {
  return [...menu.querySelectorAll('[role^="menuitem"]')].filter((item) => !item.disabled && item.getClientRects().length > 0);
}

function enter(menu) {
  const list = items(menu);
  const again = list.find((item) => item.textContent.trim() === chosen);
  (again ?? list.find((item) => item.getAttribute("aria-checked") === "true") ?? list[0])?.focus();
}

function onToggle(event) {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches(".q-menu[popover]")) return;
  const open = event.newState === "open";
  document
    .querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)
    ?.setAttribute("aria-expanded", String(open));
  if (open) {
    place(menu);
    enter(menu);
    if (menu.matches('[role="menu"]')) opened = menu;
  } else if (opened === menu) {
    opened = null;
    chosen = "";
  }
}

function onFocus({ target }) {
  if (opened?.contains(target) && target.matches('[role^="menuitem"]')) chosen = target.textContent.trim();
}

// An open menu whose part of the page was drawn anew is open in the new one, at the same item.
function reopen({ detail }) {
  if (opened && !opened.isConnected) {
    const again = opened.id && document.getElementById(opened.id);
    opened = null;
    if (again) again.showPopover();
    else chosen = "";
  } else if (opened && opened === detail.target && !opened.contains(document.activeElement)) enter(opened);
}

function onKey(event) {
  const menu = event.target.closest?.('.q-menu[role="menu"]');
  if (!menu) return;
  const list = items(menu);
  const here = list.indexOf(document.activeElement);
  const steps = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: list.length - 1 };
  if (event.key in steps) {
    event.preventDefault();
    list.at(steps[event.key] % list.length)?.focus();
  } else if (event.key === "Tab") {
    menu.hidePopover?.();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey) {
    const wanted = event.key.toLowerCase();
    const after = [...list.slice(here + 1), ...list.slice(0, here + 1)];
    after.find((item) => item.textContent.trim().toLowerCase().startsWith(wanted))?.focus();
    event.stopPropagation();
  }
}

export function start() {
  document.addEventListener("toggle", onToggle, true);
  document.addEventListener("focusin", onFocus);
  document.addEventListener("keydown", onKey);
  document.body.addEventListener("htmx:oobAfterSwap", reopen);
  document.body.addEventListener("htmx:afterSettle", reopen);
  document.addEventListener("click", (event) => {
    const item = event.target.closest('.q-menu[popover] [role^="menuitem"]');
    if (item && item.type !== "submit") item.closest("[popover]").hidePopover();
  });
}
