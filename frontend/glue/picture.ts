/** Forms of one picture that a barcode reader may like better than the picture itself. */

/** Brightness of each pixel, row by row. */
export interface Picture {
  width: number;
  height: number;
  light: Uint8ClampedArray;
}

/** A part of a picture in pixels. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

let canvas: OffscreenCanvas | undefined;

/** Draws `area` of the bitmap `scale` times as large. */
export function draw(bitmap: ImageBitmap, area: Area, scale: number): ImageData {
  const width = Math.max(1, Math.round(area.width * scale));
  const height = Math.max(1, Math.round(area.height * scale));
  canvas ??= new OffscreenCanvas(width, height);
  // Setting the size also clears it.
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("no 2d context for an offscreen canvas");
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  // Transparent pictures are meant to lie on white paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, area.x, area.y, area.width, area.height, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

/** The brightness of coloured pixels, weighted as the eye does (ITU-R BT.601). */
export function lightOf(image: ImageData): Picture {
  const { width, height, data } = image;
  const light = new Uint8ClampedArray(width * height);
  for (let pixel = 0, byte = 0; pixel < light.length; pixel += 1, byte += 4) {
    light[pixel] = (data[byte]! * 77 + data[byte + 1]! * 150 + data[byte + 2]! * 29) >> 8;
  }
  return { width, height, light };
}

/** Grey pixels of that brightness. */
export function imageOf(picture: Picture): ImageData {
  const image = new ImageData(picture.width, picture.height);
  const pixels = new Uint32Array(image.data.buffer);
  const { light } = picture;
  for (let pixel = 0; pixel < pixels.length; pixel += 1) {
    // Red, green and blue alike, and opaque: little-endian, as every browser's machine is.
    pixels[pixel] = light[pixel]! * 0x010101 + 0xff000000;
  }
  return image;
}

/** Means over squares of 2 × `radius` + 1 pixels; the border is continued outwards. */
function means(picture: Picture, radius: number): Float32Array {
  const { width, height, light } = picture;
  const n_side = 2 * radius + 1;
  const rows = new Float32Array(width * height);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    let sum = 0;
    for (let x = -radius; x <= radius; x += 1) sum += light[row + Math.min(width - 1, Math.max(0, x))]!;
    for (let x = 0; x < width; x += 1) {
      rows[row + x] = sum / n_side;
      sum += light[row + Math.min(width - 1, x + radius + 1)]! - light[row + Math.max(0, x - radius)]!;
    }
  }
  // Row by row here too: walking down columns misses the cache at every step.
  const sums = new Float32Array(width);
  const squares = new Float32Array(width * height);
  for (let y = -radius; y <= radius; y += 1) {
    const row = Math.min(height - 1, Math.max(0, y)) * width;
    for (let x = 0; x < width; x += 1) sums[x]! += rows[row + x]!;
  }
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    const coming = Math.min(height - 1, y + radius + 1) * width;
    const going = Math.max(0, y - radius) * width;
    for (let x = 0; x < width; x += 1) {
      squares[row + x] = sums[x]! / n_side;
      sums[x]! += rows[coming + x]! - rows[going + x]!;
    }
  }
  return squares;
}

/** Edges `amount` times as strong again (unsharp mask): brings back what a lens out of focus took. */
export function sharpened(picture: Picture, amount: number, radius: number): Picture {
  const around = means(picture, radius);
  const light = new Uint8ClampedArray(around.length);
  for (let i = 0; i < light.length; i += 1) {
    const own = picture.light[i]!;
    light[i] = own + amount * (own - around[i]!);
  }
  return { ...picture, light };
}

/** Squares of this many pixels are averaged first: surroundings need no finer grid, and it is many times quicker. */
const BLOCK = 4;

/** Every surrounding as bright as any other, contrast doubled: takes out shadows and curved glare. */
export function levelled(picture: Picture, radius: number): Picture {
  const { width, height, light: own } = picture;
  const blocks = blocksOf(picture);
  const around = means(blocks, Math.max(1, Math.round(radius / BLOCK)));
  const light = new Uint8ClampedArray(own.length);
  for (let y = 0; y < height; y += 1) {
    const row = y * width;
    const blockRow = Math.floor(y / BLOCK) * blocks.width;
    for (let x = 0; x < width; x += 1) light[row + x] = 128 + 2 * (own[row + x]! - around[blockRow + Math.floor(x / BLOCK)]!);
  }
  return { width, height, light };
}

/** The picture in squares of `BLOCK` pixels, each the mean of its own. */
function blocksOf({ width, height, light }: Picture): Picture {
  const blocks = { width: Math.ceil(width / BLOCK), height: Math.ceil(height / BLOCK) };
  const mean = new Uint8ClampedArray(blocks.width * blocks.height);
  for (let blockY = 0; blockY < blocks.height; blockY += 1) {
    const bottom = Math.min(height, (blockY + 1) * BLOCK);
    for (let blockX = 0; blockX < blocks.width; blockX += 1) {
      const right = Math.min(width, (blockX + 1) * BLOCK);
      let sum = 0;
      for (let y = blockY * BLOCK; y < bottom; y += 1) {
        for (let x = blockX * BLOCK; x < right; x += 1) sum += light[y * width + x]!;
      }
      mean[blockY * blocks.width + blockX] = sum / ((bottom - blockY * BLOCK) * (right - blockX * BLOCK));
    }
  }
  return { ...blocks, light: mean };
}

/** Fine grain averaged away: noise in the dark, the screen of a print. */
export function smoothed(picture: Picture, radius: number): Picture {
  return { ...picture, light: Uint8ClampedArray.from(means(picture, radius)) };
}
