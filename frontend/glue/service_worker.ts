/**
 * Keeps the current build on the phone so that the app starts without a network. It has no rules
 * of the trade and never touches data: `/api`, `/fn`, the live feed and every write pass by it.
 * Shows the notices that the server sends, in the words it sends.
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

/** What the server sends, in its reader's language. */
interface Notice {
  readonly title: string;
  readonly text: string;
  /** A page of ours. */
  readonly path: string;
  readonly tag: string;
  /** The messages that it opens. */
  readonly messages: readonly string[];
}

/** Not everything that arrives can be read, and a browser wants each shown. */
const UNREADABLE: Notice = { title: "货迹 Shelftrace", text: "有新消息 · New messages", path: "/inbox", tag: "", messages: [] };

function noticeOf(data: PushMessageData | null): Notice {
  try {
    const notice = data?.json() as Partial<Notice> | undefined;
    if (typeof notice?.title !== "string" || typeof notice.path !== "string") return UNREADABLE;
    return { ...UNREADABLE, text: "", ...notice };
  } catch {
    return UNREADABLE;
  }
}

self.addEventListener("push", (event) => {
  const notice = noticeOf(event.data);
  const { title, text, tag } = notice;
  event.waitUntil(
    self.registration.showNotification(title, {
      body: text,
      tag,
      data: notice,
      icon: "/icons/icon-192.png",
      badge: "/icons/icon-192.png",
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const notice = { ...UNREADABLE, ...(event.notification.data as Partial<Notice> | null) };
  event.waitUntil(Promise.all([show(notice.path), tellOpened(notice.messages)]));
});

/** Opens a page of ours, in a window that shows it already where there is one. */
async function show(path: string): Promise<void> {
  const inbox = new URL("/inbox", self.location.origin);
  const wanted = new URL(path, self.location.origin);
  const target = wanted.origin === self.location.origin ? wanted : inbox;
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((one) => new URL(one.url).pathname === target.pathname);
  if (!page) {
    await self.clients.openWindow(target.href);
    return;
  }
  await page.focus();
  await page.navigate(target.href);
}

async function tellOpened(messages: readonly string[]): Promise<void> {
  if (messages.length === 0) return;
  await postJson("/api/v1/push/opened", { messages });
}

/** The log of deliveries and the next page can do without it: what fails is not tried again. */
async function postJson(path: string, body: unknown): Promise<void> {
  const headers = { "content-type": "application/json" };
  await fetch(path, { method: "POST", headers, body: JSON.stringify(body) }).catch(() => undefined);
}

interface SubscriptionChange extends ExtendableEvent {
  readonly oldSubscription?: PushSubscription | null;
  readonly newSubscription?: PushSubscription | null;
}

/** The browser has ended the subscription by itself, as some do after a while: a new one takes its place. */
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(replace(event as SubscriptionChange));
});

async function replace(change: SubscriptionChange): Promise<void> {
  const options = change.oldSubscription?.options;
  const renewed = change.newSubscription ?? (options && (await self.registration.pushManager.subscribe(options)));
  if (renewed) await postJson("/api/v1/push/subscribe", renewed.toJSON());
}
