// Photos are made small before they travel, and shown at once.

import { element, icon } from "./icon.js";
import { announce, say } from "./texts.js";

const LONGEST_SIDE = 1600;
const QUALITY = 0.85;

async function shrink(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  const name = file.name.replace(/\.\w+$/, "") || "photo";
  return blob.size < file.size ? new File([blob], `${name}.jpg`, { type: "image/jpeg" }) : file;
}

function setFiles(input, files) {
  const list = new DataTransfer();
  for (const file of files) list.items.add(file);
  input.files = list.files;
}

function show(input) {
  const place = document.querySelector(input.dataset.photo || null) ?? input.closest(".m-photos") ?? input.parentElement;
  for (const old of place.querySelectorAll(`[data-of="${CSS.escape(input.name)}"]`)) {
    URL.revokeObjectURL(old.querySelector("img").src);
    old.remove();
  }
  const tiles = [...input.files].map((file, index) => {
    const drop = element("button", { type: "button", class: "drop", "aria-label": `${say("remove")} ${file.name}` }, icon("x"));
    drop.addEventListener("click", () => {
      setFiles(input, [...input.files].filter((_, place) => place !== index));
      show(input);
    });
    return element("figure", { class: "m-tile pic", "data-of": input.name }, element("img", { src: URL.createObjectURL(file), alt: file.name }), drop);
  });
  (input.closest(".m-tile") ?? input).before(...tiles);
}

async function onChange(event) {
  const input = event.target.closest?.('input[type="file"][data-photo]');
  if (!input) return;
  const kept = input.multiple ? (input.kept ?? []) : [];
  const fresh = [];
  for (const file of input.files) {
    if (kept.includes(file)) continue;
    try {
      fresh.push(await shrink(file));
    } catch {
      announce(say("photoFailed"));
      document.body.dispatchEvent(new CustomEvent("q:fail", { detail: { text: say("photoFailed") } }));
    }
  }
  setFiles(input, [...kept, ...fresh]);
  input.kept = [...input.files];
  show(input);
}

export function start() {
  document.addEventListener("change", onChange);
}
