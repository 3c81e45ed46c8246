// The player of recordings: one line for the whole talk, with what was left out of its sound.
// Space plays and pauses, arrows move; without this script the browser's own player stands there.

const STEP = 5;
const SPEEDS = [1, 1.25, 1.5, 2];
const PLAYER = "[data-player]";

const two = (n) => String(Math.floor(n)).padStart(2, "0");
const clock = (seconds) => `${two(seconds / 60)}:${two(seconds % 60)}`;
const gapsOf = (player) => JSON.parse(player.dataset.gaps);
const soundOf = (player) => player.querySelector("audio");

// Where a moment of the sound stands on the line, and the other way round.
function placeOf(player, at) {
  return gapsOf(player).reduce((place, [begins, long]) => (at >= begins ? place + long : place), at);
}

function momentAt(player, place) {
  let left = place;
  for (const [begins, long] of gapsOf(player)) {
    if (left <= begins) return left;
    left = Math.max(begins, left - long);
  }
  return left;
}

function draw(player) {
  const audio = soundOf(player);
  const whole = Number(player.dataset.seconds) || 1;
  const place = Math.min(whole, placeOf(player, audio.currentTime));
  const line = player.querySelector("[role=slider]");
  const across = (place / whole) * 1000;
  line.querySelector(".done").setAttribute("width", across);
  line.querySelector(".head").setAttribute("x", Math.min(997, across));
  line.setAttribute("aria-valuenow", Math.round(place));
  line.setAttribute("aria-valuetext", clock(place));
  player.querySelector("[data-at]").textContent = clock(place);
}

function tell(player) {
  const button = player.querySelector("[data-toggle]");
  const state = soundOf(player).paused ? "paused" : "playing";
  player.dataset.state = state;
  button.setAttribute("aria-label", button.dataset[state]);
}

function toggle(player) {
  const audio = soundOf(player);
  if (audio.paused) audio.play().catch(() => {});
  else audio.pause();
}

function move(player, seconds) {
  const audio = soundOf(player);
  const end = Number.isFinite(audio.duration) ? audio.duration : 0;
  audio.currentTime = Math.max(0, Math.min(end, seconds));
  draw(player);
}

function onKey(event) {
  const player = event.target.closest?.(PLAYER);
  if (!player || event.altKey || event.ctrlKey || event.metaKey || event.target.closest("button")) return;
  const audio = soundOf(player);
  const acts = {
    " ": () => toggle(player),
    ArrowLeft: () => move(player, audio.currentTime - STEP),
    ArrowRight: () => move(player, audio.currentTime + STEP),
    Home: () => move(player, 0),
    End: () => move(player, audio.duration),
  };
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation(); // a call that rings is not answered by the key of the player
  act();
}

function onClick({ target, clientX }) {
  const player = target.closest?.(PLAYER);
  if (!player) return;
  if (target.closest("[data-toggle]")) toggle(player);
  const speed = target.closest("[data-speed]");
  if (speed) {
    const audio = soundOf(player);
    audio.playbackRate = SPEEDS[(SPEEDS.indexOf(audio.playbackRate) + 1) % SPEEDS.length];
    speed.textContent = `${audio.playbackRate}×`;
  }
  const line = target.closest("[role=slider]");
  if (line) {
    const box = line.getBoundingClientRect();
    move(player, momentAt(player, ((clientX - box.left) / box.width) * Number(player.dataset.seconds)));
  }
}

function take(player) {
  if (player.dataset.state) return;
  const audio = soundOf(player);
  audio.removeAttribute("controls");
  player.querySelector("[data-toggle]").hidden = false;
  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) audio.addEventListener(name, () => draw(player));
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, () => tell(player));
  audio.addEventListener("error", () => {
    player.querySelector("[data-failed]").hidden = false;
  });
  tell(player);
  player.querySelector("[role=slider]").focus();
  if (audio.autoplay) audio.play().catch(() => {});
}

function takeAll() {
  document.querySelectorAll(PLAYER).forEach(take);
}

export function start() {
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("click", onClick);
  document.body.addEventListener("htmx:afterSettle", takeAll);
  takeAll();
}
