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

const EDIT = {
  zh: {
    number: '数值', save: '保存为新版本', saved: '已保存，已生效。', version: (n: number) => `第 ${n} 版`, sentence: (n: number) => `高于 ${n}% 时预警`,
    quiet: '这段时间不通知，过后再通知', from: '从', to: '到', places: '看哪些门店', stores: '按门店选', goods: '看哪些商品', products: '按商品选',
    sku: '商品编码', add: '加上', nothing: '还没有选：至少选一个，或者选全部。',
  },
  en: {
    number: 'Number', save: 'Save as a new version', saved: 'Saved, and in force.', version: (n: number) => `version ${n}`,
    sentence: (n: number) => `above ${n} %.`, quiet: 'Tell nobody in these hours, but afterwards', from: 'From', to: 'To',
    places: 'In which stores', stores: 'Some stores', goods: 'At which goods', products: 'Some products', sku: 'Product code', add: 'Add',
    nothing: 'Nothing is chosen: choose at least one, or all.',
  },
} as const;

for (const [run, [device, language]] of ([['phone', 'zh'], ['desktop', 'zh'], ['phone', 'en'], ['desktop', 'en']] as const).entries()) {
  test(`a rule is changed and saved as the next version, on a ${device}, ${language}`, async ({ browserOf }) => {
    const words = { ...WORDS[language], ...EDIT[language] };
    const percent = 41 + run;
    const page = await browserOf(device, language).open();
    await signIn(page, 'hq');
    await page.goto('/rules');
    await hydrated(page);
    const rule = page.locator('.case').filter({ has: page.getByRole('heading', { name: words.rule, exact: true }) });
    // The newest stands first; what it says of versions is in the rule's own line.
    const version = Number(/(\d+)/.exec((await rule.getByText(/第 \d+ 版|version \d+/).first().textContent())!)![1]);
    await rule.getByRole('link', { name: words.edit }).click();
    await hydrated(page);
    await page.getByLabel(words.number, { exact: true }).fill(String(percent));
    await expect(page.getByText(words.sentence(percent)).first()).toBeVisible();

    const from = page.getByLabel(words.from, { exact: true });
    await from.fill('21:30');
    await page.getByLabel(words.to, { exact: true }).fill('06:15');
    // The run before has saved a choice: all of them first, then some.
    await page.getByRole('combobox', { name: words.places }).selectOption({ index: 0 });
    await page.getByRole('combobox', { name: words.places }).selectOption({ label: words.stores });
    await expect(page.getByText(words.nothing)).toBeVisible();
    await expect(page.getByRole('button', { name: words.save })).toBeDisabled();
    await page.getByRole('checkbox', { name: / S001$/ }).check();
    await page.getByRole('combobox', { name: words.goods }).selectOption({ index: 0 });
    await page.getByRole('combobox', { name: words.goods }).selectOption({ label: words.products });
    await page.getByLabel(words.sku).fill('100234');
    await page.getByRole('button', { name: words.add, exact: true }).click();
    await expect(page.getByText(words.nothing)).toHaveCount(0);
    await fits(page);
    await accessible(page);
    await page.screenshot({ path: `screenshots/rule-edit-${device}-${language}.png`, fullPage: true });
    await page.getByRole('button', { name: words.save }).click();
    await expect(page.getByText(words.saved)).toBeVisible();

    await page.goto('/rules');
    await hydrated(page);
    await expect(rule.getByText(words.version(version + 1)).first()).toBeVisible();
    await expect(rule.getByText(words.sentence(percent)).first()).toBeVisible();
    await rule.getByRole('link', { name: words.edit }).click();
    await hydrated(page);
    await expect(from).toHaveValue('21:30');
    await expect(page.getByRole('checkbox', { name: / S001$/ })).toBeChecked();
    await expect(page.getByText('100234', { exact: true })).toBeVisible();
  });
}
