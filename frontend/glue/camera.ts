/**
 * The camera and its pictures. There is one camera stream a visit: iOS asks for permission at every
 * `getUserMedia`, so the track is kept and only disabled while nobody looks.
 *
 * Failures: `insecure_context`, `unsupported`, `permission_denied`, `no_camera`, `camera_busy`,
 * `camera_failed`, `scanner_failed`, `photo_unreadable`.
 */
import { Failure } from "./failure";
import { read, warmUp } from "./scan_client";
import type { Sighting } from "./scan_protocol";

interface Options {
  /** A camera the person chose before; empty for the best one. */
  device_id?: string | null;
}

/** What the wasm gets for each picture read. */
interface Frame {
  /** Counts up within a visit. */
  frame: number;
  decode_ms: number;
  width: number;
  height: number;
  sightings: Sighting[];
}

/** Wide enough for a barcode across a third of the picture, small enough to read 15 times a second. */
const WIDTH = 1_280;
const HEIGHT = 720;
/** Two readings are at least this far apart: a phone that never rests gets hot and slow. */
const READING_GAP_MS = 50;

/** Fields that browsers have and TypeScript's library lacks. */
interface MoreCapabilities extends MediaTrackCapabilities {
  torch?: boolean;
  zoom?: { min: number; max: number; step: number };
  focusMode?: string[];
}
interface MoreConstraints extends MediaTrackConstraintSet {
  torch?: boolean;
  zoom?: number;
  focusMode?: string;
}

let stream: MediaStream | undefined;
let session: Session | undefined;
/** What was being read when a photo was asked for; it goes on when the photo is done. */
let interrupted: Session | undefined;
let frames = 0;

function track(): MediaStreamTrack | undefined {
  return stream?.getVideoTracks().find((candidate) => candidate.readyState === "live");
}

function capabilities(of: MediaStreamTrack | undefined): MoreCapabilities {
  // Firefox has no getCapabilities before 132.
  return of?.getCapabilities?.() ?? {};
}

/** Why the browser gave no stream, as a code. */
function refusal(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const name = error instanceof Error ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      return new Failure("permission_denied", error);
    case "NotFoundError":
    case "OverconstrainedError":
    case "DevicesNotFoundError":
      return new Failure("no_camera", error);
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return new Failure("camera_busy", error);
    default:
      return new Failure("camera_failed", error);
  }
}

async function request(deviceId: string): Promise<MediaStream> {
  if (!isSecureContext) throw new Failure("insecure_context", "the camera needs HTTPS");
  if (!navigator.mediaDevices?.getUserMedia) throw new Failure("unsupported", "getUserMedia is missing");
  const size = { width: { ideal: WIDTH }, height: { ideal: HEIGHT } };
  const facing: MediaTrackConstraints = { ...size, facingMode: { ideal: "environment" } };
  const chosen: MediaTrackConstraints = { ...size, deviceId: { exact: deviceId } };
  const ask = (video: MediaTrackConstraints): Promise<MediaStream> =>
    navigator.mediaDevices.getUserMedia({ video, audio: false });
  try {
    return await ask(deviceId ? chosen : facing);
  } catch (error) {
    // The chosen camera is gone, or no camera can do that size: any camera is better than none.
    const name = error instanceof Error ? error.name : "";
    if (name !== "OverconstrainedError" && !(deviceId && name === "NotFoundError")) throw refusal(error);
    return ask({ facingMode: { ideal: "environment" } }).catch((second: unknown) => {
      throw refusal(second);
    });
  }
}

/** iPhones with several lenses focus near only through the combined camera. */
async function combinedCamera(): Promise<string> {
  const cameras = await navigator.mediaDevices.enumerateDevices();
  const found = cameras.find(
    (device) => device.kind === "videoinput" && /back (dual|triple)|后置(双|三)|背面(双|三)/i.test(device.label),
  );
  return found?.deviceId ?? "";
}

function close(): void {
  for (const each of stream?.getTracks() ?? []) each.stop();
  stream = undefined;
}

async function open(deviceId: string): Promise<void> {
  const current = track();
  if (current && (!deviceId || current.getSettings().deviceId === deviceId)) {
    current.enabled = true;
    return;
  }
  close();
  stream = await request(deviceId);
  if (!deviceId) {
    // Labels are known only once a camera has been allowed.
    const better = await combinedCamera();
    if (better && better !== track()?.getSettings().deviceId) {
      const first = stream;
      for (const each of first.getTracks()) each.stop();
      stream = await request(better);
    }
  }
  await focusContinuously();
}

async function focusContinuously(): Promise<void> {
  const current = track();
  if (!capabilities(current).focusMode?.includes("continuous")) return;
  await constrain({ focusMode: "continuous" });
}

/** False when the camera would not: a refused refinement is no failure. */
async function constrain(constraint: MoreConstraints): Promise<boolean> {
  try {
    await track()?.applyConstraints({ advanced: [constraint as MediaTrackConstraintSet] });
    return true;
  } catch (error) {
    console.warn("the camera refused", constraint, error);
    return false;
  }
}

/** One video element being read. */
class Session {
  private running = false;
  private reading = false;
  private lastStart = 0;
  private cancelNext: (() => void) | undefined;
  private readonly abort = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement,
    /** Nobody, while the picture is only shown. */
    private readonly onFrame: ((frameJson: string) => void) | undefined,
    private readonly onTrouble: (code: string, message: string) => void,
  ) {
    const { signal } = this.abort;
    // The camera is off while nobody sees the page, and comes back by itself.
    document.addEventListener(
      "visibilitychange",
      () => {
        const current = track();
        if (document.visibilityState === "hidden") {
          if (current) current.enabled = false;
        } else if (this.running) {
          void this.resume();
        }
      },
      { signal },
    );
  }

  async attach(): Promise<void> {
    const { video } = this;
    video.muted = true;
    video.autoplay = true;
    video.playsInline = true;
    video.setAttribute("playsinline", "");
    if (video.srcObject !== (stream ?? null)) video.srcObject = stream ?? null;
    track()?.addEventListener("ended", () => this.trouble(new Failure("camera_busy", "the camera was taken away")), {
      signal: this.abort.signal,
    });
    await video.play().catch((error: unknown) => {
      // A play() cut short by another load is no failure; what follows plays.
      if (!(error instanceof DOMException && error.name === "AbortError")) throw new Failure("camera_failed", error);
    });
  }

  async resume(): Promise<void> {
    try {
      if (!track()) {
        // Taken away in the background, as iOS does: ask again.
        await open("");
        await this.attach();
      }
      const current = track();
      if (current) current.enabled = true;
      if (this.video.paused) await this.video.play();
    } catch (error) {
      this.trouble(refusal(error));
      return;
    }
    this.running = true;
    this.schedule();
  }

  pause(): void {
    this.running = false;
    this.cancelNext?.();
    this.cancelNext = undefined;
    const current = track();
    if (current) current.enabled = false;
  }

  end(): void {
    this.pause();
    this.abort.abort();
    this.video.srcObject = null;
  }

  private trouble(failure: Failure): void {
    this.running = false;
    this.onTrouble(failure.name, failure.message);
  }

  private schedule(): void {
    if (!this.onFrame || !this.running || this.cancelNext) return;
    const next = (): void => {
      this.cancelNext = undefined;
      void this.step();
    };
    if ("requestVideoFrameCallback" in this.video) {
      const handle = this.video.requestVideoFrameCallback(next);
      this.cancelNext = () => this.video.cancelVideoFrameCallback(handle);
    } else {
      const handle = requestAnimationFrame(next);
      this.cancelNext = () => cancelAnimationFrame(handle);
    }
  }

  /** Reads the present picture unless one is under way: the newest matters, none is queued. */
  private async step(): Promise<void> {
    this.schedule();
    const now = performance.now();
    const { video } = this;
    if (this.reading || now - this.lastStart < READING_GAP_MS || video.videoWidth === 0) return;
    this.reading = true;
    this.lastStart = now;
    try {
      const bitmap = await createImageBitmap(video);
      const reading = await read("frame", bitmap);
      if (!this.running || !this.onFrame) return;
      frames += 1;
      const frame: Frame = { frame: frames, ...reading };
      this.onFrame(JSON.stringify(frame));
    } catch (error) {
      // A picture that could not be taken (the video was changing) is followed by the next one.
      if (error instanceof Failure) this.trouble(error);
    } finally {
      this.reading = false;
    }
  }
}

interface CameraInfo {
  device_id: string;
  label: string;
  width: number;
  height: number;
  torch: boolean;
  zoom: { min: number; max: number; step: number; value: number } | null;
  cameras: { device_id: string; label: string }[];
}

async function cameras(): Promise<CameraInfo["cameras"]> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices
    .filter((device) => device.kind === "videoinput")
    .map(({ deviceId, label }) => ({ device_id: deviceId, label }));
}

async function describe(): Promise<string> {
  const current = track();
  const settings = current?.getSettings() ?? {};
  const { torch, zoom } = capabilities(current);
  const info: CameraInfo = {
    device_id: settings.deviceId ?? "",
    label: current?.label ?? "",
    width: settings.width ?? 0,
    height: settings.height ?? 0,
    torch: torch === true,
    zoom: zoom ? { min: zoom.min, max: zoom.max, step: zoom.step, value: cameraZoom() } : null,
    cameras: await cameras(),
  };
  return JSON.stringify(info);
}

/**
 * Shows the camera in `video` and reads its pictures: `onFrame` gets JSON
 * `{frame, decode_ms, width, height, sightings: [{text, format, identifier, variant, corners}]}` for every
 * picture, with or without sightings. `optionsJson` is `{"device_id": "…"}` or `{}`; called again it switches
 * the camera or the video element. `onTrouble(code, message)` reports a camera that is taken away later.
 * Resolves with JSON `{device_id, label, width, height, torch, zoom, cameras: [{device_id, label}]}`.
 */
export async function startCamera(
  video: HTMLVideoElement,
  optionsJson: string,
  onFrame: (frameJson: string) => void,
  onTrouble: (code: string, message: string) => void,
): Promise<string> {
  const options = JSON.parse(optionsJson) as Options;
  detachCamera();
  warmUp();
  await open(options.device_id ?? "");
  const started = new Session(video, onFrame, onTrouble);
  session = started;
  await started.attach();
  await started.resume();
  return describe();
}

/** Stops reading and darkens the camera, which stays allowed. */
export function pauseCamera(): void {
  session?.pause();
}

/** Goes on after `pauseCamera`. */
export async function resumeCamera(): Promise<void> {
  await session?.resume();
}

/** The page is left: the video element goes, the permission stays for the next page. */
export function detachCamera(): void {
  session?.end();
  session = undefined;
  interrupted?.end();
  interrupted = undefined;
}

/** A photo is evidence: as many pixels as it is kept with, where the camera has them. */
const STILL: MediaTrackConstraints = { width: { ideal: 1_600 }, height: { ideal: 1_200 } };
const READING: MediaTrackConstraints = { width: { ideal: WIDTH }, height: { ideal: HEIGHT } };

async function resize(to: MediaTrackConstraints): Promise<void> {
  // A camera that cannot keeps the size it has.
  await track()
    ?.applyConstraints(to)
    .catch((error: unknown) => console.warn("the camera keeps its size", error));
}

/**
 * Shows the camera in `video` without reading it, for a photo; reading that was under way waits until
 * `unviewCamera`. Resolves and reports like `startCamera`.
 */
export async function viewCamera(
  video: HTMLVideoElement,
  onTrouble: (code: string, message: string) => void,
): Promise<string> {
  if (session && !interrupted) {
    session.pause();
    interrupted = session;
  } else {
    session?.end();
  }
  session = undefined;
  await open("");
  await resize(STILL);
  const started = new Session(video, undefined, onTrouble);
  session = started;
  await started.attach();
  await started.resume();
  return describe();
}

/** The photo is done: the camera goes back to what was being read, or rests. */
export async function unviewCamera(): Promise<void> {
  session?.end();
  session = interrupted;
  interrupted = undefined;
  await resize(READING);
  await session?.resume();
}

/** Gives the camera back, at sign-out. */
export function stopCamera(): void {
  detachCamera();
  close();
}

/** The cameras there are, JSON `[{device_id, label}]`; labels are empty until one has been allowed. */
export async function listCameras(): Promise<string> {
  if (!navigator.mediaDevices?.enumerateDevices) return "[]";
  return JSON.stringify(await cameras());
}

/** Turns the light on or off; false where there is none. */
export async function setTorch(on: boolean): Promise<boolean> {
  if (capabilities(track()).torch !== true) return false;
  return constrain({ torch: on });
}

/** Zooms to a value within the range that `startCamera` told; false where that cannot be. */
export async function setZoom(value: number): Promise<boolean> {
  const range = capabilities(track()).zoom;
  if (!range) return false;
  return constrain({ zoom: Math.min(Math.max(value, range.min), range.max) });
}

/** The present zoom; 1 where there is none. */
export function cameraZoom(): number {
  const settings = (track()?.getSettings() ?? {}) as MediaTrackSettings & { zoom?: number };
  return settings.zoom ?? 1;
}

/** Larger photos are shrunk to this many pixels: a phone's worker has not the memory for 48 million. */
const PHOTO_PIXELS_MAX = 12_000_000;

/**
 * Reads a photo chosen or taken by the person in every way there is: JSON like a frame's.
 * The browser turns it upright first, as its EXIF data says.
 */
export async function decodePhoto(file: Blob): Promise<string> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const n_pixels = bitmap.width * bitmap.height;
    if (n_pixels > PHOTO_PIXELS_MAX) {
      const shrink = Math.sqrt(PHOTO_PIXELS_MAX / n_pixels);
      const whole = bitmap;
      bitmap = await createImageBitmap(whole, {
        resizeWidth: Math.round(whole.width * shrink),
        resizeHeight: Math.round(whole.height * shrink),
        resizeQuality: "high",
      });
      whole.close();
    }
  } catch (error) {
    throw new Failure("photo_unreadable", error);
  }
  const reading = await read("photo", bitmap);
  frames += 1;
  const frame: Frame = { frame: frames, ...reading };
  return JSON.stringify(frame);
}
