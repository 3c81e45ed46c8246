// Loaded before the first paint, only when the theme follows the system.
const root = document.documentElement;
if (root.dataset.qTheme === "system" && matchMedia("(prefers-color-scheme: dark)").matches) {
  root.dataset.bsTheme = "dark";
}
