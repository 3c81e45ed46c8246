// POST outside htmx, with the token that Django asks for, and htmx's answer headers understood.

export const csrf = () => document.querySelector('meta[name="q-csrf"]')?.content ?? "";

export async function post(url, fields = {}, options = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  return fetch(url, {
    method: "POST",
    body,
    headers: { "X-CSRFToken": csrf(), "HX-Request": "true" },
    credentials: "same-origin",
    ...options,
  });
}

export function obey(response) {
  const trigger = response.headers.get("HX-Trigger");
  if (trigger) {
    for (const [name, detail] of Object.entries(parseTrigger(trigger))) {
      document.body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
    }
  }
  const redirect = response.headers.get("HX-Redirect");
  if (redirect) location.assign(redirect);
  else if (response.headers.get("HX-Refresh") === "true") location.reload();
  else if (response.redirected) location.assign(response.url);
  else if (!trigger) location.reload();
}

function parseTrigger(text) {
  if (!text.trimStart().startsWith("{")) {
    return Object.fromEntries(text.split(",").map((name) => [name.trim(), {}]));
  }
  return JSON.parse(text);
}
