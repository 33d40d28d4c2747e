import { type Browser, chromium } from '@playwright/test';
import bwip from 'bwip-js';
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A symbol to hold before the camera. */
export interface Symbol {
  kind: 'qrcode' | 'ean13' | 'code128' | 'datamatrix' | 'gs1datamatrix';
  text: string;
}

/** What the camera sees for some time: symbols side by side, or an empty shelf. */
export interface Scene {
  symbols: Symbol[];
  seconds: number;
}

const FRAMES_PER_SECOND = 30;
const SIZE = { width: 1280, height: 720 };

/** How Chromium is started everywhere: the system's, without calls to the outside. */
export const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

/** What the person says when the browser asks for the camera. */
export type Answer = 'allow' | 'deny';

/** Flags for a camera that plays `film` in a loop. */
export function cameraArgs(film: string, answer: Answer = 'allow'): string[] {
  return [
    answer === 'allow' ? '--use-fake-ui-for-media-stream' : '--use-fake-ui-for-media-stream=deny',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
  ];
}

/** Draws the scenes and returns the path of a motion-JPEG film of them. */
export async function film(scenes: Scene[]): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'shelftrace-film-')), 'film.mjpeg');
  writeFileSync(path, '');
  const pictures = await photos(scenes.map(({ symbols }) => symbols));
  for (const [n, { seconds }] of scenes.entries()) {
    for (let frame = 0; frame < seconds * FRAMES_PER_SECOND; frame++) appendFileSync(path, pictures[n]!);
  }
  return path;
}

/** Takes a still JPEG photo of each group of symbols. */
export async function photos(groups: Symbol[][]): Promise<Buffer[]> {
  const browser: Browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage({ viewport: SIZE });
    const pictures: Buffer[] = [];
    for (const symbols of groups) {
      await page.setContent(still(symbols));
      pictures.push(await page.screenshot({ type: 'jpeg', quality: 85 }));
    }
    return pictures;
  } finally {
    await browser.close();
  }
}

function still(symbols: Symbol[]): string {
  const drawings = symbols.map(({ kind, text }) => {
    const matrix = kind !== 'ean13' && kind !== 'code128';
    const svg = bwip.toSVG({ bcid: kind, text, scale: matrix ? 6 : 3, includetext: kind === 'ean13' });
    return `<div class="${matrix ? 'matrix' : 'linear'}">${svg}</div>`;
  });
  return `<style>
    body { margin: 0; height: 720px; display: flex; align-items: center; justify-content: space-evenly; background: #cfc8bd }
    div { background: #fff; padding: 28px } .matrix svg { width: 260px } .linear svg { width: 460px }
  </style>${drawings.join('')}`;
}
