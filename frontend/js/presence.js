// Who else is here: <div class="q-here" data-presence="/cases/3/presence"> tells the server that this
// tab looks at (or types in) the thing, and shows the names that it answers with. 204 means nobody.

import { post } from "./post.js";

const BEAT_MS = 20_000;
const TYPING_MS = 15_000;
let typedAt = 0;

async function beat(place) {
  try {
    const response = await post(place.dataset.presence, { typing: Date.now() - typedAt < TYPING_MS ? "1" : "" });
    if (!response.ok) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    place.replaceChildren(...page.body.childNodes);
  } catch {
    // the badge in the top bar already says that the line is down
  }
}

function beatAll() {
  if (document.hidden) return;
  for (const place of document.querySelectorAll("[data-presence]")) beat(place);
}

export function start() {
  document.addEventListener("input", () => {
    typedAt = Date.now();
  });
  document.addEventListener("visibilitychange", beatAll);
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.querySelector?.("[data-presence]")) beatAll();
  });
  document.body.addEventListener("live:presence", beatAll);
  setInterval(beatAll, BEAT_MS);
  beatAll();
}
