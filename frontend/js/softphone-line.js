// The line of a telephone: signs on at the switch over its websocket, is rung, talks, hangs up.
// One call at a time; the switch holds, transfers and records. (SIP by JsSIP, sound by WebRTC.)

import JsSIP from "jssip";
import { close, openMicrophone } from "./softphone-sound.js";

const SIGNED_ON_S = 120; // a window that died is forgotten after as long
const AGAIN_S = [1, 8]; // least and most seconds before a lost socket is opened anew
const AGAIN_MS = 60_000;
const WANTED_MS = 10_000; // whoever pressed Answer longer ago may have left the headset
const FOUND_MS = 400; // no further address of ours came for so long: answer with those we have
const AT_THE_EAR = new Set(["watcher", "own"]);
const BUSY = 486;

function callOf(request) {
  const [id, role = ""] = (request.getHeader("X-Qiao-Call") ?? "").split(";role=");
  return { id, role };
}

export class Line {
  // ask(again): what to sign on with, or {reason}; `again` where nobody pressed anything. tell(): something changed. hear(stream): the caller's sound.
  constructor({ ask, tell, hear, goesOn }) {
    Object.assign(this, { ask, tell, hear, goesOn });
    this.agent = null;
    this.session = null;
    this.registered = false;
    this.trouble = "";
    this.isHanded = false; // since somebody turned it on
    this.lostInCall = false;
    this.muted = false;
    this.wanted = "";
    this.wantedAt = 0;
    this.turn = 0;
  }

  get state() {
    if (this.session) return this.session.isEstablished() ? "talking" : "ringing";
    if (this.trouble) return this.trouble;
    if (!this.agent) return "off";
    return this.registered ? "ready" : "starting";
  }

  async signOn({ again = false } = {}) {
    this.signOff();
    this.trouble = "";
    this.isHanded &&= again;
    const { turn } = this;
    const line = await this.ask(this.isHanded);
    if (turn !== this.turn) return; // signed off meanwhile
    if (line.reason) {
      this.trouble = line.reason;
      if (line.reason === "no_network") this.tryAgain();
      this.tell();
      return;
    }
    this.isHanded = true;
    this.ice = line.ice.map((urls) => ({ urls }));
    const agent = new JsSIP.UA({
      sockets: [new JsSIP.WebSocketInterface(line.address)],
      uri: line.uri,
      authorization_user: line.user,
      password: line.secret,
      register_expires: SIGNED_ON_S,
      connection_recovery_min_interval: AGAIN_S[0],
      connection_recovery_max_interval: AGAIN_S[1],
      user_agent: "Qiao",
    });
    this.agent = agent;
    const on = (name, act) => agent.on(name, (event) => agent === this.agent && act(event ?? {}));
    on("registered", () => this.isOn());
    on("unregistered", () => this.stands(false));
    on("registrationFailed", (event) => this.isRefused(event));
    on("disconnected", () => this.isCut());
    on("newRTCSession", (event) => this.isRung(event));
    agent.start();
    this.tell();
  }

  signOff() {
    clearTimeout(this.again);
    this.turn += 1;
    const { agent } = this;
    this.agent = null;
    this.registered = false;
    this.session?.terminate();
    agent?.stop();
    this.tell();
  }

  stands(registered, trouble = "") {
    this.registered = registered;
    this.trouble = trouble;
    this.tell();
  }

  async isOn() {
    clearTimeout(this.again);
    this.stands(true);
    if (!this.lostInCall || !this.session) return;
    // The switch may have ended the call while it could not say so.
    this.lostInCall = false;
    const { session, call } = this;
    if (call.id && !(await this.goesOn(call.id)) && session === this.session) this.hangUp();
  }

  isCut() {
    this.lostInCall = Boolean(this.session);
    this.stands(false, "no_network");
  }

  isRefused({ response }) {
    this.stands(false, response ? "refused" : "no_network");
    this.tryAgain();
  }

  // Anew with a secret that may be new; a call that goes on is not cut off for it.
  tryAgain() {
    clearTimeout(this.again);
    this.again = setTimeout(() => (this.session ? this.tryAgain() : this.signOn({ again: true })), AGAIN_MS);
  }

  isRung({ session, request, originator }) {
    if (originator !== "remote") return;
    if (this.session) {
      session.terminate({ status_code: BUSY });
      return;
    }
    this.session = session;
    this.call = callOf(request);
    this.number = request.from.uri.user ?? "";
    this.muted = false;
    this.lostInCall = false;
    this.since = 0;
    let found = 0;
    session.on("icecandidate", ({ ready }) => {
      clearTimeout(found);
      found = setTimeout(ready, FOUND_MS);
    });
    session.on("peerconnection", ({ peerconnection }) => {
      peerconnection.addEventListener("track", ({ streams, track }) => this.hear(streams[0] ?? new MediaStream([track])));
    });
    session.on("confirmed", () => {
      this.since = Date.now();
      this.tell();
    });
    for (const name of ["ended", "failed"]) session.on(name, () => this.isOver(session));
    this.tell();
    // Whoever asked to hear a call or to be connected, or pressed Answer before it rang here, has their headset on.
    const isWanted = this.wanted && this.wanted === this.call.id && performance.now() - this.wantedAt < WANTED_MS;
    if (AT_THE_EAR.has(this.call.role) || isWanted) this.answer();
  }

  isOver(session) {
    if (session !== this.session) return;
    close(this.microphone);
    this.microphone = null;
    this.session = null;
    this.wanted = "";
    this.tell();
  }

  // Answer the call of this id: at once, or as soon as it rings here. Without an id whatever rings.
  answerCall(id) {
    const isIt = this.session && (!this.call.id || this.call.id === id);
    this.wanted = isIt ? "" : id;
    this.wantedAt = performance.now();
    if (isIt && !this.session.isEstablished()) this.answer();
  }

  async answer() {
    const { session } = this;
    if (!session || session.isEstablished() || this.opening === session) return;
    this.opening = session;
    try {
      const microphone = await openMicrophone();
      if (session !== this.session) {
        close(microphone);
        return;
      }
      this.microphone = microphone;
      session.answer({ mediaStream: microphone, pcConfig: { iceServers: this.ice } });
    } catch {
      session.terminate({ status_code: BUSY });
      this.signOff(); // whoever cannot speak is not rung again
      this.stands(false, "no_microphone");
    } finally {
      this.opening = null;
    }
  }

  hangUp() {
    const { session } = this;
    if (!session) return;
    session.terminate(session.isEstablished() ? {} : { status_code: BUSY });
    if (this.session === session) this.isOver(session);
  }

  mute() {
    if (!this.session?.isEstablished()) return;
    this.muted = !this.muted;
    if (this.muted) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
    this.tell();
  }

  press(key) {
    if (this.session?.isEstablished()) this.session.sendDTMF(key, { transportType: "RFC2833" });
  }

  // Packets of sound, there and back: whether anything flows at all.
  async flow() {
    const report = await this.session?.connection?.getStats();
    const count = { sent: 0, heard: 0 };
    for (const each of report?.values() ?? []) {
      if (each.type === "outbound-rtp") count.sent += each.packetsSent;
      if (each.type === "inbound-rtp") count.heard += each.packetsReceived;
    }
    return count;
  }
}
