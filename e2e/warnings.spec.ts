import { accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { Machine } from './support/machine.ts';

const WORDS = {
  zh: {
    rule: '低于安全库存且销量上升', sentence: '当可用库存低于安全库存，并且近 3 天销量涨幅高于 30% 时预警。', edit: '编辑', try: '试一试',
    fired: '会触发', pause: '暂停', paused: '已暂停', resume: '启用', negative: '负库存', take: '我来处理', close: '结束', counted: '已盘点',
  },
  en: {
    rule: 'Below safety stock and selling faster',
    sentence: 'Warn when available stock is below the safety stock and 3-day sales growth is above 30 %.', edit: 'Edit', try: 'Try',
    fired: 'Would have fired', pause: 'Pause', paused: 'Paused', resume: 'Put to work', negative: 'Negative stock', take: 'Take it',
    close: 'Close', counted: 'Counted',
  },
} as const;

for (const language of ['zh', 'en'] as const) {
  const words = WORDS[language];

  test(`rules are read, tried on the past and paused, ${language}`, async ({ browserOf }) => {
    const page = await browserOf('desktop', language).open();
    await signIn(page, 'hq');
    await page.goto('/rules');
    await hydrated(page);
    const rule = page.locator('.case').filter({ has: page.getByRole('heading', { name: words.rule, exact: true }) });
    await expect(rule.getByText(words.sentence, { exact: true }).first()).toBeVisible();
    await fits(page);
    await accessible(page);
    await page.screenshot({ path: `screenshots/rules-desktop-${language}.png`, fullPage: true });

    await rule.getByRole('button', { name: words.pause }).click();
    await expect(rule.getByText(words.paused, { exact: true }).first()).toBeVisible();
    await rule.getByRole('button', { name: words.resume }).click();
    await expect(rule.getByRole('button', { name: words.pause })).toBeVisible();

    await rule.getByRole('link', { name: words.edit }).click();
    await hydrated(page);
    await expect(page.getByText(words.sentence, { exact: true }).first()).toBeVisible();
    await page.getByRole('button', { name: words.try, exact: true }).click();
    await expect(page.getByText(words.fired, { exact: true })).toBeVisible({ timeout: 60_000 });
    await fits(page);
    await accessible(page);
    await page.screenshot({ path: `screenshots/rule-desktop-${language}.png`, fullPage: true });
  });

  for (const device of ['phone', 'kiosk'] as const) {
    test(`stock below nothing warns the manager, who counts, on a ${device}, ${language}`, async ({ browserOf, server }) => {
      const till = await Machine.signIn(server.origin, 'wangwei');
      const snapshot = await till.snapshot('S001');
      // Each run sells another product short.
      const n = ['phone', 'kiosk'].indexOf(device) * 2 + (language === 'zh' ? 0 : 1);
      const shelf = snapshot.shelves[n]!;
      const sku = shelf.items[0]!;
      const name = snapshot.products.find((product) => product.sku === sku)!.name;
      const legs = [{ place: { shelf: shelf.code }, sku, units: -500 }, { place: 'customer', sku, units: 500 }];
      const sold = till.event(snapshot, { moved: { kind: 'sale', legs } });
      expect((await till.sync([sold]))[0]?.outcome.is).toBe('accepted');

      const page = await browserOf(device, language).open();
      await signIn(page, 'wangwei');
      await page.goto('/warnings?list=open');
      await hydrated(page);
      const warning = page.locator('.case').filter({ hasText: words.negative }).filter({ hasText: name });
      // The follower judges behind the writer.
      await expect(async () => {
        await page.reload();
        await expect(warning).toHaveCount(1, { timeout: 1_000 });
      }).toPass();
      await hydrated(page);
      await fits(page);
      await accessible(page);
      await page.screenshot({ path: `screenshots/warnings-${device}-${language}.png`, fullPage: true });
      await warning.getByRole('button', { name: words.take }).click();
      await warning.getByRole('button', { name: words.close }).click();
      await warning.getByRole('combobox').selectOption({ label: words.counted });
      await accessible(page);
      await page.screenshot({ path: `screenshots/warning-close-${device}-${language}.png`, fullPage: true });
      await warning.locator('button[type=submit]').click();
      await expect(warning).toHaveCount(0);
    });
  }
}
