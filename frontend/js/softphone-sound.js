// Microphone, speaker and the tone of ringing. The choice of devices is this browser's own.

const KEPT = "q-softphone-devices";
const TONE_HZ = 450; // as telephones here ring: one second on, four seconds off
const ROUND_MS = 5000;
const TONE_S = 1;
const LOUDNESS = 0.2;

const chosen = (() => {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    return {};
  }
})();

export const chosenOf = (kind) => chosen[kind] ?? "";

export function choose(kind, id) {
  chosen[kind] = id;
  localStorage.setItem(KEPT, JSON.stringify(chosen));
}

const clean = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

// The microphone's sound. A chosen one that was pulled out is replaced by what the computer has.
export async function openMicrophone() {
  const id = chosenOf("audioinput");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: id ? { ...clean, deviceId: { exact: id } } : clean });
  } catch (error) {
    if (!id || error.name === "NotAllowedError") throw error;
    return navigator.mediaDevices.getUserMedia({ audio: clean });
  }
}

export function close(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export async function isAllowed() {
  try {
    return (await navigator.permissions.query({ name: "microphone" })).state === "granted";
  } catch {
    return false; // Firefox tells it only by asking
  }
}

export async function hasMicrophone() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.some(({ kind }) => kind === "audioinput");
}

// Names of devices are told only to whom the microphone was given.
export async function fill(select) {
  const kind = select.dataset.devices;
  const devices = await navigator.mediaDevices.enumerateDevices();
  const usual = select.options[0];
  const options = devices
    .filter((device) => device.kind === kind && device.deviceId && device.deviceId !== "default")
    .map((device) => new Option(device.label, device.deviceId, false, device.deviceId === chosenOf(kind)));
  select.replaceChildren(usual, ...options);
}

export const speakersCanBeChosen = () => "setSinkId" in HTMLMediaElement.prototype;

export async function useSpeaker(player) {
  const id = chosenOf("audiooutput");
  try {
    await player.setSinkId?.(id);
  } catch {
    await player.setSinkId?.(""); // it was pulled out
  }
}

let context = null;

// A browser keeps a window silent until somebody presses something in it: `false` says so.
export async function wakeSound() {
  context ??= new AudioContext();
  if (context.state !== "running") {
    await Promise.race([context.resume(), new Promise((resolve) => setTimeout(resolve, 300))]);
  }
  return context.state === "running";
}

function tone() {
  if (context?.state !== "running") return;
  const [source, gain] = [context.createOscillator(), context.createGain()];
  const now = context.currentTime;
  source.frequency.value = TONE_HZ;
  gain.gain.setValueAtTime(0, now);
  gain.gain.linearRampToValueAtTime(LOUDNESS, now + 0.03);
  gain.gain.setValueAtTime(LOUDNESS, now + TONE_S - 0.03);
  gain.gain.linearRampToValueAtTime(0, now + TONE_S);
  source.connect(gain).connect(context.destination);
  source.start(now);
  source.stop(now + TONE_S);
}

let ringing = 0;

export async function ring() {
  stopRinging();
  ringing = setInterval(tone, ROUND_MS);
  await wakeSound();
  if (context) await useSpeaker(context);
  tone();
}

export async function ringOnce() {
  await wakeSound();
  await useSpeaker(context);
  tone();
}

export function stopRinging() {
  clearInterval(ringing);
  ringing = 0;
}

// How loud the microphone hears, from 0 to 100, as often as the screen is drawn; ends with `stop`.
export function measure(stream, tell) {
  const meter = context.createAnalyser();
  const heard = new Float32Array(meter.fftSize);
  const source = context.createMediaStreamSource(stream);
  source.connect(meter);
  let frame = 0;
  const look = () => {
    meter.getFloatTimeDomainData(heard);
    const power = heard.reduce((sum, value) => sum + value * value, 0) / heard.length;
    tell(Math.min(100, Math.round(Math.sqrt(power) * 300)));
    frame = requestAnimationFrame(look);
  };
  look();
  return () => {
    cancelAnimationFrame(frame);
    source.disconnect();
    tell(0);
  };
}
