import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { type Page, test } from '@playwright/test';
import { accessible, Browser, type Device, expect, fits, hydrated, type Language, signIn } from './fixtures.ts';
import { BINARY } from './support/seeded.ts';
import { Server } from './support/server.ts';

const WORDS = {
  zh: {
    title: '补货建议', order: '下采购单', ordered: /已下采购单 RO-S001-/, set: '手工设定', safety: '安全库存（件）', reason: '原因（必填）',
    save: '保存', by: /手工设定：国庆备货/, why: '国庆备货', columns: '门店编码,门店', empty: '现在没有要补的', search: '品名或编码', filter: '筛选',
    plan: '区域调拨方案', make: '计算方案', again: '重新计算', request: '申请全部采纳的', done: /条已申请，对方门店已收到通知/, most: /最多 \d+ 件/,
    fix: '有的数量超出了范围，先改好。', requested: '已申请',
  },
  en: {
    title: 'What to order', order: 'Order', ordered: /Order RO-S001-.* is made/, set: 'Set by hand', safety: 'Safety stock, pieces',
    reason: 'Reason (needed)', save: 'Save', by: /Set by .*: holiday stock/, why: 'holiday stock', columns: 'Store code,Store',
    empty: 'Nothing to order now', search: 'Name or code', filter: 'Filter', plan: 'Transfers of a region', make: 'Make a plan',
    again: 'Make another', request: 'Request all accepted', done: /lines are requested. The other stores have been told/, most: /At most \d+/,
    fix: 'Some quantities are out of bounds: correct them first.', requested: 'Requested',
  },
} satisfies Record<Language, object>;

let shop: Server;

/** Demand is forecast from a week of sales at least: more days than other tests have. */
function threeWeeks(dataDir: string): void {
  rmSync(dataDir, { recursive: true });
  const size = ['--days', '21', '--stores', '4', '--products', '150'];
  execFileSync(BINARY, ['--data-dir', dataDir, 'seed', ...size], { stdio: ['ignore', 'ignore', 'inherit'] });
}

test.beforeAll(async () => {
  test.setTimeout(180_000);
  shop = await Server.start(undefined, threeWeeks);
});
test.afterAll(() => shop.stop());

/** Does something in a browser of its own, and looks at its console in the end. */
async function within(device: Device, language: Language, what: (page: Page) => Promise<void>, at = shop): Promise<void> {
  const browser = new Browser(at.origin, device, language);
  try {
    await what(await browser.open());
  } finally {
    await browser.close();
  }
  expect(browser.errors, 'console errors').toEqual([]);
}

/** Opens the lines once the server has read every store. */
async function openLines(page: Page, query = ''): Promise<void> {
  await expect(async () => {
    await page.goto(`/replenishment${query}`);
    await expect(page.locator('.order-table__row').first()).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await hydrated(page);
}

for (const language of ['zh', 'en'] as const) {
  const words = WORDS[language];

  for (const device of ['desktop', 'phone'] as const) {
    test(`a manager orders what runs out, on a ${device}, ${language}`, async () => {
      await within(device, language, async (page) => {
        await signIn(page, 'wangwei');
        await openLines(page);
        await expect(page.getByRole('heading', { name: words.title })).toBeVisible();
        await fits(page);
        await accessible(page);
        await page.screenshot({ path: `screenshots/replenishment-${device}-${language}.png`, fullPage: true });

        const first = page.locator('.order-table__row').first();
        const name = (await first.locator('.table__sub').first().textContent()) ?? '';
        await first.getByRole('checkbox').check();
        await accessible(page);
        await page.screenshot({ path: `screenshots/replenishment-chosen-${device}-${language}.png` });
        await page.getByRole('button', { name: words.order, exact: true }).click();
        await expect(page.getByText(words.ordered)).toBeVisible();
        await expect(page.locator('.order-table__row').filter({ hasText: name })).toHaveCount(0);
        await page.screenshot({ path: `screenshots/replenishment-ordered-${device}-${language}.png` });
      });
    });
  }

  test(`a safety stock is set by hand, with who and why, ${language}`, async () => {
    await within('desktop', language, async (page) => {
      await signIn(page, 'wangwei');
      await openLines(page);
      // Each language sets another line.
      const line = page.locator('.order-table__row').nth(language === 'zh' ? 0 : 1);
      const sku = ((await line.locator('.table__sub').first().textContent()) ?? '').split(' · ')[0]!;
      await line.getByRole('button', { name: words.set }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(words.safety).fill('77');
      await dialog.getByRole('button', { name: words.save }).click();
      await expect(dialog.getByRole('alert')).not.toBeEmpty();
      await dialog.getByLabel(words.reason).fill(words.why);
      await accessible(page);
      await page.screenshot({ path: `screenshots/override-desktop-${language}.png` });
      await dialog.getByRole('button', { name: words.save }).click();
      await expect(dialog).toHaveCount(0);
      await page.goto(`/replenishment?sku=${sku}`);
      await hydrated(page);
      const set = page.locator('.order-table__row').filter({ hasText: sku });
      await expect(set.getByText(words.by)).toBeVisible();
      await expect(set.getByRole('cell').filter({ hasText: '77' }).first()).toBeVisible();
    });
  });

  test(`lines are filtered and exported for spreadsheets, ${language}`, async () => {
    await within('desktop', language, async (page) => {
      await signIn(page, 'hq');
      await openLines(page);
      await page.screenshot({ path: `screenshots/replenishment-chain-${language}.png` });
      const download = page.waitForEvent('download');
      await page.locator('a[download]').click();
      const text = readFileSync(await (await download).path(), 'utf8');
      expect(text.startsWith(`\u{feff}${words.columns}`)).toBe(true);
      expect(text.split('\r\n').length).toBeGreaterThan(2);
      await page.getByLabel(words.search).fill('no such thing');
      await page.getByRole('button', { name: words.filter }).click();
      await expect(page.getByText(words.empty)).toBeVisible();
      await hydrated(page);
      await accessible(page);
      await page.screenshot({ path: `screenshots/replenishment-none-${language}.png` });
    });
  });

  test(`a regional manager has the region planned and requests it, ${language}`, async () => {
    test.setTimeout(180_000);
    // What one plan has requested, the next does not plan again: each has a chain of its own.
    const own = await Server.start(undefined, threeWeeks);
    await within(language === 'zh' ? 'desktop' : 'phone', language, async (page) => {
      await signIn(page, 'east');
      await page.goto('/transfers/plan');
      await hydrated(page);
      await expect(page.getByRole('heading', { name: words.plan })).toBeVisible();
      await accessible(page);
      await page.screenshot({ path: `screenshots/region-plan-none-${language}.png` });
      const make = page.getByRole('button', { name: new RegExp(`^(${words.make}|${words.again})$`) });
      await make.click();
      const line = page.locator('.plan-line').filter({ has: page.locator('input[type=number]:enabled') });
      await expect(line.first()).toBeVisible({ timeout: 60_000 });
      await fits(page);
      await accessible(page);
      await page.screenshot({ path: `screenshots/region-plan-${language}.png`, fullPage: true });

      const units = line.first().getByRole('spinbutton');
      const planned = await units.inputValue();
      await units.fill('99999');
      await expect(line.first().getByText(words.most)).toBeVisible();
      await page.getByRole('button', { name: words.request }).click();
      await expect(page.getByText(words.fix)).toBeVisible();
      await accessible(page);
      await page.screenshot({ path: `screenshots/region-plan-wrong-${language}.png` });
      await units.fill(planned);
      // What is left out is not requested.
      const n = await line.count();
      if (n > 1) await line.last().getByRole('checkbox').uncheck();
      await page.getByRole('button', { name: words.request }).click();
      await expect(page.getByText(words.done)).toBeVisible();
      await expect(page.locator('.plan-line .region-plan__done')).toHaveCount(n > 1 ? n - 1 : 1);
      await page.screenshot({ path: `screenshots/region-plan-requested-${language}.png`, fullPage: true });
      await page.locator('.region-plan__done').first().click();
      await expect(page).toHaveURL(/\/transfers\/[0-9A-Z]{26}$/);
    }, own);
    await own.stop();
  });

  test(`a store's manager plans no region, ${language}`, async () => {
    const browser = new Browser(shop.origin, 'phone', language);
    const page = await browser.open();
    await signIn(page, 'wangwei');
    const response = await page.goto('/transfers/plan');
    expect(response?.status()).toBe(403);
    await page.screenshot({ path: `screenshots/region-plan-forbidden-${language}.png` });
    await browser.close();
  });
}
