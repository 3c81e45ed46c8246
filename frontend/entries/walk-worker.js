// Keeps a reader's rounds on the phone: a page of a round that was open before opens again without
// a network. With one, the server's page always comes first. Nothing is sent from here: that is the
// outbox's. Whoever signs out takes the pages along (walk-kept.js), and so does a session that ended.

const PAGES = "qiao-walk-pages";
const PARTS = "qiao-walk-parts";

async function page(request) {
  const address = request.url.split("#")[0];
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected) await (await caches.open(PAGES)).put(address, response.clone());
    else if (response.type === "opaqueredirect" || response.status === 403) await caches.delete(PAGES);
    return response;
  } catch (gone) {
    const kept = await (await caches.open(PAGES)).match(address, { ignoreVary: true });
    if (kept) return kept;
    throw gone;
  }
}

// Scripts, styles and pictures of the product: their names change with what is in them.
async function part(request) {
  const parts = await caches.open(PARTS);
  try {
    const response = await fetch(request);
    if (response.ok) await parts.put(request.url, response.clone());
    return response;
  } catch (gone) {
    const kept = await parts.match(request.url, { ignoreVary: true });
    if (kept) return kept;
    throw gone;
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
// A page that was being opened while this began is taken over when it asks.
self.addEventListener("message", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/static/")) event.respondWith(part(request));
});
