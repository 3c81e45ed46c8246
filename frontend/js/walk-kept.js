// What a phone keeps of rounds: their pages, and what was sent since the server made them.

const PAGES = "qiao-walk-pages";
const key = (place) => `qiao-walk ${place}`;
const read = (place) => JSON.parse(localStorage.getItem(key(place)) ?? "{}");

// A page that the phone kept does not know what was sent since it was made.
export function remember(place, made, stop) {
  const known = read(place);
  if (known.made !== made) Object.assign(known, { made, stops: {} });
  known.stops[stop.id] = [stop.state, stop.word];
  localStorage.setItem(key(place), JSON.stringify(known));
}

export function recalled(place, made) {
  const known = read(place);
  return known.made === made ? Object.entries(known.stops) : [];
}

// The pages of rounds are kept on the phone until their reader signs out.
export function keepPages() {
  const place = document.querySelector("[data-walk-worker]");
  if (!place || !("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  serviceWorker
    .register(place.dataset.walkWorker)
    .then(() => serviceWorker.ready)
    .then(({ active }) => serviceWorker.controller ?? active.postMessage("claim"))
    .catch(() => {}); // it goes on as long as the page stays open
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-sign-out]")) caches.delete(PAGES);
  });
}
