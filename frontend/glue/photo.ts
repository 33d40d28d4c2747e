/**
 * A photo as evidence: a still of the camera's live picture, and nothing else. There is no way to
 * choose a file.
 *
 * Failures: `photo_not_live` (the camera shows nothing), `photo_failed` (the browser cannot make a
 * picture of it), and those of `device_store.ts`.
 */
import { Failure } from "./failure";
import { putPhoto } from "./photo_store";

/** Longest side in pixels, and JPEG quality: enough to read a label, quick to send in a shop. */
const SIDE_MAX = 1_600;
const QUALITY = 0.8;

interface Shot {
  id: string;
  blob: Blob;
  width: number;
  height: number;
  url: string;
  /** Device clock, milliseconds. */
  taken_at: number;
}

/** The still that the person is looking at. */
let shot: Shot | undefined;

function isLive(video: HTMLVideoElement): boolean {
  const stream = video.srcObject;
  if (!(stream instanceof MediaStream) || video.videoWidth === 0) return false;
  return stream.getVideoTracks().some((track) => track.readyState === "live" && track.enabled && !track.muted);
}

async function still(video: HTMLVideoElement): Promise<{ blob: Blob; width: number; height: number }> {
  const shrink = Math.min(1, SIDE_MAX / Math.max(video.videoWidth, video.videoHeight));
  const width = Math.round(video.videoWidth * shrink);
  const height = Math.round(video.videoHeight * shrink);
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no 2d context for an offscreen canvas");
  context.imageSmoothingQuality = "high";
  context.drawImage(video, 0, 0, width, height);
  return { blob: await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY }), width, height };
}

async function nameOf(blob: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Takes a still of what the camera shows in `video` now, for the person to look at: JSON
 * `{id, width, height, n_bytes, url}`. It is in memory only, and takes the place of the one before.
 */
export async function takePhoto(video: HTMLVideoElement): Promise<string> {
  if (!isLive(video)) throw new Failure("photo_not_live", "the camera shows no picture");
  dropPhoto();
  const taken_at = Date.now();
  try {
    const { blob, width, height } = await still(video);
    shot = { id: await nameOf(blob), blob, width, height, url: URL.createObjectURL(blob), taken_at };
  } catch (error) {
    throw new Failure("photo_failed", error);
  }
  const { id, width, height, url, blob } = shot;
  return JSON.stringify({ id, width, height, n_bytes: blob.size, url });
}

/** Forgets the still. */
export function dropPhoto(): void {
  if (shot) URL.revokeObjectURL(shot.url);
  shot = undefined;
}

/**
 * Keeps the still `id` on the phone's disk: it is there when the promise resolves, and may be shown as
 * taken then, not before. `offsetMs` is server clock − device clock, in milliseconds.
 */
export async function keepPhoto(id: string, person: string, store: string, offsetMs: number): Promise<void> {
  if (shot?.id !== id) throw new Failure("photo_failed", "another photo was taken meanwhile");
  const { blob, width, height, taken_at } = shot;
  await putPhoto({
    id,
    person,
    store,
    state: "pending",
    blob,
    width,
    height,
    taken_at: taken_at + offsetMs,
    stored_at: Date.now(),
    settled_at: 0,
    reason: "",
  });
  if (shot?.id === id) dropPhoto();
}
