/**
 * Keeps the current build on the phone so that the app starts without a network. It has no rules
 * of the trade and never touches data: `/api`, `/fn`, the live feed and every write pass by it.
 */

/** Put in by `cargo xtask site`. */
declare const BUILD: string;
declare const PRECACHE: readonly string[];

declare const self: ServiceWorkerGlobalScope;

export {};

const CACHE_PREFIX = "app-";
const CACHE = CACHE_PREFIX + BUILD;
const OFFLINE_SHELL = "/offline-shell";
/** A clerk in a back room waits no longer than this for a network that pretends to be there. */
const NAVIGATION_TIMEOUT_MS = 3_000;
/** What a proxy answers when the server behind it is away. */
const SERVER_AWAY = [502, 503, 504];

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Files under /pkg are immutable, so the browser's own cache is right for them; the others are not.
  await cache.addAll(
    PRECACHE.map((path) => new Request(path, { cache: path.startsWith("/pkg/") ? "default" : "reload" })),
  );
  // No skipWaiting here: a page in use keeps its build until the person agrees.
  if (self.registration.active) await tellPages("update-ready");
}

self.addEventListener("activate", (event) => {
  event.waitUntil(activate());
});

async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE).map((name) => caches.delete(name)),
  );
  await self.clients.claim();
}

self.addEventListener("message", (event) => {
  if (event.data === "skip-waiting") event.waitUntil(self.skipWaiting());
});

async function tellPages(message: string): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage(message);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith("/api/") || url.pathname.startsWith("/fn/")) return;
  if (request.headers.get("accept") === "text/event-stream") return;
  if (request.mode === "navigate") {
    event.respondWith(navigation(request));
  } else if (PRECACHE.includes(url.pathname) || url.pathname.startsWith("/pkg/")) {
    event.respondWith(cacheFirst(request));
  }
});

async function cacheFirst(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request);
}

async function navigation(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const shell = await cache.match(OFFLINE_SHELL, { ignoreVary: true });
  // The browser evicted it: nothing to fall back on, so the network's word is final.
  if (!shell) return fetch(request);
  const waiting = new Promise<"late">((resolve) => setTimeout(resolve, NAVIGATION_TIMEOUT_MS, "late"));
  try {
    const answer = await Promise.race([fetch(request), waiting]);
    if (answer === "late" || SERVER_AWAY.includes(answer.status)) return shell;
    return answer;
  } catch {
    return shell;
  }
}
