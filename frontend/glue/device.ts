/** The phone itself: screen, connection, storage. */

let wanted = false;
let lock: WakeLockSentinel | undefined;
let listening = false;

async function acquire(): Promise<void> {
  if (!wanted || lock || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => (lock = undefined));
    if (!wanted) await lock.release();
  } catch {
    // A low battery refuses it: the screen may then go dark, nothing else changes.
  }
}

/** Keeps the screen on while counting; the browser drops that in the background, so it is asked for again. */
export function keepAwake(on: boolean): void {
  wanted = on;
  if (!listening) {
    listening = true;
    document.addEventListener("visibilitychange", () => void acquire());
  }
  if (on) void acquire();
  else void lock?.release();
}

type PageEvent = "online" | "offline" | "visible" | "hidden";

/** Tells when the connection or the visibility changes. The function returned stops it. */
export function watchPage(callback: (event: PageEvent) => void): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  addEventListener("online", () => callback("online"), { signal });
  addEventListener("offline", () => callback("offline"), { signal });
  // A page restored from the back/forward cache was frozen: what it shows is old.
  addEventListener("pageshow", (event) => event.persisted && callback("visible"), { signal });
  document.addEventListener(
    "visibilitychange",
    () => callback(document.visibilityState === "visible" ? "visible" : "hidden"),
    { signal },
  );
  return () => abort.abort();
}

/** Whether the browser believes in a network; only an answer of the server proves one. */
export function isOnline(): boolean {
  return navigator.onLine;
}

/** Asks the browser not to evict what is stored here; false when it will not promise. */
export async function persistStorage(): Promise<boolean> {
  try {
    if (!navigator.storage?.persist) return false;
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}

/** Bytes used and allowed, JSON `{usage, quota}`; each null where the browser does not say. */
export async function storageEstimate(): Promise<string> {
  const estimate = await navigator.storage?.estimate?.().catch(() => undefined);
  return JSON.stringify({ usage: estimate?.usage ?? null, quota: estimate?.quota ?? null });
}
