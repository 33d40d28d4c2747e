/**
 * Reads barcodes in frames and photos. zxing does the reading; this decides in which forms it gets the
 * picture, because a code that cannot be read as it is can often be read enlarged, sharpened or with
 * the shadows taken out, and because two forms that agree are worth more than one. The forms were
 * chosen by measurement: `node e2e/scanner/bench.mjs`.
 */
import { prepareZXingModule, readBarcodes, type ReaderOptions, type ReadResult } from "zxing-wasm/reader";
import { draw, imageOf, levelled, lightOf, sharpened, smoothed, type Area, type Picture } from "./picture";
import type { Corner, Reading, Sighting } from "./scan_protocol";

/** The reader's wasm comes from our own origin, beside this script. */
export async function prepare(wasm: URL): Promise<void> {
  await prepareZXingModule({
    overrides: { locateFile: () => wasm.href },
    fireImmediately: true,
  });
}

const READ: ReaderOptions = {
  // What a shop has; every further symbology costs time and invents codes out of texture.
  formats: ["EAN13", "EAN8", "UPCA", "UPCE", "ITF", "Code128", "DataBar", "DataBarExp", "DataMatrix", "QRCode"],
  textMode: "Plain",
  maxNumberOfSymbols: 12,
  tryHarder: true,
  tryRotate: true,
  tryInvert: false,
  tryDownscale: true,
  // A value found on fewer lines of a picture is a misreading more often than not.
  minLineCount: 3,
};

/** One form of a picture. The number in its name, mostly tenths of the scale, tells forms apart. */
interface Way {
  variant: string;
  scale: number;
  form?: (picture: Picture) => Picture;
}

const ORIGINAL: Way = { variant: "original", scale: 1 };
const SHARPENED_2: Way = { variant: "sharpened20", scale: 2, form: (picture) => sharpened(picture, 2, 2) };
const LEVELLED: Way = { variant: "levelled10", scale: 1, form: (picture) => levelled(picture, 32) };
const ENLARGED_15: Way = { variant: "enlarged15", scale: 1.5 };

/** For a photo, the most telling first: a slow phone may not come to the end. */
const PHOTO_WAYS: readonly Way[] = [
  ORIGINAL,
  SHARPENED_2,
  LEVELLED,
  ENLARGED_15,
  { variant: "levelled20", scale: 2, form: (picture) => levelled(picture, 32) },
  { variant: "sharpened30", scale: 3, form: (picture) => sharpened(picture, 2, 4) },
  { variant: "enlarged20", scale: 2 },
  { variant: "sharpened10", scale: 1, form: (picture) => sharpened(picture, 1, 1) },
  { variant: "levelled16", scale: 1, form: (picture) => levelled(picture, 16) },
  { variant: "smoothed10", scale: 1, form: (picture) => smoothed(picture, 1) },
  { variant: "enlarged30", scale: 3 },
];

/** For frames in which nothing has been found for some time, in turn; the enlarged ones only in the middle. */
const RESCUE_WAYS: readonly Way[] = [
  SHARPENED_2,
  { variant: "levelled5", scale: 0.5, form: (picture) => levelled(picture, 32) },
  { variant: "levelled20", scale: 2, form: (picture) => levelled(picture, 32) },
];

/** More pixels than this are not made by enlarging: memory and time of a phone. */
const PIXELS_MAX = 8_000_000;
/** A photo larger than this is read smaller: more detail than bars have only costs time. */
const PHOTO_PIXELS_WANTED = 4_000_000;
const PHOTO_BUDGET_MS = 4_000;
/** Cameras that deliver more than was asked for are read at this size. */
const FRAME_PIXELS_MAX = 1_280 * 720;

async function readOneWay(bitmap: ImageBitmap, area: Area, fit: number, way: Way): Promise<Sighting[]> {
  const scale = fit * way.scale;
  let image = draw(bitmap, area, scale);
  if (way.form) image = imageOf(way.form(lightOf(image)));
  const results = (await readBarcodes(image, READ)).filter((result) => result.isValid);
  const believed = results.filter((result) => !results.some((other) => isMisreadBeside(result, other)));
  return believed.map((result) => sighting(result, way.variant, bitmap, area, scale));
}

/**
 * Whether `result` is what some lines through the same bars seemed to say while as many or more lines say `other`.
 * Bars that lie within each other's width and all but touch are one symbol; two that are printed one above the other
 * keep a distance.
 */
function isMisreadBeside(result: ReadResult, other: ReadResult): boolean {
  if (result === other || result.text === other.text) return false;
  if (!isLinear(result) || !isLinear(other) || result.lineCount > other.lineCount) return false;
  const { topLeft, topRight } = other.position;
  const length = Math.hypot(topRight.x - topLeft.x, topRight.y - topLeft.y);
  if (length === 0) return false;
  const along = { x: (topRight.x - topLeft.x) / length, y: (topRight.y - topLeft.y) / length };
  const across = { x: -along.y, y: along.x };
  const common = overlap(extent(result, along), extent(other, along));
  const distance = -overlap(extent(result, across), extent(other, across));
  return common > SAME_SYMBOL_OVERLAP * Math.min(length, span(extent(result, along))) && distance < SAME_SYMBOL_GAP * length;
}

const SAME_SYMBOL_OVERLAP = 0.7;
const SAME_SYMBOL_GAP = 0.15;

function isLinear(result: ReadResult): boolean {
  return result.symbology !== "QRCode" && result.symbology !== "DataMatrix";
}

type Extent = readonly [from: number, to: number];

/** From where to where a symbol reaches in a direction. */
function extent({ position }: ReadResult, direction: Corner): Extent {
  const { topLeft, topRight, bottomRight, bottomLeft } = position;
  const at = [topLeft, topRight, bottomRight, bottomLeft].map((c) => c.x * direction.x + c.y * direction.y);
  return [Math.min(...at), Math.max(...at)];
}

function span([from, to]: Extent): number {
  return to - from;
}

/** How much two extents have in common; negative: the gap between them. */
function overlap(a: Extent, b: Extent): number {
  return Math.min(a[1], b[1]) - Math.max(a[0], b[0]);
}

function sighting(result: ReadResult, variant: string, bitmap: ImageBitmap, area: Area, scale: number): Sighting {
  const { topLeft, topRight, bottomRight, bottomLeft } = result.position;
  const corners: Corner[] = [topLeft, topRight, bottomRight, bottomLeft].map((corner) => ({
    x: (area.x + corner.x / scale) / bitmap.width,
    y: (area.y + corner.y / scale) / bitmap.height,
  }));
  const { text, format, symbologyIdentifier: identifier } = result;
  return { text, format, identifier, variant, corners };
}

function whole(bitmap: ImageBitmap): Area {
  return { x: 0, y: 0, width: bitmap.width, height: bitmap.height };
}

/** The middle of the picture, half as wide and high. */
function middle(bitmap: ImageBitmap): Area {
  const { width, height } = bitmap;
  return { x: Math.round(width / 4), y: Math.round(height / 4), width: Math.round(width / 2), height: Math.round(height / 2) };
}

/** The surroundings of a symbol with its quiet zones. */
function around(seen: Sighting, bitmap: ImageBitmap): Area {
  const xs = seen.corners.map((corner) => corner.x * bitmap.width);
  const ys = seen.corners.map((corner) => corner.y * bitmap.height);
  const size = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  const margin = size * 0.2 + 8;
  const left = Math.max(0, Math.floor(Math.min(...xs) - margin));
  const top = Math.max(0, Math.floor(Math.min(...ys) - margin));
  const right = Math.min(bitmap.width, Math.ceil(Math.max(...xs) + margin));
  const bottom = Math.min(bitmap.height, Math.ceil(Math.max(...ys) + margin));
  return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

/** Reads a single picture in every way, within a budget of time. */
export async function readPhoto(bitmap: ImageBitmap): Promise<Reading> {
  const start = performance.now();
  const n_pixels = bitmap.width * bitmap.height;
  const fit = Math.min(1, Math.sqrt(PHOTO_PIXELS_WANTED / n_pixels));
  const sightings: Sighting[] = [];
  for (const way of PHOTO_WAYS) {
    if (performance.now() - start > PHOTO_BUDGET_MS) break;
    const is_too_large = n_pixels * (fit * way.scale) ** 2 > PIXELS_MAX;
    // A large picture has detail to spare: reduced, it is as different from the original as enlarged.
    const fitting = is_too_large
      ? { ...way, scale: 1 / way.scale, variant: way.variant.replace("enlarged", "reduced") }
      : way;
    sightings.push(...(await readOneWay(bitmap, whole(bitmap), fit, fitting)));
  }
  return { sightings, decode_ms: performance.now() - start, width: bitmap.width, height: bitmap.height };
}

/** A code seen so recently needs no second form: the next frame confirms it. */
const RECENT_MS = 1_000;
/** Confirming stops here: the codes left over are confirmed by the next frame, which must not be late. */
const CONFIRM_BUDGET_MS = 60;
/** Frames without a code before further forms are tried. */
const EMPTY_FRAMES_BEFORE_RESCUE = 4;

/** Reads a stream of frames, each quickly, and remembers what helped. */
export class FrameReader {
  private readonly seenAt = new Map<string, number>();
  private turn = 0;
  private n_empty = 0;
  private rescue = 0;

  async read(bitmap: ImageBitmap): Promise<Reading> {
    const start = performance.now();
    const fit = Math.min(1, Math.sqrt(FRAME_PIXELS_MAX / (bitmap.width * bitmap.height)));
    const way = this.nextWay();
    const is_rescue = way !== ORIGINAL && way !== LEVELLED;
    const sightings = await readOneWay(bitmap, way.scale > 1 ? middle(bitmap) : whole(bitmap), fit, way);
    if (sightings.length > 0) {
      sightings.push(...(await this.confirm(bitmap, fit, sightings, way, start)));
      // A further form that helped keeps its turn.
      this.n_empty = is_rescue ? EMPTY_FRAMES_BEFORE_RESCUE : 0;
    } else {
      if (is_rescue) this.rescue = (this.rescue + 1) % RESCUE_WAYS.length;
      this.n_empty += 1;
    }
    return { sightings, decode_ms: performance.now() - start, width: bitmap.width, height: bitmap.height };
  }

  /**
   * The frame as it is and levelled take turns: each reads codes that the other does not, and two frames that
   * agree then agree in two forms. Every third turn is a further form's when both have long found nothing.
   */
  private nextWay(): Way {
    this.turn += 1;
    const needsRescue = this.n_empty >= EMPTY_FRAMES_BEFORE_RESCUE;
    const place = this.turn % (needsRescue ? 3 : 2);
    return (place === 2 ? RESCUE_WAYS[this.rescue] : undefined) ?? (place === 1 ? ORIGINAL : LEVELLED);
  }

  /** Reads new codes once more, close up and in another form: a phone swept along a shelf sees each only once. */
  private async confirm(
    bitmap: ImageBitmap,
    fit: number,
    seen: readonly Sighting[],
    by: Way,
    now: number,
  ): Promise<Sighting[]> {
    const other = by === SHARPENED_2 ? ENLARGED_15 : SHARPENED_2;
    for (const [key, at] of this.seenAt) if (now - at > RECENT_MS) this.seenAt.delete(key);
    const fresh = seen.filter((each) => !this.seenAt.has(key(each)));
    for (const each of seen) this.seenAt.set(key(each), now);
    const confirmed: Sighting[] = [];
    for (const each of fresh) {
      if (performance.now() - now > CONFIRM_BUDGET_MS) break;
      const area = around(each, bitmap);
      const again = await readOneWay(bitmap, area, fit, other);
      const known = new Set(confirmed.map(key));
      confirmed.push(...again.filter((second) => !known.has(key(second))));
    }
    return confirmed;
  }
}

function key(seen: Sighting): string {
  return `${seen.format} ${seen.text}`;
}
