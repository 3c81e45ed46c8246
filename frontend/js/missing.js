// What a form still needs, said while it is filled in: <div data-missing="#form" data-words='{…}'>
// counts the form's controls with data-needed="kind" that are empty. data-instead="#id" names a
// field whose words stand in for the control.

function isEmpty(control, form) {
  const instead = control.dataset.instead && form.querySelector(control.dataset.instead);
  if (instead?.value.trim()) return false;
  if (control.type === "checkbox") return !control.checked;
  if (control.type === "file") return control.files.length === 0;
  return control.value.trim() === "";
}

function say(place, form) {
  const words = JSON.parse(place.dataset.words);
  const counts = new Map();
  for (const control of form.querySelectorAll("[data-needed]")) {
    if (!isEmpty(control, form)) continue;
    const kind = control.dataset.needed;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const parts = [...counts].map(([kind, n]) => words[kind][n === 1 ? 0 : 1].replace("{n}", String(n)));
  const [frame, comma] = words.all;
  place.textContent = parts.length ? frame.replace("{parts}", parts.join(comma)) : "";
}

export function start() {
  const all = () => {
    for (const place of document.querySelectorAll("[data-missing]")) {
      const form = document.querySelector(place.dataset.missing);
      if (form) say(place, form);
    }
  };
  document.addEventListener("input", all);
  document.addEventListener("change", all);
  document.body.addEventListener("htmx:afterSettle", all);
  document.body.addEventListener("q:fresh", all);
}
