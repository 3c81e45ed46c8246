// <input type="file" data-most-bytes="…" data-most-workbook="…" data-too-large="…"> says at once that
// a file is too large, not after minutes of uploading. Workbooks have a limit of their own.

function look({ target }) {
  if (!(target instanceof HTMLInputElement) || !target.dataset.mostBytes) return;
  const { mostBytes, mostWorkbook } = target.dataset;
  const isLarge = [...target.files].some(
    ({ name, size }) => size > Number(/\.xlsx?$/i.test(name) ? mostWorkbook : mostBytes),
  );
  target.setCustomValidity(isLarge ? target.dataset.tooLarge : "");
  if (isLarge) target.reportValidity();
}

export function start() {
  document.addEventListener("change", look);
}
