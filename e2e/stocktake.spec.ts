import type { Page } from '@playwright/test';
import { accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { type Scene, type Symbol, film } from './support/camera.ts';
import { Machine, type Snapshot } from './support/machine.ts';

/** Another clerk of S001, by login. */
async function colleague(origin: string): Promise<string> {
  const hq = await Machine.signIn(origin, 'hq');
  interface Account {
    login: string;
    role: string;
    scope: { store?: string };
  }
  const answer = await hq.get<Account[] | { people: Account[] }>('/api/v1/people');
  const people = Array.isArray(answer) ? answer : answer.people;
  const other = people.find(({ login, role, scope }) => role === 'clerk' && scope.store === 'S001' && login !== 'lina');
  if (!other) throw new Error('S001 has only one clerk');
  return other.login;
}

/** The shelf's label, then so many of its products, one after the other. */
async function walkAlong(snapshot: Snapshot, shelfCode: string, nProducts: number): Promise<string> {
  const shelf = snapshot.shelves.find(({ code }) => code === shelfCode)!;
  const label = `ST1:${snapshot.store.code}:${shelf.code}:${shelf.signature}`;
  const symbols = shelf.items.slice(0, nProducts).map((sku): Symbol => {
    const gtin = snapshot.products.find((product) => product.sku === sku)!.barcodes[0]!.gtin;
    return { kind: 'ean13', text: gtin.slice(1) };
  });
  const scenes: Scene[] = [{ symbols: [{ kind: 'qrcode', text: label }], seconds: 3 }];
  for (const symbol of symbols) scenes.push({ symbols: [], seconds: 1.5 }, { symbols: [symbol], seconds: 2 });
  scenes.push({ symbols: [], seconds: 30 });
  return film(scenes);
}

/** Looks at a page in every size it is made for. */
async function look(page: Page, name: string, sizes: { width: number; height: number }[]): Promise<void> {
  const before = page.viewportSize();
  for (const size of sizes) {
    await page.setViewportSize(size);
    await fits(page);
    await accessible(page);
    await page.screenshot({ path: `screenshots/${name}-${size.width}.png`, fullPage: size.width > 500 });
  }
  if (before) await page.setViewportSize(before);
}

const ALL = [
  { width: 1440, height: 900 },
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

test('a manager plans, two clerks count, one counts again, and the manager approves', async ({ server, browserOf }) => {
  test.setTimeout(360_000);
  const other = await colleague(server.origin);
  const snapshot = await (await Machine.signIn(server.origin, 'lina')).snapshot('S001');
  const tape = await walkAlong(snapshot, 'A-01', 3);
  const second = snapshot.shelves.find(({ code }) => code === 'A-02')!;

  // The manager plans two shelves, the first of them Li Na's.
  const manager = await browserOf('desktop', 'en').open('/sign-in');
  await signIn(manager, 'wangwei');
  await manager.goto('/stocktakes/S001');
  await hydrated(manager);
  await look(manager, 'stocktakes-empty-en', ALL);
  await manager.getByRole('link', { name: 'Plan a stocktake' }).click();
  await expect(manager.getByRole('heading', { name: 'Plan a stocktake', level: 1 })).toBeVisible();
  await look(manager, 'stocktake-new-full-en', ALL.slice(0, 1));
  await manager.getByRole('radio', { name: /^Zones/ }).check();
  for (const shelf of ['A-01', 'A-02']) await manager.getByRole('checkbox', { name: new RegExp(`^${shelf} `) }).check();
  await manager.getByText('Shelf by shelf').first().click();
  await manager.getByRole('combobox', { name: 'Shelf A-01', exact: true }).selectOption({ label: '李娜 · Clerk' });
  await manager.getByLabel('Pieces, more than').fill('0');
  const planned = snapshot.shelves.filter(({ code }) => ['A-01', 'A-02'].includes(code));
  const nLines = planned.reduce((sum, { items }) => sum + items.length, 0);
  const takes = manager.locator('.plan-form__preview');
  await expect(takes.locator('.figure__value').first()).toHaveText(new RegExp(`^${nLines}\\b`));
  await look(manager, 'stocktake-new-en', ALL);
  await manager.getByRole('button', { name: 'Start the stocktake' }).click();
  await expect(manager.getByText('Not begun · 0 of 1 assigned shelves complete')).toBeVisible();
  await expect(manager.getByText('Live', { exact: true })).toBeVisible();

  // Li Na finds her shelf on her phone and scans three products there.
  const lina = await browserOf('phone', 'zh', tape).open('/sign-in');
  await signIn(lina, 'lina');
  await expect(lina.getByText('您的货架').first()).toBeVisible();
  await lina.goto('/count');
  await hydrated(lina);
  await lina.getByRole('button', { name: '加入盘点' }).click();
  await expect(lina.getByRole('heading', { name: '我的货架' })).toBeVisible();
  await lina.screenshot({ path: 'screenshots/count-my-shelves-zh.png' });
  await accessible(lina);
  await lina.getByRole('button', { name: '开始扫描' }).click();
  await expect(lina.getByRole('heading', { name: '已盘（3）' })).toBeVisible({ timeout: 90_000 });
  await lina.getByRole('button', { name: '暂停扫描' }).click();

  // The manager sees her there, without a reload.
  await expect(manager.locator('.shelf-progress__row', { hasText: 'A-01' }).getByText('李娜, now')).toBeVisible();
  await look(manager, 'stocktake-progress-en', ALL);
  await lina.getByRole('button', { name: /^盘完了，还有 \d+ 行没盘$/ }).click();
  await expect(lina.getByRole('button', { name: /^A-01/ })).toContainText('盘完');
  await expect(manager.locator('.shelf-progress__row', { hasText: 'A-01' }).getByText('Complete')).toBeVisible();

  // A colleague sees who is where, and counts one line of the other shelf by hand.
  const phone = await browserOf('phone', 'en').open('/sign-in');
  await signIn(phone, other);
  await phone.goto('/count');
  await hydrated(phone);
  await phone.getByRole('button', { name: 'Join the count' }).click();
  await expect(phone.getByRole('button', { name: /^A-01/ })).toContainText('Complete');
  await phone.getByRole('button', { name: /^A-02/ }).click();
  await enter(phone, '0');
  await phone.screenshot({ path: 'screenshots/count-shelf-en.png' });
  await accessible(phone);

  // Submitting warns about what is unfinished; the manager ends the counting instead.
  await phone.getByRole('button', { name: 'Change shelf' }).click();
  await phone.getByRole('button', { name: 'Finish the count' }).click();
  await phone.getByRole('button', { name: 'Submit', exact: true }).click();
  await expect(phone.getByRole('button', { name: 'Submit all the same' })).toBeVisible();
  await phone.screenshot({ path: 'screenshots/count-submit-warning-en.png' });
  await accessible(phone);
  await phone.getByRole('button', { name: 'Go on counting' }).click();
  await expect(phone.getByText('All sent').first()).toBeVisible();
  await manager.getByRole('button', { name: 'End counting and review' }).click();
  const ends = manager.getByRole('dialog');
  await expect(ends.getByText('Shelves not complete yet: 1.')).toBeVisible();
  await accessible(manager);
  await ends.getByRole('button', { name: 'End counting and review' }).click();

  // Four lines are off: all must be counted again, each by the other of the two.
  await expect(manager.getByRole('button', { name: 'Ask for all recounts (4)' })).toBeVisible();
  await expect(manager.locator('.review__line')).toHaveCount(4);
  await look(manager, 'stocktake-review-en', ALL);
  await manager.getByRole('button', { name: 'Ask for all recounts (4)' }).click();
  await manager.getByRole('dialog').getByRole('button', { name: 'Ask for a recount' }).click();
  await expect(manager.getByText('Lines waiting for a recount: 4.')).toBeVisible();

  await phone.goto('/');
  await hydrated(phone);
  await expect(phone.getByRole('link', { name: /^Count again on A-01/ })).toHaveCount(3);
  await expect(phone.getByText(/^Lines to count again: 1\. You counted them/)).toBeVisible();
  await phone.screenshot({ path: 'screenshots/home-recounts-en.png' });
  await accessible(phone);
  await phone.getByRole('link', { name: /^Count again on A-01/ }).first().click();
  // It leads to the very item.
  await expect(phone.getByRole('dialog', { name: 'How many are on the shelf?' })).toBeVisible();
  await type(phone, '1');
  for (const units of ['1', '2']) await enter(phone, units);
  await phone.screenshot({ path: 'screenshots/count-recount-en.png' });
  await accessible(phone);
  await lina.goto('/count');
  await hydrated(lina);
  await lina.getByRole('link', { name: new RegExp(`货架 ${second.code}`) }).click();
  await hydrated(lina);
  await type(lina, '0', /^记为 0 件$/);

  // Three agree; of the fourth the manager takes one.
  await manager.getByRole('button', { name: /^Disputed/ }).click();
  await expect(manager.locator('.review__line')).toHaveCount(1, { timeout: 30_000 });
  await look(manager, 'stocktake-disputed-en', ALL);
  await manager.getByRole('button', { name: 'Take 李娜’s' }).click();
  await expect(manager.getByText('No lines here')).toBeVisible();

  await manager.getByRole('button', { name: /^Uncounted/ }).click();
  await manager.getByRole('button', { name: 'Count as 0' }).first().click();
  await look(manager, 'stocktake-uncounted-en', ALL.slice(2));
  await manager.getByRole('button', { name: 'Approve', exact: true }).click();
  const approve = manager.getByRole('dialog');
  await expect(approve.getByRole('button', { name: 'Approve' })).toBeDisabled();
  await approve.getByRole('radio', { name: /^As I marked: 1 as 0/ }).check();
  await accessible(manager);
  await manager.screenshot({ path: 'screenshots/stocktake-approve-en.png' });
  await approve.getByRole('button', { name: 'Approve' }).click();
  await expect(manager.getByText('Approved: variances are posted.')).toBeVisible();
  await expect(manager.getByText('Approved', { exact: true })).toBeVisible();

  // It can be read for ever, in the other language too, and measured.
  await manager.context().addCookies([{ name: 'lang', value: 'zh', url: server.origin }]);
  await manager.goto('/stocktakes/S001');
  await hydrated(manager);
  await expect(manager.getByText('已入账')).toBeVisible();
  await look(manager, 'stocktakes-zh', ALL);
  await manager.getByRole('link', { name: /分区盘点/ }).click();
  await expect(manager.locator('.review__line').first()).toBeVisible();
  await look(manager, 'stocktake-approved-zh', ALL);
  await manager.goto('/accuracy');
  await hydrated(manager);
  await expect(manager.getByRole('heading', { name: '账实准确率' })).toBeVisible();
  await look(manager, 'accuracy-store-zh', ALL);
});

/** Types a number into the keypad and keeps it. */
async function type(page: Page, units: string, keep = new RegExp(`^Set to ${units}$`)): Promise<void> {
  for (const digit of units) await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: keep }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
}

/** Enters the quantity of the first line that is not counted yet. */
async function enter(page: Page, units: string): Promise<void> {
  await page.getByRole('button', { name: /not counted, enter the quantity$/ }).first().click();
  await type(page, units);
}

test('sheets are printed, filled in with a pen and keyed in with the keyboard alone', async ({ server, browserOf }) => {
  test.setTimeout(240_000);
  const page = await browserOf('desktop', 'zh').open('/sign-in');
  await signIn(page, 'wangwei');
  await page.goto('/stocktakes/S001/new');
  await hydrated(page);
  await page.getByRole('radio', { name: /^随机抽盘/ }).check();
  await page.getByLabel('盘几行').fill('6');
  await page.getByLabel('盘几行').press('Tab');
  await expect(page.locator('.plan-form__preview .figure__value').first()).toHaveText(/^6\b/);
  await look(page, 'stocktake-new-zh', ALL);
  await page.getByRole('button', { name: '开始盘点' }).click();
  await expect(page.getByRole('link', { name: '打印盘点单' })).toBeVisible();
  const sheetPath = await page.getByRole('link', { name: '打印盘点单' }).getAttribute('href');
  const keyInPath = await page.getByRole('link', { name: '录入盘点单' }).getAttribute('href');

  await page.goto(keyInPath!);
  await hydrated(page);
  await page.getByLabel('纸上的盘点人').fill('李娜');
  // When it was counted is on the sheet: not in the future, not before the stocktake began.
  const time = page.getByLabel('盘点时间');
  const now = await time.inputValue();
  expect(now).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d$/);
  const save = page.getByRole('button', { name: '保存这一张' });
  for (const [wrong, why] of [
    ['', '请填写盘点时间。'],
    ['2099-01-01T08:00', '盘点时间还没到。请照盘点单上写的填。'],
    ['2020-01-01T08:00', '盘点时间早于这次盘点开始。请核对盘点单。'],
  ] as const) {
    await time.fill(wrong);
    await save.click();
    await expect(page.getByText(why)).toBeVisible();
    await expect(time).toBeFocused();
  }
  await page.screenshot({ path: 'screenshots/key-in-time-zh.png' });
  await time.fill(now);
  const boxes = page.locator('.key-in__units');
  const n = await boxes.count();
  await boxes.first().focus();
  for (let line = 0; line < n; line++) {
    await page.keyboard.type('3');
    await page.keyboard.press('Enter');
  }
  await expect(page.getByRole('button', { name: '保存这一张' })).toBeFocused();
  await look(page, 'key-in-zh', ALL);
  await page.getByRole('button', { name: '保存这一张' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByText(`已保存 ${n} 行。`)).toBeVisible();
  const auditor = await Machine.signIn(server.origin, 'auditor');
  interface Told {
    effective_at: number;
    what: { sheet_keyed?: { counted_by: string }; counted?: { units: number }; count_undone?: { units: number } };
  }
  const told = async (): Promise<Told[]> =>
    (await auditor.get<{ events: Told[] }>('/api/v1/events?store=S001&limit=20')).events;
  const events = await told();
  expect(events.some(({ what }) => what.sheet_keyed?.counted_by === '李娜')).toBe(true);
  const counts = events.filter(({ what }) => what.counted?.units === 3);
  expect(counts).toHaveLength(n);
  // Within the minute that stands in the field, or at the opening in the same minute.
  const minute = Date.parse(`${now}:00+08:00`);
  for (const { effective_at } of counts) expect(effective_at - minute).toBeLessThan(60_000);

  // Emptying a saved box takes the count back, after a reload too.
  await page.goto(keyInPath!);
  await hydrated(page);
  await page.getByRole('combobox', { name: '货架' }).selectOption({ index: 0 });
  await expect(boxes.first()).toHaveValue('3');
  await boxes.first().fill('');
  await save.click();
  await expect(page.getByText('已保存 1 行。')).toBeVisible();
  expect((await told()).some(({ what }) => what.count_undone !== undefined)).toBe(true);
  await page.goto(keyInPath!);
  await hydrated(page);
  await expect(boxes.first()).toHaveValue('');

  await page.goto(sheetPath!);
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 794, height: 1123 });
  await page.screenshot({ path: 'screenshots/count-sheet-zh.png' });
  await expect(page.locator('.count-sheet__box')).toHaveCount(6);
  await page.emulateMedia({ media: 'screen' });

  // What nobody needs is cancelled, with its reason.
  await page.goto(keyInPath!.replace('/key-in', ''));
  await hydrated(page);
  await page.getByRole('button', { name: '取消盘点' }).click();
  await page.getByRole('dialog').getByLabel('原因（可不填）').fill('抽错了');
  await page.getByRole('dialog').getByRole('button', { name: '取消盘点' }).click();
  await expect(page.getByText('已取消。')).toBeVisible();
});

test('headquarters reaches every store, an auditor reads, a clerk sees none', async ({ browserOf }) => {
  const hq = await browserOf('desktop', 'zh').open('/sign-in');
  await signIn(hq, 'hq');
  await hq.goto('/stocktakes');
  await hydrated(hq);
  await look(hq, 'stocktakes-chain-zh', ALL);
  await hq.goto('/accuracy');
  await hydrated(hq);
  await look(hq, 'accuracy-chain-zh', ALL);
  await hq.goto('/stocktakes/S003');
  await hydrated(hq);
  await hq.locator('.stocktakes__row').first().click();
  await expect(hq.locator('.review__line, .shelf-progress__row').first()).toBeVisible();
  await look(hq, 'stocktake-seeded-zh', ALL);

  const auditor = await browserOf('desktop', 'en').open('/sign-in');
  await signIn(auditor, 'auditor');
  await auditor.goto('/stocktakes/S003');
  await hydrated(auditor);
  await expect(auditor.getByRole('link', { name: /Plan a stocktake|Change the plan/ })).toHaveCount(0);
  await auditor.locator('.stocktakes__row').first().click();
  await expect(auditor.locator('.review__line, .shelf-progress__row').first()).toBeVisible();
  await expect(auditor.getByRole('button', { name: /Approve|Cancel the stocktake/ })).toHaveCount(0);

  const browser = browserOf('phone', 'en');
  const clerk = await browser.open('/sign-in');
  await signIn(clerk, 'lina');
  await clerk.goto('/stocktakes/S001');
  await hydrated(clerk);
  await expect(clerk.getByRole('heading', { name: 'This is not open to you' })).toBeVisible();
  browser.errors.length = 0; // The browser tells of the 403.
});
