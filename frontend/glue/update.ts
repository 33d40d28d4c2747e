/** A newer build waits in the service worker until the person agrees to load it. */

let asked = false;

/**
 * Calls back once when a newer build is ready to take over, and at once if one already waits.
 * Also when another tab has let it take over: this page then runs files of the previous build.
 */
export function onUpdateReady(callback: () => void): void {
  if (!("serviceWorker" in navigator)) return;
  let told = false;
  const tell = (): void => {
    if (told) return;
    told = true;
    callback();
  };
  const workers = navigator.serviceWorker;
  const hadController = workers.controller !== null;
  workers.addEventListener("message", (event) => {
    if (event.data === "update-ready") tell();
  });
  workers.addEventListener("controllerchange", () => {
    // The first worker of a first visit takes control too; that is no update.
    if (hadController && !asked) tell();
  });
  void workers.getRegistration().then((registration) => {
    if (registration?.waiting && workers.controller) tell();
  });
}

/** Lets the waiting build take over and reloads the page with it. */
export async function applyUpdate(): Promise<void> {
  asked = true;
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration?.waiting) {
    location.reload();
    return;
  }
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  registration.waiting.postMessage("skip-waiting");
}

/** Asks the server whether a newer build exists; the answer, if any, comes through `onUpdateReady`. */
export async function checkForUpdate(): Promise<void> {
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.update();
  } catch {
    // Offline: the next check asks again.
  }
}

/** The build this page runs, as in its address `/pkg/<build>/glue.js`. */
export function buildId(): string {
  return new URL(import.meta.url).pathname.split("/").at(-2) ?? "";
}
