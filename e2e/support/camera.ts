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

/** Flags for a camera that plays `film` in a loop. */
export function cameraArgs(film: string): string[] {
  return [
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film}`,
  ];
}

/** Draws the scenes and returns the path of a motion-JPEG film of them. */
export async function film(scenes: Scene[]): Promise<string> {
  const path = join(mkdtempSync(join(tmpdir(), 'shelftrace-film-')), 'film.mjpeg');
  writeFileSync(path, '');
  const browser: Browser = await chromium.launch(CHROMIUM);
  try {
    const page = await browser.newPage({ viewport: SIZE });
    for (const scene of scenes) {
      await page.setContent(still(scene));
      const frame = await page.screenshot({ type: 'jpeg', quality: 85 });
      for (let n = 0; n < scene.seconds * FRAMES_PER_SECOND; n++) appendFileSync(path, frame);
    }
  } finally {
    await browser.close();
  }
  return path;
}

function still(scene: Scene): string {
  const drawings = scene.symbols.map(({ kind, text }) => {
    const matrix = kind !== 'ean13' && kind !== 'code128';
    const svg = bwip.toSVG({ bcid: kind, text, scale: matrix ? 6 : 3, includetext: kind === 'ean13' });
    return `<div class="${matrix ? 'matrix' : 'linear'}">${svg}</div>`;
  });
  return `<style>
    body { margin: 0; height: 720px; display: flex; align-items: center; justify-content: space-evenly; background: #cfc8bd }
    div { background: #fff; padding: 28px } .matrix svg { width: 260px } .linear svg { width: 460px }
  </style>${drawings.join('')}`;
}
