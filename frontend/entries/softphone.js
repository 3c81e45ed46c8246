// The window of the telephone in the browser: see ADR 32. It alone loads what speaks SIP.

import { post } from "../js/post.js";
import { Line } from "../js/softphone-line.js";
import { Place } from "../js/softphone-place.js";
import * as sound from "../js/softphone-sound.js";

const main = document.querySelector(".q-softphone");

function begin() {
  const { who } = main.dataset;
  const ear = main.querySelector("[data-ear]");
  const find = (mark) => main.querySelector(`[data-${mark}]`);
  const note = (name, on) => {
    main.querySelector(`[data-note="${name}"]`).hidden = !on;
  };
  let isElsewhere = false;
  let noMicrophone = false;

  const stateOf = () => {
    if (isElsewhere) return "elsewhere";
    if (noMicrophone && !line.session) return "no_microphone";
    return line.state;
  };

  let shown = "";
  function show() {
    const state = stateOf();
    main.dataset.state = state;
    for (const each of main.querySelectorAll("[data-when]")) each.hidden = !each.dataset.when.split(" ").includes(state);
    note("muted", line.muted && state === "talking");
    main.querySelector('[data-do="mute"]').setAttribute("aria-pressed", String(line.muted));
    if (line.session) find("number").textContent = line.number && line.number !== "anonymous" ? line.number : find("number").dataset.hidden;
    if (state === "ringing" && shown !== "ringing") {
      sound.ring().then(checkSound);
      window.focus();
    } else if (state !== "ringing") {
      sound.stopRinging();
    }
    if (state !== "talking") ear.srcObject = null;
    shown = state;
    if (!isElsewhere) place.tell({ state, muted: line.muted });
  }

  async function checkSound() {
    note("quiet", !(await sound.wakeSound()));
  }

  const line = new Line({
    async ask(again) {
      let answer;
      try {
        answer = await post(main.dataset.line, again ? { again: 1 } : {});
      } catch {
        return { reason: "no_network" };
      }
      if (answer.status === 401 || answer.status === 403) location.reload(); // signed out meanwhile
      if (!answer.ok) return { reason: "no_network" };
      const told = await answer.json();
      if (!told.reason) return told;
      return { reason: told.reason === "at_desk" ? "at_desk" : "no_line" };
    },
    tell: () => show(),
    async hear(stream) {
      ear.srcObject = stream;
      await sound.useSpeaker(ear);
      ear.play().catch(() => note("quiet", true));
    },
    async goesOn(call) {
      try {
        const answer = await fetch(main.dataset.goesOn.replace(/0$/, call));
        return !answer.ok || (await answer.json()).goes_on;
      } catch {
        return true; // nobody knows: the caller is not cut off for it
      }
    },
  });

  const place = new Place(who, {
    onAsk({ ask, call, id }) {
      if (ask === "state") place.tell({ state: stateOf(), muted: line.muted });
      if (ask !== "answer") return;
      line.answerCall(call);
      place.tell({ done: id });
    },
    onYield() {
      if (line.session) return false;
      line.signOff();
      isElsewhere = true;
      show();
      return true;
    },
  });

  async function turnOn({ again = false } = {}) {
    if (!(await place.take())) {
      isElsewhere = true;
      show();
      return;
    }
    isElsewhere = false;
    note("failed", false);
    checkSound();
    try {
      sound.close(await sound.openMicrophone()); // asks for leave now, not while a caller waits
      noMicrophone = false;
    } catch {
      noMicrophone = true;
      line.signOff();
      return;
    }
    for (const select of main.querySelectorAll("[data-devices]")) await sound.fill(select);
    await line.signOn({ again });
  }

  let stopMeasuring = null;
  async function check() {
    stopMeasuring?.();
    await sound.wakeSound();
    let stream;
    try {
      stream = await sound.openMicrophone();
    } catch {
      note("failed", Boolean(line.session));
      if (line.session) return; // whose microphone is open
      noMicrophone = true;
      line.signOff();
      return;
    }
    const stop = sound.measure(stream, (level) => {
      find("level").value = level;
    });
    const timer = setTimeout(() => stopMeasuring?.(), 15_000);
    stopMeasuring = () => {
      clearTimeout(timer);
      stop();
      sound.close(stream);
      stopMeasuring = null;
    };
  }

  async function useDesk() {
    note("failed", false);
    try {
      const answer = await post(main.dataset.desk);
      if (!answer.ok) throw new Error(String(answer.status));
      line.signOff();
      place.tell({ state: "closed" });
      place.leave();
      window.close();
    } catch {
      note("failed", true);
    }
  }

  const deeds = {
    "turn-on": turnOn,
    "move-here": async () => {
      note("busy", false);
      if (await place.moveHere(() => note("busy", true))) await turnOn();
    },
    answer: () => line.answer(),
    decline: () => line.hangUp(),
    "hang-up": () => line.hangUp(),
    mute: () => line.mute(),
    sound: checkSound,
    ring: () => sound.ringOnce(),
    check,
    desk: useDesk,
  };
  main.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-do], [data-tone]");
    if (button?.dataset.tone) line.press(button.dataset.tone);
    else if (button) deeds[button.dataset.do]();
  });
  main.addEventListener("change", ({ target }) => {
    if (!target.dataset.devices) return;
    sound.choose(target.dataset.devices, target.value);
    if (target.dataset.devices === "audiooutput") sound.useSpeaker(ear);
    if (stopMeasuring) check();
  });
  navigator.mediaDevices?.addEventListener("devicechange", async () => {
    for (const select of main.querySelectorAll("[data-devices]")) await sound.fill(select);
    const isMissing = !(await sound.hasMicrophone());
    if (isMissing && !noMicrophone && !line.session && line.state !== "off") {
      noMicrophone = true;
      line.signOff();
    } else if (!isMissing && stateOf() === "no_microphone") {
      turnOn({ again: true });
    }
  });
  setInterval(() => {
    const seconds = line.since ? Math.floor((Date.now() - line.since) / 1000) : 0;
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    find("clock").textContent = line.state === "talking" ? text : "";
  }, 500);
  addEventListener("beforeunload", (event) => {
    if (line.session) event.preventDefault(); // the browser asks before a call is cut off
  });
  addEventListener("pagehide", () => {
    line.signOff();
    if (!isElsewhere) place.tell({ state: "closed" });
  });
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  find("speakers").hidden = !sound.speakersCanBeChosen();
  window.qiaoSoftphone = { flow: () => line.flow() }; // counts only: for whoever looks why nothing is heard

  place.take().then(async (isOurs) => {
    isElsewhere = !isOurs;
    show();
    if (isOurs && navigator.mediaDevices && (await sound.isAllowed())) turnOn();
  });
}

if (main) begin();
