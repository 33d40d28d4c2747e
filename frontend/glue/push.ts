/**
 * Notices of the browser: whether this device shows them, switching them on and off. A device has one person: whoever
 * signs in after them neither gets their notices nor has agreed to any.
 */
import { Failure } from "./failure";

/**
 * `unsupported`: the browser cannot; `install`: it can once the app is on the home screen (iOS); `denied`: the person
 * has refused, and only the browser's own settings take that back.
 */
type PushState = "unsupported" | "install" | "denied" | "off" | "on";

const OWNER = "push-owner";

function owner(): string | null {
  try {
    return localStorage.getItem(OWNER);
  } catch {
    return null;
  }
}

function own(person: string | null): void {
  try {
    if (person === null) localStorage.removeItem(OWNER);
    else localStorage.setItem(OWNER, person);
  } catch {
    // Without storage nobody is known as the owner, so the next page ends the subscription: no harm is done.
  }
}

/** Why there is no asking; undefined where there is. */
function hindrance(): PushState | undefined {
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) {
    return Notification.permission === "denied" ? "denied" : undefined;
  }
  // An iPad says that it is a Mac.
  const isIos = /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  return isIos && !matchMedia("(display-mode: standalone)").matches ? "install" : "unsupported";
}

async function subscribed(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker?.getRegistration();
  return (await registration?.pushManager?.getSubscription()) ?? null;
}

async function post(path: string, body: unknown): Promise<void> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    keepalive: true,
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
}

function isFor(subscription: PushSubscription, key: Uint8Array): boolean {
  const known = subscription.options.applicationServerKey;
  if (known === null) return false;
  const bytes = new Uint8Array(known);
  return bytes.length === key.length && bytes.every((byte, at) => byte === key[at]);
}

function bytesOf(base64Url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64Url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Whether this device shows notices to this person. */
export async function pushState(person: string): Promise<string> {
  const hindered = hindrance();
  if (hindered) return hindered satisfies PushState;
  const on = owner() === person && Notification.permission === "granted" && (await subscribed()) !== null;
  return (on ? "on" : "off") satisfies PushState;
}

/** Asks the person, on their tap, and tells the server where the notices go. */
export async function subscribePush(key: string, person: string): Promise<string> {
  const hindered = hindrance();
  if (hindered) return hindered satisfies PushState;
  try {
    const permission = await Notification.requestPermission();
    if (permission !== "granted") return (permission === "denied" ? "denied" : "off") satisfies PushState;
    const registration = await navigator.serviceWorker.getRegistration();
    if (!registration) return "unsupported" satisfies PushState;
    const applicationServerKey = bytesOf(key);
    let subscription = await registration.pushManager.getSubscription();
    // One of somebody else's, or for a key that the server has not any more.
    if (subscription && (owner() !== person || !isFor(subscription, applicationServerKey))) {
      await subscription.unsubscribe();
      subscription = null;
    }
    subscription ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
    await post("/api/v1/push/subscribe", { ...subscription.toJSON(), is_new: true });
    own(person);
    return "on" satisfies PushState;
  } catch (error) {
    throw new Failure("push_failed", error);
  }
}

/** Ends the notices on this device. The push service refuses them from then on, also where the server is not reached. */
export async function unsubscribePush(): Promise<string> {
  try {
    const subscription = await subscribed();
    own(null);
    if (subscription) {
      await subscription.unsubscribe();
      await post("/api/v1/push/unsubscribe", { endpoint: subscription.endpoint }).catch(() => undefined);
    }
    return "off" satisfies PushState;
  } catch (error) {
    throw new Failure("push_failed", error);
  }
}

/**
 * A page has opened for this person: the server hears that their subscription still holds, and one of somebody who was
 * here before ends.
 */
export async function renewPush(person: string): Promise<void> {
  try {
    if (hindrance()) return;
    const subscription = await subscribed();
    if (!subscription) return;
    if (owner() === person) await post("/api/v1/push/subscribe", subscription.toJSON());
    else await unsubscribePush();
  } catch {
    // No network: the next page says it again.
  }
}
