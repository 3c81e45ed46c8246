// The words that scripts say, put into the page by {% script_texts %} in the reader's language.

let words = null;

export function say(key, values = {}) {
  words ??= JSON.parse(document.getElementById("q-texts")?.textContent ?? "{}");
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function announce(text) {
  const place = document.getElementById("q-say");
  if (place) place.textContent = text;
}
