// One Server-Sent-Events connection with patience: reconnects with growing pauses, tells when it is stale.
// hear({event, data}) gets messages; hear({state: "live"|"stale", missed}) gets the line's health.

const STALE_MS = 15_000;
const LONGEST_PAUSE_MS = 30_000;
const EVENTS = ["hello", "beat", "tick", "live", "message"];

export function connect(url, hear) {
  let source = null;
  let pause = 1000;
  let state = "";
  let heard = Date.now();
  let everOpen = false;
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
      say("live", everOpen);
      everOpen = true;
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
    source = new EventSource(url, { withCredentials: true });
    for (const name of EVENTS) source.addEventListener(name, receive);
    source.onerror = () => {
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
