// An icon of the sprite, as the {% icon "…" %} tag draws it.

const SVG = "http://www.w3.org/2000/svg";

export function icon(name, size = "i-16") {
  const known = document.querySelector("svg.i > use")?.getAttribute("href") ?? "#";
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("class", `i ${size}`);
  drawn.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${known.split("#")[0]}#${name}`);
  drawn.append(use);
  return drawn;
}

export function element(tag, { text, ...attributes } = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  if (text !== undefined) made.textContent = text;
  made.append(...children);
  return made;
}
