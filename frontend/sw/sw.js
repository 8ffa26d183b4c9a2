/**
 * The service worker: the page opens without the server, and says so itself.
 *
 * The page's files come from a cache that belongs to one build; the two documents that fill the
 * first screen are kept as last seen; nothing that changes state is ever stored or replayed.
 * The build replaces the two constants below.
 */
const VERSION = "__VERSION__";
const PRECACHE = "__PRECACHE__";

const FILES = `tidegate-files-${VERSION}`;
const DOCUMENTS = "tidegate-documents";
const KEPT = new Set(["/api/v1/status", "/api/v1/portfolio"]);

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FILES).then((cache) => cache.addAll(PRECACHE)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOldFiles().then(() => self.clients.claim()));
});

self.addEventListener("message", (event) => {
  if (event.data === "activate") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  // The page asks with "no-store" when it must know whether the server itself answers.
  if (KEPT.has(url.pathname) && request.cache !== "no-store") event.respondWith(networkFirst(request));
  else if (request.mode === "navigate" && url.pathname === "/") event.respondWith(fromFiles("/", request));
  else if (PRECACHE.includes(url.pathname)) event.respondWith(fromFiles(url.pathname, request));
});

async function dropOldFiles() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("tidegate-files-") && name !== FILES);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function fromFiles(path, request) {
  const cache = await caches.open(FILES);
  return (await cache.match(path)) ?? fetch(request);
}

/** Ask the server; where it doesn't answer, give what it said last. A 401 forgets what was kept. */
async function networkFirst(request) {
  const cache = await caches.open(DOCUMENTS);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    if (response.status === 401) await caches.delete(DOCUMENTS);
    return response;
  } catch (failure) {
    const kept = await cache.match(request);
    if (kept) return kept;
    throw failure;
  }
}
