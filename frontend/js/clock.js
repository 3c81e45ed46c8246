// Running clocks. The server says moments as epoch seconds; its own clock is the true one.
// Words and limits are those of qiao/core/ui/moments.py.

import { say } from "./texts.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const WARN_PERCENT = 60;
const BAD_PERCENT = 85;
const RING = 37.7;

let offset = measure();

function measure() {
  const rendered = Number(document.querySelector('meta[name="q-now"]')?.content);
  const arrival = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
  return rendered ? rendered - (performance.timeOrigin + arrival) : 0;
}

export const serverNow = () => (Date.now() + offset) / 1000;

export function correct(serverMilliseconds) {
  offset = serverMilliseconds - Date.now();
}

export function face(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(whole / HOUR);
  const rest = `${two(Math.floor((whole % HOUR) / MINUTE))}:${two(whole % MINUTE)}`;
  return (seconds < 0 ? "-" : "") + (hours ? `${hours}:${rest}` : rest);
}

export function duration(seconds) {
  const whole = Math.floor(Math.abs(seconds));
  if (whole >= 2 * DAY) return say("day", { n: Math.floor(whole / DAY) });
  if (whole >= 10 * HOUR) return say("hour", { n: Math.floor(whole / HOUR) });
  if (whole >= HOUR) {
    const m = Math.floor((whole % HOUR) / MINUTE);
    const h = Math.floor(whole / HOUR);
    return m ? say("hourMinute", { h, m }) : say("hour", { n: h });
  }
  if (whole >= 10 * MINUTE) return say("minute", { n: Math.floor(whole / MINUTE) });
  return face(whole);
}

export function remaining(seconds) {
  return say(seconds < 0 ? "overdue" : "left", { time: duration(seconds) });
}

function relative(seconds) {
  const n = Math.floor(Math.abs(seconds) / MINUTE);
  if (n < 1) return say(seconds >= 0 ? "justNow" : "soon");
  return say(seconds < 0 ? "inMinutes" : "minutesAgo", { n });
}

function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

function grade(place, percent) {
  place.classList.toggle("bad", percent >= BAD_PERCENT);
  place.classList.toggle("warn", percent >= WARN_PERCENT && percent < BAD_PERCENT);
}

function tickDue(place, now) {
  const due = Number(place.dataset.dueAt);
  const left = due - now;
  const words = place.dataset.format === "clock" ? face(left) : remaining(left);
  const ring = place.querySelector("circle + circle");
  write(ring ? place.lastElementChild : place, words);
  const since = Number(place.dataset.since);
  if (!since || due <= since) {
    if (left < 0) grade(place, 100);
    return;
  }
  const percent = Math.max(0, Math.min(100, ((now - since) / (due - since)) * 100));
  grade(place, percent);
  ring?.setAttribute("stroke-dasharray", `${((RING * percent) / 100).toFixed(1)} 99`);
}

function tickElapsed(place, now) {
  const gone = now - Number(place.dataset.elapsedSince);
  write(place, place.dataset.format === "words" ? duration(gone) : face(Math.max(gone, 0)));
  const limit = Number(place.dataset.limit);
  if (limit) grade(place, (gone / limit) * 100);
}

function tick() {
  const now = serverNow();
  for (const place of document.querySelectorAll("[data-due-at]")) tickDue(place, now);
  for (const place of document.querySelectorAll("[data-elapsed-since]")) tickElapsed(place, now);
  for (const place of document.querySelectorAll("[data-when]")) {
    const gone = now - Number(place.dataset.when);
    if (Math.abs(gone) < HOUR) write(place, relative(gone));
  }
}

function onTheSecond() {
  if (!document.hidden) tick();
  setTimeout(onTheSecond, 1000 - ((Date.now() + offset) % 1000) + 5);
}

export function start() {
  onTheSecond();
  document.addEventListener("visibilitychange", () => document.hidden || tick());
  document.body.addEventListener("htmx:afterSettle", tick);
}
