import type { Locator, Page } from '@playwright/test';
import { accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { type Scene, type Symbol, film, photos } from './support/camera.ts';
import { Machine, type Snapshot, todaysStocktake } from './support/machine.ts';

// Ways of scanning, and what becomes of what was scanned; the plain way is in counting.spec.ts.

function snapshotOf(origin: string): Promise<Snapshot> {
  return Machine.signIn(origin, 'lina').then((clerk) => clerk.snapshot('S001'));
}

/** A product of the shelf as a symbol: the square one leaves room for others beside it. */
function symbol(snapshot: Snapshot, shelf: string, nth: number, kind: 'ean13' | 'gs1datamatrix' = 'ean13'): Symbol {
  const sku = snapshot.shelves.find(({ code }) => code === shelf)!.items[nth]!;
  const gtin = snapshot.products.find((product) => product.sku === sku)!.barcodes[0]!.gtin;
  return { kind, text: kind === 'gs1datamatrix' ? `(01)${gtin}` : gtin.slice(1) };
}

/** Signs in and opens or joins the stocktake at a shelf. */
async function countAt(page: Page, shelf: string, login = 'lina'): Promise<void> {
  await signIn(page, login);
  await page.goto(`/count?shelf=${shelf}`);
  await hydrated(page);
  const begin = page.getByRole('button', { name: /^(Start counting|Join the count)$/ });
  const here = page.getByRole('heading', { name: `Shelf ${shelf}` });
  await expect(begin.or(here).first()).toBeVisible();
  if (await begin.isVisible()) {
    const opened = page.waitForResponse((response) => response.request().postData()?.includes('stocktake_opened') ?? false);
    await begin.click();
    await opened;
  }
  await expect(here).toBeAttached();
}

async function choose(page: Page, mode: 'Continuous' | 'Single' | 'Aimed'): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  const choice = page.getByRole('button', { name: mode, exact: true });
  await choice.click();
  await expect(choice).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
}

/** Types the quantity of the first line that is not counted. */
async function typeQuantity(page: Page, units: string): Promise<void> {
  await page.getByRole('button', { name: /not counted, enter the quantity$/ }).first().click();
  for (const digit of units) await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: `Set to ${units}` }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

async function middleOf(locator: Locator): Promise<number> {
  const box = (await locator.boundingBox())!;
  return box.x + box.width / 2;
}

test('the controls follow the hand that holds the phone', async ({ server, browserOf }) => {
  const snapshot = await snapshotOf(server.origin);
  const tape = await film([{ symbols: [symbol(snapshot, 'B-01', 0)], seconds: 1 }, { symbols: [], seconds: 30 }]);
  const page = await browserOf('phone', 'en', tape).open('/sign-in');
  await countAt(page, 'B-01');
  const trigger = page.getByRole('button', { name: /^(Scan|Pause)$/ });
  const closing = page.getByRole('button', { name: 'Close the camera' });
  await trigger.click();
  await expect(closing).toBeVisible({ timeout: 30_000 });
  expect(await middleOf(trigger)).toBeGreaterThan(195);
  expect(await middleOf(closing)).toBeGreaterThan(195);

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Left', exact: true }).click();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect.poll(() => middleOf(trigger)).toBeLessThan(195);
  expect(await middleOf(closing)).toBeLessThan(195);
  await fits(page);
  await accessible(page);
  await page.screenshot({ path: 'screenshots/left-hand-phone-en.png' });

  // Kept on this device.
  await page.reload();
  await hydrated(page);
  await expect.poll(() => middleOf(trigger)).toBeLessThan(195);
  await typeQuantity(page, '2');
  const undo = page.getByRole('button', { name: 'Undo the last one' });
  await expect(undo).toBeVisible();
  expect(await middleOf(undo)).toBeLessThan(195);
  await page.screenshot({ path: 'screenshots/left-hand-result-phone-en.png' });
});

test('a single scan takes one code a press', async ({ server, browserOf }) => {
  const snapshot = await snapshotOf(server.origin);
  const scenes: Scene[] = [0, 1, 2].flatMap((nth) => [
    { symbols: [symbol(snapshot, 'B-02', nth)], seconds: 2 },
    { symbols: [], seconds: 1.5 },
  ]);
  const page = await browserOf('phone', 'en', await film(scenes)).open('/sign-in');
  await countAt(page, 'B-02');
  await choose(page, 'Single');
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  const next = page.getByRole('button', { name: 'Scan next' });
  await expect(next).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('heading', { name: 'Counted (1)' })).toBeVisible();

  // Two more products pass by and are outlined; neither counts before the next press.
  const marks = page.locator('.scan__mark');
  for (let pass = 0; pass < 2; pass++) {
    await expect(marks).toHaveCount(0, { timeout: 10_000 });
    await expect(marks).toHaveCount(1, { timeout: 10_000 });
  }
  await expect(page.getByRole('heading', { name: 'Counted (1)' })).toBeVisible();
  await expect(page.getByRole('button', { name: / 1 pieces, change the quantity$/ })).toHaveCount(1);
  await page.screenshot({ path: 'screenshots/single-scan-phone-en.png' });
  await next.click();
  // Whichever product is in view by then, the first one again perhaps.
  const another = page.getByRole('heading', { name: 'Counted (2)' });
  const again = page.getByRole('button', { name: / 2 pieces, change the quantity$/ });
  await expect(another.or(again)).toBeVisible({ timeout: 30_000 });
  await expect(next).toBeVisible();
});

test('aiming takes only the code in the middle of a crowded shelf', async ({ server, browserOf }) => {
  const snapshot = await snapshotOf(server.origin);
  const three = [0, 1, 2].map((nth) => symbol(snapshot, 'B-03', nth, 'gs1datamatrix'));
  const page = await browserOf('phone', 'en', await film([{ symbols: three, seconds: 4 }])).open('/sign-in');
  await countAt(page, 'B-03');
  await choose(page, 'Aimed');
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Counted (1)' })).toBeVisible({ timeout: 30_000 });
  const name = snapshot.products.find(({ sku }) => sku === snapshot.shelves.find(({ code }) => code === 'B-03')!.items[1])!.name;
  await expect(page.getByRole('button', { name: new RegExp(`^${name} .* 1 pieces, change the quantity$`) })).toBeVisible();
  await expect(page.locator('.scan__mark')).toHaveCount(3);
  await page.screenshot({ path: 'screenshots/aimed-phone-en.png' });
  await choose(page, 'Continuous');
  await expect(page.getByRole('heading', { name: 'Counted (3)' })).toBeVisible({ timeout: 30_000 });
});

test('a still photo counts where no camera is to be had', async ({ server, browserOf }) => {
  const snapshot = await snapshotOf(server.origin);
  const [good, empty] = await photos([[symbol(snapshot, 'C-01', 0)], []]);
  const page = await browserOf('phone', 'en').open('/sign-in');
  await countAt(page, 'C-01');
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'No camera found' });
  await expect(alert).toContainText('Go on with a hardware scanner, a photo, or by typing.');
  await page.getByRole('button', { name: 'Close the camera' }).click();

  await page.getByRole('button', { name: 'Type', exact: true }).click();
  const photo = page.getByLabel('Read a photo');
  const file = (name: string, mimeType: string, buffer: Buffer) => photo.setInputFiles({ name, mimeType, buffer });
  await file('broken.jpg', 'image/jpeg', Buffer.from('not a picture'));
  await expect(page.getByText('This photo cannot be opened.')).toBeVisible();
  await file('empty.jpg', 'image/jpeg', empty!);
  await expect(page.getByText('No code found in the photo.')).toBeVisible({ timeout: 30_000 });
  await fits(page);
  await accessible(page);
  await file('shelf.jpg', 'image/jpeg', good!);
  await expect(page.getByRole('heading', { name: 'Counted (1)' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('a camera that is not allowed says how to allow it, and counting goes on', async ({ browserOf }) => {
  const tape = await film([{ symbols: [], seconds: 1 }]);
  const page = await browserOf('phone', 'en', tape, 'deny').open('/sign-in');
  await countAt(page, 'C-02');
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'The camera is not allowed' });
  await expect(alert).toContainText('then try again');
  await fits(page);
  await accessible(page);
  await page.screenshot({ path: 'screenshots/camera-denied-phone-en.png' });
  await alert.getByRole('button', { name: 'Try again' }).click();
  await expect(alert).toBeVisible();
  await alert.getByRole('button', { name: 'Close the camera' }).click();
  await typeQuantity(page, '5');
  await expect(page.getByRole('heading', { name: 'Counted (1)' })).toBeVisible();
});

test('what the server refuses is shown with its reason, sent again, or put away', async ({ browserOf }) => {
  const page = await browserOf('phone', 'en').open('/sign-in');
  await countAt(page, 'C-03');
  await expect(page.getByRole('button', { name: 'All sent' })).toBeVisible();
  // Master data the server does not have yet cannot be made here: its answer is.
  await page.route('**/api/v1/sync', async (route) => {
    const { events } = route.request().postDataJSON() as { events: { id: string }[] };
    const answers = events.map(({ id }) => ({ id, outcome: { is: 'refused', why: { code: 'unknown_sku' } } }));
    await route.fulfill({ json: { protocol: 1, now: Date.now(), answers, heads: [] } });
  });
  await typeQuantity(page, '8');
  await page.getByRole('button', { name: '1 refused' }).click();
  const sheet = page.getByRole('dialog', { name: 'Records on this phone' });
  await expect(sheet.getByText('The item is not known.')).toBeVisible();
  await expect(sheet.getByText('1 refused')).toBeVisible();
  await fits(page);
  await accessible(page);
  await page.screenshot({ path: 'screenshots/refused-phone-en.png' });
  // What was refused does not count.
  await expect(page.getByRole('heading', { name: /^Counted/ })).toBeHidden();

  await sheet.getByRole('button', { name: 'Close', exact: true }).click();
  await typeQuantity(page, '9');
  await page.getByRole('button', { name: '2 refused' }).click();
  await sheet.getByRole('listitem').filter({ hasText: '+9' }).getByRole('button', { name: 'Discard' }).click();
  await expect(sheet.getByRole('listitem')).toHaveCount(1);
  await page.unroute('**/api/v1/sync');
  await sheet.getByRole('listitem').filter({ hasText: '+8' }).getByRole('button', { name: 'Send again' }).click();
  await expect(sheet.getByRole('listitem')).toHaveCount(0);
  await expect(sheet.getByText('All sent')).toBeVisible();
  await sheet.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(page.getByRole('button', { name: / 8 pieces, change the quantity$/ })).toBeVisible();
});

test('finishing hands the stocktake over, and a colleague’s later scan is refused in words', async ({ server, browserOf }) => {
  const late = browserOf('phone', 'en');
  const colleague = await late.open('/sign-in');
  await countAt(colleague, 'D-01', 'wangwei');
  await typeQuantity(colleague, '3');
  await expect(colleague.getByRole('button', { name: 'All sent' })).toBeVisible();

  const page = await browserOf('phone', 'en').open('/sign-in');
  await countAt(page, 'D-02');
  await typeQuantity(page, '6');
  await expect(page.getByRole('button', { name: 'All sent' })).toBeVisible();
  await late.context.setOffline(true);

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Finish the count' }).click();
  const asked = page.getByRole('dialog', { name: 'Finish this stocktake?' });
  await expect(asked.getByText('Every scan is with the server')).toBeVisible();
  await expect(asked.getByText(/shelves have not been counted on this phone$/)).toBeVisible();
  await fits(page);
  await accessible(page);
  await page.screenshot({ path: 'screenshots/finish-phone-en.png' });
  await asked.getByRole('button', { name: 'Go on counting' }).click();
  await expect(asked).toHaveCount(0);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('button', { name: 'Finish the count' }).click();
  // Shelves are not complete: it asks once more.
  await asked.getByRole('button', { name: 'Submit', exact: true }).click();
  await asked.getByRole('button', { name: 'Submit all the same' }).click();
  await expect(page.getByRole('heading', { name: 'The stocktake is submitted' })).toBeVisible();
  await expect(page.getByText('Every scan is with the server; your manager sees them.')).toBeVisible();
  await fits(page);
  await accessible(page);
  await page.screenshot({ path: 'screenshots/submitted-phone-en.png' });
  const { stocktakes } = await snapshotOf(server.origin);
  const stocktake = todaysStocktake('S001');
  expect(stocktakes.find(({ id }) => id === stocktake)?.submitted_at).not.toBeNull();

  // The colleague's phone did not know; what it counted since is kept with the reason.
  await typeQuantity(colleague, '4');
  await late.context.setOffline(false);
  await colleague.getByRole('button', { name: '1 refused' }).click();
  const sheet = colleague.getByRole('dialog', { name: 'Records on this phone' });
  await expect(sheet.getByText('A colleague had submitted the stocktake before this was scanned.')).toBeVisible();
  await expect(sheet.getByRole('button', { name: 'Send again' })).toHaveCount(0);
  await sheet.getByRole('button', { name: 'Discard' }).click();
  await expect(sheet.getByText('All sent')).toBeVisible();
  late.errors.length = 0;

  // A new count is another stocktake.
  await page.getByRole('button', { name: 'Start another stocktake' }).click();
  await page.getByRole('button', { name: 'Start counting' }).click();
  await expect(page.getByRole('heading', { name: 'Scan a shelf label first' })).toBeVisible();
  await expect(page.getByText(/0 lines by me/)).toBeVisible();
  await expect
    .poll(async () => (await snapshotOf(server.origin)).stocktakes.filter(({ submitted_at }) => submitted_at === null).length)
    .toBe(1);
});
