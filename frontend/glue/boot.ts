/**
 * The page's only script element: starts the wasm, then registers the service worker.
 * A page that cannot start says so in words, because its buttons would do nothing.
 */

/** A trap in the wasm leaves its start open for ever: the service worker does not wait for longer. */
const START_MS = 15_000;

const NOTICE_ID = "boot-failure";

/** Shows one notice, whatever failed first: later failures are usually its consequences. */
function showFailure(chinese: string, english: string, reason: unknown): void {
  console.error(english, reason);
  if (document.getElementById(NOTICE_ID)) return;
  const notice = document.createElement("div");
  notice.id = NOTICE_ID;
  notice.className = "boot-failure";
  notice.setAttribute("role", "alert");
  for (const [lang, text] of [["zh-CN", chinese], ["en", english]] as const) {
    const line = document.createElement("p");
    line.lang = lang;
    line.textContent = text;
    notice.append(line);
  }
  const detail = document.createElement("p");
  detail.className = "boot-failure__detail";
  detail.textContent = reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
  notice.append(detail);
  (document.body ?? document.documentElement).prepend(notice);
}

async function start(): Promise<void> {
  if (typeof WebAssembly !== "object") {
    showFailure(
      "此浏览器无法运行货迹，请更新浏览器后再试。",
      "This browser cannot run Shelftrace: update it and try again.",
      "WebAssembly is missing",
    );
    return;
  }
  try {
    const app = await import("./shelftrace.js");
    await app.default({ module_or_path: new URL("./shelftrace_bg.wasm", import.meta.url) });
    if (document.documentElement.dataset["shell"] === undefined) await app.hydrate();
    else app.mount();
  } catch (error) {
    showFailure(
      "页面程序未能启动，请刷新页面；若仍出现，请更新浏览器。已保存的扫描不会丢失。",
      "The page could not start: reload it, and update the browser if this stays. Saved scans are safe.",
      error,
    );
  }
}

/** A trap inside the wasm leaves it unusable; reloading starts from what the phone has stored. */
function watchForTraps(): void {
  const report = (reason: unknown): void => {
    if (!(reason instanceof WebAssembly.RuntimeError)) return;
    showFailure(
      "页面程序出错，请刷新页面。已保存的扫描不会丢失。",
      "The page has stopped working: reload it. Saved scans are safe.",
      reason,
    );
  };
  addEventListener("error", (event) => report(event.error));
  addEventListener("unhandledrejection", (event) => report(event.reason));
}

async function registerServiceWorker(): Promise<void> {
  // Absent outside secure contexts and in some private windows: the page works, only not offline.
  if (!("serviceWorker" in navigator)) return;
  try {
    await navigator.serviceWorker.register("/sw.js", { scope: "/", updateViaCache: "none" });
  } catch (error) {
    console.warn("the service worker could not be registered: no offline start", error);
  }
}

watchForTraps();
await Promise.race([start(), new Promise((resolve) => setTimeout(resolve, START_MS))]);
await registerServiceWorker();
