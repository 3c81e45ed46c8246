// A reading outside its limits turns red while it is typed: <input data-min="0.05" data-max="4">.

function judge(input) {
  const value = input.value.trim() === "" ? NaN : Number(input.value);
  const { min, max } = input.dataset;
  const over = (min !== undefined && value < Number(min)) || (max !== undefined && value > Number(max));
  input.toggleAttribute("data-over", over);
}

export function start() {
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("input[data-min], input[data-max]")) judge(event.target);
    if (event.target.matches?.(".m-check input")) count(event.target.closest("[data-checks]"));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const input = document.querySelector(button.dataset.for);
    if (!input) return;
    input.value = String(Math.max(Number(input.min || 0), Number(input.value || 0) + Number(button.dataset.step)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function count(list) {
  const place = list?.querySelector("[data-done]");
  if (!place) return;
  const boxes = [...list.querySelectorAll('.m-check input[type="checkbox"]')];
  place.textContent = `${boxes.filter((box) => box.checked).length} / ${boxes.length}`;
}
