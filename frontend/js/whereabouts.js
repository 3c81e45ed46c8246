// The place of work, if the person allows it: fills latitude, longitude and accuracy of the form.

import { say } from "./texts.js";

function write(form, name, value) {
  const field = form.querySelector(`[name="${name}"]`);
  if (field) field.value = value;
}

function locate(form) {
  const note = form.querySelector("[data-located]");
  const tell = (text) => note && (note.textContent = text);
  if (!navigator.geolocation || !isSecureContext) {
    tell(say("notLocated"));
    return;
  }
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      write(form, "latitude", coords.latitude.toFixed(6));
      write(form, "longitude", coords.longitude.toFixed(6));
      write(form, "accuracy", Math.round(coords.accuracy));
      tell(say("located", { n: Math.round(coords.accuracy) }));
    },
    () => tell(say("notLocated")),
    { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
  );
}

export function start() {
  const all = () => {
    for (const form of document.querySelectorAll("form[data-locate]:not([data-located-once])")) {
      form.dataset.locatedOnce = "";
      locate(form);
    }
  };
  all();
  document.body.addEventListener("htmx:afterSettle", all);
  document.body.addEventListener("q:fresh", all);
}
