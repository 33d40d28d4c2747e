import { expect, hydrated, signIn, test } from '../fixtures.ts';
import { type Scene, film } from '../support/camera.ts';
import { Machine } from '../support/machine.ts';

/** Products that pass by, one a second, over and over. */
const N_PRODUCTS = 10;
const SECONDS = 120;
const WINDOW_S = 20;

declare global {
  interface Window {
    /** How much later than wanted each timer of the page fired, in milliseconds. */
    lags: number[];
    wasmBytes: () => number;
  }
}

/** Runs in the page: how long it does not answer, and how large the wasm has grown. */
function watchPage(): void {
  const lags: number[] = (window.lags = []);
  const every = 50;
  let due = performance.now() + every;
  setInterval(() => {
    const now = performance.now();
    lags.push(Math.max(0, now - due));
    due = now + every;
  }, every);
  let memory: WebAssembly.Memory | undefined;
  window.wasmBytes = () => memory?.buffer.byteLength ?? 0;
  const streaming = WebAssembly.instantiateStreaming.bind(WebAssembly);
  WebAssembly.instantiateStreaming = async (source, imports) => {
    const result = await streaming(source, imports);
    memory ??= result.instance.exports['memory'] as WebAssembly.Memory;
    return result;
  };
}

test('a code a second for two minutes', async ({ server, browserOf }) => {
  const clerk = await Machine.signIn(server.origin, 'lina');
  const snapshot = await clerk.snapshot('S001');
  const shelf = snapshot.shelves[0]!;
  const scenes = shelf.items.slice(0, N_PRODUCTS).flatMap((sku): Scene[] => {
    const gtin = snapshot.products.find((product) => product.sku === sku)!.barcodes[0]!.gtin;
    return [{ symbols: [{ kind: 'ean13', text: gtin.slice(1) }], seconds: 0.7 }, { symbols: [], seconds: 0.3 }];
  });
  const browser = browserOf('phone', 'en', await film(scenes));
  const page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  await page.addInitScript(watchPage);
  await page.goto(`/count?shelf=${shelf.code}`);
  await hydrated(page);
  await page.getByRole('button', { name: /^(Start counting|Join the count)$/ }).click();
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  await expect(page.getByRole('heading', { name: /^Counted/ })).toBeVisible({ timeout: 60_000 });

  const tools = await page.context().newCDPSession(page);
  await tools.send('Performance.enable');
  const nCounted = async (): Promise<number> =>
    page.evaluate(() => {
      const units = document.querySelectorAll('.rows:not(.rows--left) .row__figure');
      return [...units].reduce((sum, one) => sum + Number(one.textContent), 0);
    });
  const measure = async () => {
    await tools.send('HeapProfiler.collectGarbage');
    const { metrics } = await tools.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? 0;
    const lags = (await page.evaluate(() => window.lags.splice(0))).sort((a, b) => a - b);
    return {
      heap: metric('JSHeapUsedSize') / 1e6,
      wasm: (await page.evaluate(() => window.wasmBytes())) / 1e6,
      nodes: metric('Nodes'),
      p50: lags[Math.floor(lags.length / 2)] ?? 0,
      p99: lags[Math.floor(lags.length * 0.99)] ?? 0,
    };
  };
  await measure();
  let before = await nCounted();
  for (let s = 0; s < SECONDS; s += WINDOW_S) {
    await page.waitForTimeout(WINDOW_S * 1_000);
    const { heap, wasm, nodes, p50, p99 } = await measure();
    const now = await nCounted();
    console.log(
      `${s + WINDOW_S} s: ${now - before} counted, heap ${heap.toFixed(1)} MB, wasm ${wasm.toFixed(1)} MB, ` +
        `${nodes} nodes, lag p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`,
    );
    before = now;
  }
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'All sent' })).toBeVisible();
  expect(await nCounted()).toBeGreaterThan(0);
});
