/** The scan worker as the page sees it: pictures in, readings out. One worker serves camera and photos. */
import { Failure } from "./failure";
import type { Reading, ScanReply, ScanRequest } from "./scan_protocol";

interface Waiting {
  resolve(reading: Reading): void;
  reject(failure: Failure): void;
}

let worker: Worker | undefined;
let next = 1;
const waiting = new Map<number, Waiting>();

function start(): Worker {
  if (worker) return worker;
  if (typeof OffscreenCanvas === "undefined" || typeof createImageBitmap === "undefined") {
    throw new Failure("unsupported", "OffscreenCanvas is missing");
  }
  const started = new Worker(new URL("./scan_worker.js", import.meta.url), { type: "module", name: "scan" });
  started.addEventListener("message", (event: MessageEvent<ScanReply>) => take(event.data));
  started.addEventListener("error", (event) => {
    // It could not load, or died: everything asked of it is lost, and the next picture starts a new one.
    stop(new Failure("scanner_failed", event.message || "the scan worker could not start"));
  });
  worker = started;
  return started;
}

function stop(failure: Failure): void {
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject(failure);
  waiting.clear();
}

function take(reply: ScanReply): void {
  if (reply.kind === "ready") return;
  if (reply.kind === "failed" && reply.id === null) {
    stop(new Failure("scanner_failed", reply.message));
    return;
  }
  const asked = reply.id === null ? undefined : waiting.get(reply.id);
  if (!asked || reply.id === null) return;
  waiting.delete(reply.id);
  if (reply.kind === "reading") asked.resolve(reply.reading);
  else asked.reject(new Failure("scanner_failed", reply.message));
}

/** Starts the worker ahead of the first picture: loading its wasm takes a moment. */
export function warmUp(): void {
  start();
}

/** Reads a picture; the bitmap is handed over and gone. */
export function read(kind: ScanRequest["kind"], bitmap: ImageBitmap): Promise<Reading> {
  const to = start();
  const id = next++;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    const request: ScanRequest = { kind, id, bitmap };
    to.postMessage(request, [bitmap]);
  });
}
