import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { expect, hydrated, test } from './fixtures.ts';
import { Machine } from './support/machine.ts';

// A sheet is worth printing if a scanner reads every symbol on it.

const wasm = readFileSync(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } });

/** A sheet of paper, in CSS pixels. */
const A4 = { width: 794, height: 1123 };

/** What a scanner reads on a picture, sorted. */
async function read(picture: Buffer): Promise<string[]> {
  const found = await readBarcodes(new Uint8Array(picture), { formats: ['QRCode', 'EAN13'], maxNumberOfSymbols: 255 });
  return found.map(({ text }) => text).sort();
}

for (const [sheet, path] of [
  ['shelf label', '/print/shelves/S001'],
  ['barcode of a shelf', '/print/products/S001?shelf=A-01'],
] as const) {
  test(`a scanner reads every ${sheet} on the printed sheet`, async ({ server, browserOf }) => {
    const manager = await Machine.signIn(server.origin, 'wangwei');
    const { shelves, products } = await manager.snapshot('S001');
    const first = shelves.find(({ code }) => code === 'A-01');
    const expected = path.includes('shelves')
      ? shelves.map(({ code, signature }) => `ST1:S001:${code}:${signature}`)
      : products
          .filter(({ sku }) => first?.items.includes(sku))
          .map(({ barcodes }) => String(barcodes[0]?.gtin).padStart(13, '0').slice(-13));

    // The phone, because paper too is finer than a desktop's screen.
    const page = await browserOf('phone', 'zh').open('/offline-shell');
    await page.setViewportSize(A4);
    const [name, value] = manager.cookie.split('=');
    await page.context().addCookies([{ name: name ?? '', value: value ?? '', url: server.origin }]);
    await page.goto(path);
    await page.emulateMedia({ media: 'print' });
    expect(await read(await page.screenshot({ fullPage: true }))).toEqual(expected.sort());
  });
}

test('a sheet to print asks for the sign-in and comes back', async ({ browserOf }) => {
  const page = await browserOf('desktop', 'zh').open('/print/products/S001?shelf=A-01');
  await page.waitForURL(/\/sign-in\?next=/);
  await hydrated(page);
  await page.locator('#login').fill('wangwei');
  await page.locator('#password').fill('shelftrace-demo');
  await page.locator('button[type=submit]').first().click();
  await page.waitForURL(/\/print\/products\/S001\?shelf=A-01$/);
  await expect(page.getByRole('heading', { name: /A-01/ })).toBeVisible();
});
