import type { Page } from '@playwright/test';
import { type Device, type Language, accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { managerOf, spare } from './support/transfer.ts';

/** What the pages say. */
const WORDS = {
  zh: {
    ask: '申请调拨',
    item: '商品',
    find: '查找',
    units: '要多少件',
    sources: '找货源',
    request: '申请调 4 件',
    confirm: '确认调出',
    confirmed: '已确认，等拣货。',
    byHandPick: '手工填写拣货',
    pick: '记录拣货',
    picked: '已记录拣货，可以交接了。',
    handOver: '交接发货',
    nameless: '请填写由谁带走。',
    driver: '司机姓名',
    handedOver: '已交接，货在途中。',
    byHandReceive: '手工填写收货',
    receive: '收货',
    sound: '完好',
    short: /少 1 件/,
    received: '已收货。',
    disputed: '有差异',
    settle: '处理差异',
    closed: '已完成',
    more: '更多',
    points: '得分和扣分',
    appeal: '申诉',
    why: '为什么不该扣',
    send: '提交申诉',
    sent: '已申诉，等稽核裁定。',
  },
  en: {
    ask: 'Request',
    item: 'Item',
    find: 'Find',
    units: 'How many',
    sources: 'Find sources',
    request: 'Request 4 pieces',
    confirm: 'Confirm',
    confirmed: 'Confirmed. The goods can be picked.',
    byHandPick: 'Enter the picking by hand',
    pick: 'Record the picking',
    picked: 'Picked. The goods can be handed over.',
    handOver: 'Hand over',
    nameless: 'Say who takes the goods along.',
    driver: 'Driver’s name',
    handedOver: 'Handed over. The goods are in transit.',
    byHandReceive: 'Enter the receipt by hand',
    receive: 'Receive',
    sound: 'Sound',
    short: /1 short/,
    received: 'Received.',
    disputed: 'Discrepancy',
    settle: 'Settle the discrepancy',
    closed: 'Closed',
    more: 'More',
    points: 'Points',
    appeal: 'Appeal',
    why: 'Why is it not deserved?',
    send: 'Send the appeal',
    sent: 'Sent. An auditor will decide.',
  },
} satisfies Record<Language, object>;

/** Looks at a page as it is. */
async function look(page: Page, name: string): Promise<void> {
  await fits(page);
  await accessible(page);
  await page.screenshot({ path: `screenshots/transfer-${name}.png` });
}

/** Takes the awaited step: opens its form, changes it, sends it, answers the question if there is one. */
async function take(
  page: Page,
  words: string,
  form: () => Promise<void> = async () => {},
  { asks = false, opens = words } = {},
): Promise<void> {
  await page.getByRole('button', { name: opens, exact: true }).click();
  await expect(page.getByRole('heading', { name: words, exact: true })).toBeVisible();
  await form();
  await page.getByRole('button', { name: words, exact: true }).click();
  if (asks) await page.getByRole('dialog').getByRole('button', { name: words, exact: true }).click();
}

for (const [device, language] of [['phone', 'zh'], ['desktop', 'en']] satisfies [Device, Language][]) {
  test(`goods go from one store to another and one piece is missing, ${device}, ${language}`, async ({ server, browserOf }) => {
    test.setTimeout(420_000);
    const words = WORDS[language];
    const { sku, from } = await spare(server.origin, 'S001', 4);
    const named = (name: string) => `${name}-${device}-${language}`;

    // The store that wants the goods finds who can spare them and asks.
    const receiver = await browserOf(device, language).open('/sign-in');
    await signIn(receiver, 'wangwei');
    if (device === 'phone') {
      await receiver.getByRole('link', { name: words.more }).click();
      await expect(receiver.getByRole('heading', { level: 1, name: words.more })).toBeVisible();
      await look(receiver, named('more'));
    }
    await receiver.goto('/transfers');
    await hydrated(receiver);
    await look(receiver, named('none'));
    await receiver.getByRole('main').getByRole('link', { name: words.ask, exact: true }).click();
    await receiver.getByLabel(words.item).fill(sku);
    await receiver.getByRole('button', { name: words.find }).click();
    await hydrated(receiver);
    await look(receiver, named('items'));
    await receiver.getByRole('link', { name: sku }).first().click();
    await receiver.getByLabel(words.units).fill('4');
    await receiver.getByRole('button', { name: words.sources }).click();
    await receiver.waitForURL(/units=4/);
    await hydrated(receiver);
    await expect(receiver.getByText(from, { exact: false }).first()).toBeVisible();
    await look(receiver, named('sources'));
    await receiver.getByRole('button', { name: words.request, exact: true }).click();
    await receiver.waitForURL(/list=open/);
    const row = receiver.locator('.transfer-row').first();
    await expect(row).toBeVisible();
    await look(receiver, named('open'));
    await row.click();
    await expect(receiver.getByRole('heading', { level: 1, name: /^T-/ })).toBeVisible();
    await look(receiver, named('asked'));

    // The other store's manager promises, picks and hands over.
    const source = await browserOf(device, language).open('/sign-in');
    await signIn(source, await managerOf(server.origin, from));
    await source.goto('/transfers');
    await hydrated(source);
    await look(source, named('mine'));
    await source.locator('.transfer-row').first().click();
    await expect(source.getByRole('button', { name: words.confirm, exact: true })).toBeVisible();
    await take(source, words.confirm, () => look(source, named('confirm')));
    await expect(source.getByText(words.confirmed)).toBeVisible();
    await take(source, words.pick, () => look(source, named('pick')), { opens: words.byHandPick });
    await expect(source.getByText(words.picked)).toBeVisible();
    await source.getByRole('button', { name: words.handOver, exact: true }).click();
    // Nobody has been named.
    await source.getByRole('button', { name: words.handOver, exact: true }).click();
    await expect(source.getByText(words.nameless)).toBeVisible();
    await look(source, named('hand-over'));
    await source.getByLabel(words.driver).fill('李师傅');
    await source.getByRole('button', { name: words.handOver, exact: true }).click();
    await accessible(source);
    await source.getByRole('dialog').getByRole('button', { name: words.handOver, exact: true }).click();
    await expect(source.getByText(words.handedOver)).toBeVisible();
    await look(source, named('handed-over'));

    // What the other store did is seen without a reload; one piece is missing.
    await receiver.getByRole('button', { name: words.byHandReceive, exact: true }).click();
    await receiver.getByLabel(words.sound, { exact: true }).fill('3');
    await look(receiver, named('receive'));
    await receiver.getByRole('button', { name: words.receive, exact: true }).click();
    await expect(receiver.getByRole('dialog').getByText(words.short)).toBeVisible();
    await look(receiver, named('receive-asks'));
    await receiver.getByRole('dialog').getByRole('button', { name: words.receive, exact: true }).click();
    await expect(receiver.getByText(words.received)).toBeVisible();
    await expect(receiver.getByRole('region', { name: words.disputed })).toBeVisible();
    await look(receiver, named('disputed'));
    await receiver.goto('/transfers?list=abnormal');
    await hydrated(receiver);
    await expect(receiver.locator('.transfer-row').first()).toContainText(words.disputed);
    await look(receiver, named('abnormal'));
    await receiver.locator('.transfer-row').first().click();

    // The receiving store bears it, and its credit says so.
    await take(receiver, words.settle, () => look(receiver, named('settle')), { asks: true });
    await expect(receiver.getByRole('region', { name: words.closed })).toBeVisible();
    await look(receiver, named('closed'));
    await receiver.goto('/credit');
    await hydrated(receiver);
    await expect(receiver.getByRole('heading', { name: words.points })).toBeVisible();
    await receiver.getByRole('button', { name: words.appeal, exact: true }).first().click();
    await receiver.getByLabel(words.why).fill('T');
    await look(receiver, named('credit'));
    await receiver.getByRole('button', { name: words.send }).click();
    await expect(receiver.getByText(words.sent)).toBeVisible();
  });
}
