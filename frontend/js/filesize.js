// <input type="file" data-most-bytes="…" data-too-large="…"> says at once that a file is too large,
// not after minutes of uploading.

function look({ target }) {
  if (!(target instanceof HTMLInputElement) || !target.dataset.mostBytes) return;
  const isLarge = [...target.files].some((file) => file.size > Number(target.dataset.mostBytes));
  target.setCustomValidity(isLarge ? target.dataset.tooLarge : "");
  if (isLarge) target.reportValidity();
}

export function start() {
  document.addEventListener("change", look);
}
