// One Server-Sent-Events connection with patience: reconnects with growing pauses, tells when it is stale.
// hear({event, data}) gets messages; hear({state: "live"|"stale", missed}) gets the line's health. The
// server tells what came since `born`, the moment from which on nothing is known.

const STALE_MS = 15_000;
const LONGEST_PAUSE_MS = 30_000;
const LATE_MS = 2000; // the server counts back from when it is asked, which was so long ago at most
const EVENTS = ["hello", "tick", "live"];

export function connect(url, born, hear) {
  let source = null;
  let pause = 1000;
  let state = "";
  let heard = Date.now();
  let asked = 0;
  let failed = false; // since the server said hello last
  let retry = 0;

  const say = (next, missed = false) => {
    if (next === state && !missed) return;
    state = next;
    hear({ state, missed });
  };

  const receive = (event) => {
    heard = Date.now();
    pause = 1000;
    if (event.type === "hello") {
      say("live", failed || heard - asked > LATE_MS);
      failed = false;
    } else {
      say("live");
    }
    let data = {};
    try {
      data = JSON.parse(event.data || "{}");
    } catch {
      data = { text: event.data };
    }
    hear({ event: event.type, data });
  };

  const open = () => {
    source?.close();
    asked = Date.now();
    source = new EventSource(`${url}?age=${asked - born}`, { withCredentials: true });
    for (const name of EVENTS) source.addEventListener(name, receive);
    source.onerror = () => {
      failed = true;
      if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      clearTimeout(retry);
      retry = setTimeout(open, pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
  };

  const watch = setInterval(() => {
    if (Date.now() - heard <= STALE_MS) return;
    say("stale");
    if (source.readyState === EventSource.OPEN) {
      heard = Date.now(); // open but silent: a dead line that nobody closed
      failed = true;
      open();
    }
  }, 1000);

  open();
  return {
    close() {
      clearInterval(watch);
      clearTimeout(retry);
      source?.close();
    },
    get state() {
      return state;
    },
  };
}
