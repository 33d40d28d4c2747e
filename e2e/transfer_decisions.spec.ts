import type { Page } from '@playwright/test';
import { type Device, type Language, accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { Machine } from './support/machine.ts';
import { Hand, managerOf, regionalOf, spare } from './support/transfer.ts';

const DAY_MS = 86_400_000;

async function look(page: Page, name: string): Promise<void> {
  await fits(page);
  await accessible(page);
  await page.screenshot({ path: `screenshots/transfer-${name}.png` });
}

/** Opens a transfer's page as somebody. */
async function openAs(
  browserOf: (device: Device, language: Language) => { open(path: string): Promise<Page> },
  [device, language]: [Device, Language],
  login: string,
  transfer: string,
): Promise<Page> {
  const page = await browserOf(device, language).open('/sign-in');
  await signIn(page, login);
  await page.goto(`/transfers/${transfer}`);
  await hydrated(page);
  return page;
}

/** Takes a step by its form: fills it, sends it, answers the question if there is one. */
async function take(page: Page, words: string, form: () => Promise<void> = async () => {}, asks = false): Promise<void> {
  await page.getByRole('button', { name: words, exact: true }).click();
  await expect(page.getByRole('heading', { name: words, exact: true })).toBeVisible();
  await form();
  await page.getByRole('button', { name: words, exact: true }).click();
  if (asks) await page.getByRole('dialog').getByRole('button', { name: words, exact: true }).click();
}

/** Two stores that are not S001. */
const OTHERS = ['S002', 'S003'];

/** So many pieces that a request for them needs the region's word, whatever the store's credit: worth ¥15,000. */
async function dear(origin: string): Promise<{ sku: string; units: number }> {
  const hand = await Hand.of(origin, 'S001');
  const { sku, price_minor } = hand.snapshot.products[0] as unknown as { sku: string; price_minor: number };
  return { sku, units: Math.ceil(1_500_000 / price_minor) };
}

test('a dear request is approved or turned down by the region, with a reason, and only once', async ({ server, browserOf }) => {
  test.setTimeout(180_000);
  const goods = await dear(server.origin);
  const receiver = await Hand.of(server.origin, 'S001');
  const regional = await regionalOf(server.origin, 'S001');
  const first = await receiver.ask(goods, OTHERS);
  const wanting = await openAs(browserOf, ['phone', 'zh'], 'wangwei', first);
  await expect(wanting.getByRole('region', { name: '待审批' })).toBeVisible();
  await expect(wanting.getByRole('button', { name: '同意申请' })).toHaveCount(0);
  await look(wanting, 'awaits-approval-phone-zh');

  const page = await openAs(browserOf, ['desktop', 'zh'], regional, first);
  await expect(page.getByRole('button', { name: '同意申请' })).toBeVisible();
  await look(page, 'approve-desktop-zh');
  await take(page, '同意申请');
  await expect(page.getByText('已同意。')).toBeVisible();
  await expect(page.getByRole('region', { name: '待确认' })).toBeVisible();
  await expect(wanting.getByRole('region', { name: '待确认' })).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole('button', { name: '同意申请' })).toHaveCount(0);

  const second = await receiver.ask(goods, OTHERS);
  await page.goto(`/transfers/${second}`);
  await hydrated(page);
  await page.getByRole('button', { name: '不同意', exact: true }).click();
  await page.getByRole('button', { name: '不同意', exact: true }).click();
  await expect(page.getByText('请写明原因')).toBeVisible();
  await page.getByLabel('说明').fill('改从总仓补');
  await look(page, 'reject-desktop-zh');
  await page.getByRole('button', { name: '不同意', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: '不同意', exact: true }).click();
  await expect(page.getByRole('region', { name: '未批准' })).toBeVisible();
  await expect(page.getByText('改从总仓补')).toBeVisible();
  await look(page, 'rejected-desktop-zh');
});

test('where a source declines the next is asked at once; the message leads to the transfer', async ({ server, browserOf }) => {
  test.setTimeout(180_000);
  const receiver = await Hand.of(server.origin, 'S001');
  const goods = { sku: receiver.snapshot.products[0]!.sku, units: 1 };
  const transfer = await receiver.ask(goods, OTHERS);
  const first = await openAs(browserOf, ['phone', 'zh'], await managerOf(server.origin, 'S002'), transfer);
  await take(
    first,
    '不能调出',
    async () => {
      await first.getByLabel('本店要用').check();
      await first.getByLabel('说明（可不填）').fill('周末促销');
      await look(first, 'decline-phone-zh');
    },
    true,
  );
  await expect(first.getByText('已拒绝，会马上问下一家。')).toBeVisible();
  await expect(first.getByRole('button', { name: '不能调出' })).toHaveCount(0);
  await look(first, 'declined-phone-zh');

  const next = await browserOf('phone', 'en').open('/sign-in');
  await signIn(next, await managerOf(server.origin, 'S003'));
  await next.goto('/inbox');
  await hydrated(next);
  await look(next, 'inbox-phone-en');
  await next.getByRole('main').getByRole('link', { name: /^(Open|查看)$/ }).first().click();
  await next.waitForURL(`**/transfers/${transfer}`);
  await expect(next.getByRole('button', { name: 'Confirm', exact: true })).toBeVisible();
  await expect(next.getByText('Source declined')).toBeVisible();
  await take(next, 'Decline', async () => {}, true);
  await expect(next.getByRole('region', { name: 'Unmet' })).toBeVisible();
  await look(next, 'unmet-phone-en');
  await first.reload();
  await expect(first.getByRole('region', { name: '无货可调' })).toBeVisible();
});

test('a request is withdrawn before the goods leave, and the source is told', async ({ server, browserOf }) => {
  const receiver = await Hand.of(server.origin, 'S001');
  const goods = { sku: receiver.snapshot.products[0]!.sku, units: 1 };
  const transfer = await receiver.ask(goods, OTHERS);
  const page = await openAs(browserOf, ['kiosk', 'zh'], 'wangwei', transfer);
  await take(page, '取消调拨', () => look(page, 'cancel-kiosk-zh'), true);
  await expect(page.getByRole('region', { name: '已取消' })).toBeVisible();
  await look(page, 'cancelled-kiosk-zh');
  const source = await Machine.signIn(server.origin, await managerOf(server.origin, 'S002'));
  const snapshot = await source.snapshot('S002');
  const late = { transfer: { transfer, step: { confirmed: { lines: [goods] } } } };
  const [answer] = await source.sync([source.event(snapshot, late)]);
  expect(answer?.outcome).toMatchObject({ is: 'refused', why: { code: 'step_taken' } });
});

test('goods under way too long are reviewed by the receiving store', async ({ server, browserOf }) => {
  test.setTimeout(180_000);
  const goods = await spare(server.origin, 'S001', 2);
  const receiver = await Hand.of(server.origin, 'S001');
  const source = await Hand.of(server.origin, goods.from);
  const transfer = await receiver.ask(goods, [goods.from]);
  await source.send(transfer, goods, Date.now() - 1.2 * DAY_MS);
  const page = await openAs(browserOf, ['phone', 'zh'], 'wangwei', transfer);
  await expect(page.getByRole('region', { name: '异常流转' })).toBeVisible({ timeout: 60_000 });
  await take(page, '记录复核', async () => {
    await page.getByLabel('到了，还没扫').check();
    await look(page, 'review-phone-zh');
  });
  await expect(page.getByText('已记录复核。')).toBeVisible();
  await expect(page.getByRole('button', { name: '记录复核' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: '扫码收货' })).toBeVisible();
  await look(page, 'reviewed-phone-zh');
});
