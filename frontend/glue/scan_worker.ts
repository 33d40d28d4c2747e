/** The module worker in which pictures are read, so that the page stays quick under the finger. */
import { FrameReader, prepare, readPhoto } from "./decode";
import type { ScanReply, ScanRequest } from "./scan_protocol";

declare const self: DedicatedWorkerGlobalScope;

function reply(message: ScanReply): void {
  self.postMessage(message);
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const frames = new FrameReader();
const ready = prepare(new URL("./zxing_reader.wasm", import.meta.url)).then(
  () => reply({ kind: "ready" }),
  (error: unknown) => {
    reply({ kind: "failed", id: null, message: words(error) });
    throw error;
  },
);
ready.catch(() => undefined);

async function answer({ kind, id, bitmap }: ScanRequest): Promise<void> {
  try {
    await ready;
    const reading = await (kind === "frame" ? frames.read(bitmap) : readPhoto(bitmap));
    reply({ kind: "reading", id, reading });
  } catch (error) {
    reply({ kind: "failed", id, message: words(error) });
  } finally {
    bitmap.close();
  }
}

// One after the other: the reader's forms share a canvas.
let last: Promise<void> = Promise.resolve();
self.addEventListener("message", (event: MessageEvent<ScanRequest>) => {
  last = last.then(() => answer(event.data));
});
