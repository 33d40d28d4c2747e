/** What the page and its scan worker say to each other. */

export interface Corner {
  /** From the left, 0 to 1. */
  x: number;
  /** From the top, 0 to 1. */
  y: number;
}

/** One symbol read in one way in one picture. */
export interface Sighting {
  text: string;
  /** As zxing names it: EAN13, QRCode, … */
  format: string;
  /** Symbology identifier (ISO/IEC 15424), such as `]E0`: tells GS1 from plain. */
  identifier: string;
  /** Which form of the picture it was read in: readings of different variants are independent enough to agree. */
  variant: string;
  /** Four corners in the picture, 0 to 1 from the left and from the top: top left, then clockwise along the symbol. */
  corners: readonly Corner[];
}

/** Everything read in one picture. */
export interface Reading {
  sightings: Sighting[];
  /** Time in the worker, milliseconds. */
  decode_ms: number;
  /** The picture's size in pixels. */
  width: number;
  height: number;
}

/** frame: one of a stream, read quickly; photo: a single picture, read in every way there is. */
export interface ScanRequest {
  kind: "frame" | "photo";
  id: number;
  bitmap: ImageBitmap;
}

export type ScanReply =
  | { kind: "ready" }
  | { kind: "reading"; id: number; reading: Reading }
  | { kind: "failed"; id: number | null; message: string };
