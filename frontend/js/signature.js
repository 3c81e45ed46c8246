// A signature drawn on <canvas data-sign="#file-input">, handed over as a PNG file of the form.

const INK = "#17202c"; // dark on white in both themes: it is a document

function fit(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  const scale = devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  Object.assign(pen, { lineWidth: 2.4, lineCap: "round", lineJoin: "round", strokeStyle: INK });
  return pen;
}

function hand(canvas, blob) {
  const input = document.querySelector(canvas.dataset.sign);
  if (!input) return;
  const list = new DataTransfer();
  if (blob) list.items.add(new File([blob], "signature.png", { type: "image/png" }));
  input.files = list.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function attach(canvas) {
  let pen = fit(canvas);
  let drawing = false;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.dataset.attached = "";
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    pen.beginPath();
    pen.moveTo(...at(event));
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) pen.lineTo(...at(part));
    pen.stroke();
  });
  const stop = () => {
    if (!drawing) return;
    drawing = false;
    canvas.dataset.signed = "";
    canvas.toBlob((blob) => hand(canvas, blob), "image/png");
  };
  canvas.addEventListener("pointerup", stop);
  canvas.addEventListener("pointercancel", stop);
  canvas.addEventListener("q:clear", () => {
    pen = fit(canvas);
    delete canvas.dataset.signed;
    hand(canvas, null);
  });
}

export function start() {
  const all = () => document.querySelectorAll("canvas[data-sign]:not([data-attached])").forEach(attach);
  all();
  document.body.addEventListener("htmx:afterSettle", all);
  document.body.addEventListener("q:fresh", all);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sign-clear]");
    if (button) document.querySelector(button.dataset.signClear || "canvas[data-sign]")?.dispatchEvent(new Event("q:clear"));
  });
}
