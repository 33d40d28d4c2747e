import type { Page } from '@playwright/test';
import { expect, hydrated, signIn, test } from '../fixtures.ts';

const N_STORES = 1_000;
const N_CATEGORIES = 100;
/** Of the layers of stock, sales and people: 200,000 cells. */
const N_CATEGORIES_HEAT = 200;
const N_FRAMES = 120;

/** How long a change of one store took, in milliseconds. */
interface Frame {
  /** From the feed's message to the picture in the canvas: reading, applying, colours, drawing. */
  whole: number;
  /** From the last reading of the data to the picture in the canvas: colours and drawing. */
  drawing: number;
}

declare global {
  interface Window {
    /** Sends the board the message of a feed, and waits until its picture is drawn. */
    send: (name: string, data: string) => Promise<Frame>;
  }
}

/** Runs in the page: a feed that says what the bench wants, and the time of each picture. */
function feedByHand(): void {
  let source: EventSource | undefined;
  window.EventSource = class extends EventTarget {
    readonly readyState = 1;
    static readonly CLOSED = 2;
    constructor() {
      super();
      source = this as unknown as EventSource;
      setTimeout(() => this.dispatchEvent(new Event('open')), 0);
    }
    close(): void {}
  } as unknown as typeof EventSource;

  let drawn: ((frame: Frame) => void) | undefined;
  let sent = 0;
  const put = CanvasRenderingContext2D.prototype.putImageData;
  CanvasRenderingContext2D.prototype.putImageData = function (...values: unknown[]) {
    const began = performance.now();
    Reflect.apply(put, this, values);
    const ended = performance.now();
    drawn?.({ whole: ended - sent, drawing: ended - began });
  } as typeof put;
  window.send = (name, data) =>
    new Promise((resolve) => {
      drawn = resolve;
      sent = performance.now();
      source!.dispatchEvent(new MessageEvent(name, { data }));
    });
}

interface Cell {
  n_planned: number;
  count: { n_counted: number; counted_units: number; expected_units: number; abs_variance_units: number };
  last_trace_at: number;
}

function cell(now: number, n: number): Cell {
  const n_counted = n % 41;
  const count = { n_counted, counted_units: n_counted * 7, expected_units: n_counted * 7 + (n % 9) - 4, abs_variance_units: n % 30 };
  return { n_planned: 40, count, last_trace_at: now - (n % 600) * 60_000 };
}

/** A chain of the size promised, made from a board the server sent: its first store, a thousand times. */
function enlarge(board: { now: number; stores: object[]; categories: object[]; regions: { code: string }[] }, n_categories: number): {
  board: object;
  update: (n: number) => object;
} {
  const { now } = board;
  const code = (letter: string, n: number): string => letter + String(n).padStart(4, '0');
  const categories = Array.from({ length: n_categories }, (_, n) => ({
    ...board.categories[0],
    code: code('C', n),
    name: { zh: `品类${n}`, en: `Category ${n}` },
  }));
  const row = (n: number, seq: number, shift: number): object => ({
    ...board.stores[0],
    store: code('S', n),
    name: { zh: `门店${n}`, en: `Store ${n}` },
    seq,
    stocktake: `${code('S', n)}-20261122`,
    is_open: true,
    cells: categories.map((_, at) => cell(now, n * 31 + at * 17 + shift)),
  });
  return {
    board: { ...board, categories, stores: Array.from({ length: N_STORES }, (_, n) => row(n, 1, 0)), traces: [] },
    update: (n) => ({ now: now + n, row: row(n, 2, 1), shelves: [], traces: [] }),
  };
}

function at(times: number[], share: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
}

/** Presses the layers of those positions in turn; milliseconds from each press to the picture. */
async function layers(page: Page, positions: number[]): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < 12; n++) {
    times.push(
      await page.evaluate((at) => {
        const links = document.querySelectorAll<HTMLElement>('.board__layers .segment');
        return new Promise<number>((resolve) => {
          const began = performance.now();
          const put = CanvasRenderingContext2D.prototype.putImageData;
          CanvasRenderingContext2D.prototype.putImageData = function (...values: unknown[]) {
            Reflect.apply(put, this, values);
            CanvasRenderingContext2D.prototype.putImageData = put;
            resolve(performance.now() - began);
          } as typeof put;
          links[at]!.click();
        });
      }, positions[n % positions.length]!),
    );
  }
  return times;
}

test('a frame of the heatmap of 100,000 cells', async ({ browserOf }) => {
  const page = await browserOf('desktop', 'en').open('/sign-in');
  await signIn(page, 'hq');
  const small = await page.evaluate(async () => (await fetch('/api/v1/board')).json());
  await page.addInitScript(feedByHand);
  await page.goto('/board');
  await hydrated(page);
  const { board, update } = enlarge(small, N_CATEGORIES);
  const first = await page.evaluate((data) => window.send('board', data), JSON.stringify(board));
  await expect(page.locator('canvas')).toHaveAttribute('height', String(N_STORES));
  await expect(page.locator('canvas')).toHaveAttribute('width', String(N_CATEGORIES));

  const frames: Frame[] = [];
  for (let n = 0; n < N_FRAMES; n++) {
    frames.push(await page.evaluate((data) => window.send('store', data), JSON.stringify(update(n))));
  }
  const whole = frames.map((frame) => frame.whole);
  const switched = await layers(page, [1, 2, 0]);
  console.log(`${N_STORES} × ${N_CATEGORIES} cells, the first picture after ${first.whole.toFixed(0)} ms`);
  console.log(`a store's change, message to picture: p50 ${at(whole, 0.5)} ms, p99 ${at(whole, 0.99)} ms, least ${at(whole, 0)} ms`);
  console.log(`of it the browser's drawing call: p50 ${at(frames.map(({ drawing }) => drawing), 0.5)} ms`);
  console.log(`another layer, press to picture: p50 ${at(switched, 0.5)} ms, least ${at(switched, 0)} ms`);
  await page.screenshot({ path: 'screenshots/heatmap-large-desktop-en.png' });
});

test('another layer of the heatmap of 200,000 cells', async ({ browserOf }) => {
  const page = await browserOf('desktop', 'en').open('/sign-in');
  await signIn(page, 'hq');
  const small = await page.evaluate(async () => (await fetch('/api/v1/board')).json());
  const { board } = enlarge(small, N_CATEGORIES_HEAT);
  const { stores } = board as { stores: { store: string; region: string }[] };
  const figures = (n: number) => [40, n % 9, n % 700, n % 900, n % 90, n % 80, n % 30, n % 290, n % 500, n % 9_000];
  const rows = stores.map(({ store, region }, row) => ({
    store,
    region,
    whole: [1, { n_stores: 1, visitors: 90, usual_visitors_tenths: 900, n_receipts: 30, n_open_transfers: 1, n_overdue: 0 }],
    cells: Array.from({ length: N_CATEGORIES_HEAT }, (_, at) => [1, figures(row * 31 + at * 17)]),
  }));
  const whole = JSON.stringify({ revision: 1, rows, updates: [] });
  await page.route('**/fn/heat', (route) => {
    const body = route.request().postData() === 'since=0' ? whole : JSON.stringify({ revision: 1, rows: [], updates: [] });
    return route.fulfill({ contentType: 'application/json', body });
  });
  await page.addInitScript(feedByHand);
  await page.goto('/board?layer=cover');
  await hydrated(page);
  await page.evaluate((data) => window.send('board', data), JSON.stringify(board));
  await expect(page.locator('canvas')).toHaveAttribute('width', String(N_CATEGORIES_HEAT));
  await expect(page.locator('.board__loading')).toHaveCount(0);
  // Cover, out of stock, sales, 3-day growth, shrinkage.
  const switched = await layers(page, [4, 5, 6, 7, 3]);
  console.log(`${N_STORES} × ${N_CATEGORIES_HEAT} cells, ${(whole.length / 1e6).toFixed(1)} MB of figures`);
  console.log(`another layer, press to picture: p50 ${at(switched, 0.5)} ms, most ${at(switched, 1)} ms, least ${at(switched, 0)} ms`);
});
