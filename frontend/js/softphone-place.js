// One window of the browser holds the telephone (a Web Lock), all others are told by a channel how it
// stands, and ask it to answer. What is said: {state, muted, call} by the telephone; {ask: "state"},
// {ask: "answer", call, id}, {ask: "yield"} by the others; {done: id} and {busy: true} back.

const nameOf = (who) => `qiao-softphone-${who}`;
const GIVES_WAY_MS = 3000;

export const channelOf = (who) => new BroadcastChannel(nameOf(who));

export function isHeld(who) {
  return navigator.locks.query().then(({ held }) => held.some(({ name }) => name === nameOf(who)));
}

// Holds the telephone until `leave`, or tells that another window does. onYield says whether it may go.
export class Place {
  constructor(who, { onAsk, onYield }) {
    this.who = who;
    this.channel = channelOf(who);
    this.release = null;
    this.channel.onmessage = ({ data }) => {
      if (data.busy) this.onBusy?.();
      if (!this.release || !data.ask) return;
      if (data.ask !== "yield") onAsk(data);
      else if (onYield()) this.leave();
      else this.tell({ busy: true });
    };
  }

  tell(words) {
    this.channel.postMessage(words);
  }

  take({ waits = false } = {}) {
    if (this.release) return Promise.resolve(true);
    return new Promise((resolve) => {
      const stop = new AbortController();
      const options = waits ? { signal: stop.signal } : { ifAvailable: true };
      const timer = waits && setTimeout(() => stop.abort(), GIVES_WAY_MS);
      navigator.locks
        .request(nameOf(this.who), options, (lock) => {
          clearTimeout(timer);
          if (!lock) {
            resolve(false);
            return undefined;
          }
          return new Promise((release) => {
            this.release = release;
            resolve(true);
          });
        })
        .catch(() => resolve(false));
    });
  }

  async moveHere(onBusy) {
    this.onBusy = onBusy;
    this.tell({ ask: "yield" });
    return this.take({ waits: true });
  }

  leave() {
    this.release?.();
    this.release = null;
  }
}
