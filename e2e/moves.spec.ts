import type { Locator, Page } from '@playwright/test';
import { type Browser, accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { type Scene, film } from './support/camera.ts';
import { Machine, type Snapshot } from './support/machine.ts';
import { gun, takePhoto } from './support/phone.ts';

interface Order {
  number: string;
  lines: { sku: string; units: number }[];
  received: Record<string, number>;
}

interface Entry {
  id: string;
  seq: number;
  person: string;
  what: { moved?: { kind: string; document: string | null; units: number; standing: unknown } };
}

const eventsOf = async (origin: string): Promise<Entry[]> => {
  const auditor = await Machine.signIn(origin, 'auditor');
  return (await auditor.get<{ events: Entry[] }>('/api/v1/events?store=S001&limit=100')).events;
};

/** The number of the store's newest event. */
const newest = async (origin: string): Promise<number> => (await eventsOf(origin))[0]!.seq;

/** Movements of a kind among the newest events: of one document, or taken after the event of that number. */
async function nMoved(origin: string, kind: string, of: { document: string } | { after: number }): Promise<number> {
  const entries = (await eventsOf(origin)).filter(({ what }) => what.moved?.kind === kind);
  return entries.filter(({ seq, what }) => ('after' in of ? seq > of.after : what.moved?.document === of.document)).length;
}

const product = (snapshot: Snapshot, sku: string) => snapshot.products.find((product) => product.sku === sku)!;
const gtin = (snapshot: Snapshot, sku: string) => product(snapshot, sku).barcodes[0]!.gtin;

/** A line of the list: its name and how many pieces it says. */
function line(page: Page, name: string, units: number): Locator {
  const says = new RegExp(`\\b${units} ?(pieces, change the quantity|件，改数量)$`);
  return page.getByRole('button', { name: says }).filter({ hasText: name });
}

/** Opens a movement's page and waits until it can be used. */
async function openMove(page: Page, kind: string): Promise<void> {
  await page.goto(`/move/${kind}`);
  await hydrated(page);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}

/** A film of codes held before the camera one after the other, with nothing in between. */
function held(codes: string[]): Promise<string> {
  const scenes: Scene[] = [{ symbols: [], seconds: 1 }];
  for (const text of codes) scenes.push({ symbols: [{ kind: 'ean13', text }], seconds: 2 }, { symbols: [], seconds: 1.5 });
  return film(scenes);
}

async function orders(server: { origin: string }): Promise<{ clerk: Machine; snapshot: Snapshot; orders: Order[] }> {
  const clerk = await Machine.signIn(server.origin, 'lina');
  const snapshot = (await clerk.snapshot('S001')) as Snapshot & { orders: Order[] };
  return { clerk, snapshot, orders: snapshot.orders };
}

test('a clerk receives an order with the camera, and the damaged go straight back', async ({ server, browserOf }) => {
  const { snapshot, orders: open } = await orders(server);
  const order = open[0]!;
  const [first, second] = order.lines;
  const tape = await held([first!, second!].map(({ sku }) => gtin(snapshot, sku).slice(1)));
  const page = await browserOf('phone', 'en', tape).open('/sign-in');
  await signIn(page, 'lina');
  await expect(page.getByRole('heading', { name: 'More movements' })).toBeVisible();
  await page.screenshot({ path: 'screenshots/moves-home-phone-en.png', fullPage: true });
  await accessible(page);
  await fits(page);
  await page.getByRole('link', { name: /^Receipt/ }).click();
  await expect(page.getByRole('heading', { name: 'Which delivery?' })).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: 'screenshots/moves-orders-phone-en.png' });
  await accessible(page);
  await page.getByRole('button', { name: new RegExp(order.number) }).click();
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  const row = (sku: string, units: number) => line(page, product(snapshot, sku).name, units);
  await expect(row(first!.sku, 1)).toBeVisible({ timeout: 30_000 });
  await expect(row(second!.sku, 1)).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: 'screenshots/moves-receipt-camera-phone-en.png' });
  await page.getByRole('button', { name: 'Close the camera' }).click();

  // One more than ordered of the first, of which two are damaged; the second stays short.
  await row(first!.sku, 1).click();
  for (const digit of String(first!.units + 1)) await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByLabel('Of these damaged').fill('2');
  await page.screenshot({ path: 'screenshots/moves-line-phone-en.png' });
  await accessible(page);
  await page.getByRole('button', { name: `Set to ${first!.units + 1}` }).click();
  await expect(page.getByText('1 over')).toBeVisible();
  await page.screenshot({ path: 'screenshots/moves-receipt-phone-en.png' });
  await accessible(page);
  await fits(page);
  await page.getByRole('button', { name: /^Check / }).click();
  await expect(page.getByText('Damaged, going back to the supplier right after: 2 pcs')).toBeVisible();
  await page.screenshot({ path: 'screenshots/moves-review-phone-en.png', fullPage: true });
  await accessible(page);
  await fits(page);
  await page.getByRole('button', { name: 'Record, and return the damaged' }).click();
  await expect(page.getByText('The server has it')).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: 'screenshots/moves-done-phone-en.png' });
  await accessible(page);

  expect(await nMoved(server.origin, 'receipt', { document: order.number })).toBe(1);
  expect(await nMoved(server.origin, 'supplier_return', { document: order.number })).toBe(1);
  const after = (await orders(server)).orders.find(({ number }) => number === order.number)!;
  expect(after.received[first!.sku]).toBe(first!.units + 1);
});

const SIMPLE = {
  zh: {
    undo: '撤销', check: /^核对/, record: '记录', approval: '这一笔要店长批准后才生效', sent: '服务器已收到', kept: '已安全存在这台手机',
    reasons: { relocation: undefined, sale: undefined, write_off: '破损', supplier_return: '厂家召回', adjustment: '之前数错' },
  },
  en: {
    undo: 'Undo', check: /^Check /, record: 'Record', approval: 'Takes effect once approved', sent: 'The server has it', kept: 'Safe on this phone',
    reasons: { relocation: undefined, sale: undefined, write_off: 'Damaged', supplier_return: 'Recalled', adjustment: 'Counted wrong before' },
  },
};

/** Records one piece of each kind of movement with a hardware scanner, and looks at each page on the way. */
async function recordEach(page: Page, words: (typeof SIMPLE)['zh'] | (typeof SIMPLE)['en'], code: string, name: string, picture: string, isSent: boolean): Promise<void> {
  for (const [kind, reason] of Object.entries(words.reasons)) {
    await openMove(page, kind);
    await gun(page, code);
    await expect(line(page, name, 1)).toBeVisible();
    await gun(page, code);
    await expect(line(page, name, 2)).toBeVisible();
    await page.getByRole('button', { name: words.undo, exact: true }).click();
    await expect(line(page, name, 1)).toBeVisible();
    await page.screenshot({ path: `screenshots/moves-${kind}-${picture}.png` });
    await accessible(page);
    await fits(page);
    await page.getByRole('button', { name: words.check }).click();
    const record = page.getByRole('button', { name: words.record, exact: true });
    if (reason !== undefined) {
      await expect(record).toBeDisabled();
      await page.getByRole('button', { name: reason, exact: true }).click();
    }
    if (kind === 'adjustment') await expect(page.getByText(words.approval)).toBeVisible();
    await page.screenshot({ path: `screenshots/moves-${kind}-review-${picture}.png` });
    await accessible(page);
    await record.click();
    await expect(page.getByText(isSent ? words.sent : words.kept)).toBeVisible({ timeout: 30_000 });
  }
}

test('every simple movement is recorded with a hardware scanner', async ({ server, browserOf }) => {
  const { snapshot } = await orders(server);
  const sku = snapshot.shelves[0]!.items[0]!;
  const page = await browserOf('kiosk', 'zh').open('/sign-in');
  await signIn(page, 'lina');
  await page.screenshot({ path: 'screenshots/moves-home-kiosk-zh.png' });
  const before = await newest(server.origin);
  await recordEach(page, SIMPLE.zh, gtin(snapshot, sku).slice(1), product(snapshot, sku).name, 'kiosk-zh', true);
  for (const kind of Object.keys(SIMPLE.zh.reasons)) expect(await nMoved(server.origin, kind, { after: before })).toBe(1);

  // The mistake is reversed from the list, once, with a reason.
  await page.getByRole('link', { name: '最近的出入库' }).click();
  await expect(page.getByText('等待店长批准')).toBeVisible();
  await page.screenshot({ path: 'screenshots/moves-recent-kiosk-zh.png' });
  await accessible(page);
  await page.getByRole('button', { name: '冲销：退供应商' }).or(page.getByRole('button', { name: /^冲销：退供应商/ })).first().click();
  await page.getByRole('button', { name: '冲销', exact: true }).click();
  await expect(page.getByText('请写一句为什么')).toBeVisible();
  await page.getByLabel('为什么冲销？').fill('扫错商品');
  await accessible(page);
  await page.getByRole('button', { name: '冲销', exact: true }).click();
  await expect(page.getByText('已冲销')).toBeVisible({ timeout: 30_000 });
});

test('without a network every simple movement is recorded, and arrives once', async ({ server, browserOf }) => {
  const { snapshot } = await orders(server);
  const sku = snapshot.shelves[4]!.items[0]!;
  const browser = browserOf('phone', 'en');
  const page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  await openMove(page, 'sale');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  const before = await newest(server.origin);
  await browser.context.setOffline(true);
  await recordEach(page, SIMPLE.en, gtin(snapshot, sku).slice(1), product(snapshot, sku).name, 'offline-phone-en', false);
  for (const kind of Object.keys(SIMPLE.en.reasons)) expect(await nMoved(server.origin, kind, { after: before })).toBe(0);
  await browser.context.setOffline(false);
  await page.goto('/moves');
  for (const kind of Object.keys(SIMPLE.en.reasons)) {
    await expect.poll(() => nMoved(server.origin, kind, { after: before }), { timeout: 60_000 }).toBe(1);
  }
  browser.errors.length = 0;
});

test('without a network an order is received short, in Chinese', async ({ server, browserOf }) => {
  const { snapshot, orders: open } = await orders(server);
  const order = open.find(({ received }) => Object.keys(received).length === 0)!;
  const { sku } = order.lines[0]!;
  const browser = browserOf('phone', 'zh');
  const page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  await openMove(page, 'receipt');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await expect(page.getByRole('heading', { name: '哪一单到货？' })).toBeVisible({ timeout: 30_000 });
  await browser.context.setOffline(true);
  await openMove(page, 'receipt');
  await page.getByRole('button', { name: new RegExp(order.number) }).click();
  await gun(page, gtin(snapshot, sku).slice(1));
  await expect(line(page, product(snapshot, sku).name, 1)).toBeVisible();
  await page.screenshot({ path: 'screenshots/moves-receipt-offline-phone-zh.png' });
  await accessible(page);
  await fits(page);
  await page.getByRole('button', { name: /^核对/ }).click();
  await page.getByRole('button', { name: '记录', exact: true }).click();
  await expect(page.getByText('已安全存在这台手机')).toBeVisible();
  await browser.context.setOffline(false);
  await expect(page.getByText('服务器已收到')).toBeVisible({ timeout: 60_000 });
  expect(await nMoved(server.origin, 'receipt', { document: order.number })).toBe(1);
  const after = (await orders(server)).orders.find(({ number }) => number === order.number)!;
  expect(after.received[sku]).toBe(1);
  browser.errors.length = 0;
});

test('a customer return finds its sale, and takes no more than was sold', async ({ server, browserOf }) => {
  const { clerk, snapshot } = await orders(server);
  const sku = snapshot.shelves[1]!.items[0]!;
  const place = { shelf: snapshot.shelves[1]!.code };
  const legs = [
    { place, sku, units: -2 },
    { place: 'customer', sku, units: 2 },
  ];
  const sale = { moved: { kind: 'sale', document: 'T-777', legs, prices: { [sku]: 880 } } };
  expect((await clerk.sync([clerk.event(snapshot, sale)]))[0]!.outcome.is).toBe('accepted');

  const page = await browserOf('phone', 'zh', await held([])).open('/sign-in');
  await signIn(page, 'lina');
  await page.getByRole('link', { name: /处理退货/ }).click();
  await expect(page.getByLabel('小票单号')).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: 'screenshots/moves-return-find-phone-zh.png' });
  await accessible(page);
  await page.getByLabel('小票单号').fill('T-778');
  await page.getByRole('button', { name: '查找' }).click();
  await expect(page.getByText('本店没有小票 T-778')).toBeVisible();
  await page.getByLabel('小票单号').fill('T-777');
  await page.getByRole('button', { name: '查找' }).click();
  await expect(page.getByText('买了 2 · 还能退 2')).toBeVisible();
  await gun(page, gtin(snapshot, sku).slice(1));
  await gun(page, gtin(snapshot, sku).slice(1));
  await expect(line(page, product(snapshot, sku).name, 2)).toBeVisible();
  await gun(page, gtin(snapshot, sku).slice(1));
  await expect(page.getByText('这张小票上只能再退 2 件')).toBeVisible();
  await page.screenshot({ path: 'screenshots/moves-return-too-many-phone-zh.png' });
  await page.getByRole('button', { name: '知道了' }).click();
  await line(page, product(snapshot, sku).name, 2).click();
  await page.getByLabel('每件退款（元）').fill('9.00');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('退款不能高于当时付的 ¥8.80')).toBeVisible();
  await page.getByLabel('每件退款（元）').fill('8.00');
  await page.getByLabel('其中破损几件').fill('1');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByRole('button', { name: /^核对/ }).click();
  await page.getByRole('button', { name: '顾客不要了' }).click();
  await expect(page.getByRole('button', { name: '记录', exact: true })).toBeDisabled();
  await takePhoto(page, true);
  await expect(page.getByRole('button', { name: '记录', exact: true })).toBeEnabled();
  await page.screenshot({ path: 'screenshots/moves-return-review-phone-zh.png', fullPage: true });
  await accessible(page);
  await fits(page);
  await page.getByRole('button', { name: '记录', exact: true }).click();
  await expect(page.getByText('服务器已收到')).toBeVisible({ timeout: 30_000 });
  const [found] = await clerk.get<{ lines: { returned_units: number }[] }[]>('/api/v1/sales?store=S001&document=T-777');
  expect(found!.lines[0]!.returned_units).toBe(2);
});

test('a draft and what is recorded offline survive a killed browser, and arrive once', async ({ server, browserOf }) => {
  const { snapshot } = await orders(server);
  const sku = snapshot.shelves[2]!.items[0]!;
  const name = product(snapshot, sku).name;
  const before = await newest(server.origin);
  const browser = browserOf('phone', 'en');
  let page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  await openMove(page, 'write_off');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await browser.context.setOffline(true);
  await gun(page, gtin(snapshot, sku).slice(1));
  await expect(line(page, name, 1)).toBeVisible();
  await browser.kill();

  await server.kill();
  page = await browser.open('/move/write_off');
  await expect(page.getByText('What you had begun is still here')).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: 'screenshots/moves-draft-phone-en.png' });
  await gun(page, gtin(snapshot, sku).slice(1));
  await expect(line(page, name, 2)).toBeVisible();
  await page.getByRole('button', { name: /^Check / }).click();
  await page.getByRole('button', { name: 'Expired', exact: true }).click();
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(page.getByText('Safe on this phone; sent by itself')).toBeVisible();
  await page.screenshot({ path: 'screenshots/moves-done-offline-phone-en.png' });
  await browser.kill();

  page = await browser.open('/moves');
  await expect(page.getByText('Unsent')).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: 'screenshots/moves-recent-offline-phone-en.png' });
  // Nothing is left in the drawer: it would be recorded twice.
  await page.goto('/move/write_off');
  await expect(page.getByText('Scan the first product')).toBeVisible({ timeout: 30_000 });
  expect(browser.errors.filter((error) => !/ERR_|Failed to (fetch|load)/.test(error))).toEqual([]);
  browser.errors.length = 0;

  await server.run();
  await signIn(page, 'lina');
  await page.goto('/moves');
  await expect(page.getByText('In effect')).toBeVisible({ timeout: 90_000 });
  browser.errors.length = 0;
  expect(await nMoved(server.origin, 'write_off', { after: before })).toBe(1);
});

test('without a network a customer return waits for the manager, who approves it', async ({ server, browserOf }) => {
  const { snapshot } = await orders(server);
  const sku = snapshot.shelves[3]!.items[0]!;
  const browser = browserOf('phone', 'en', await held([]));
  const page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  await openMove(page, 'customer_return');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await browser.context.setOffline(true);
  await page.getByLabel('Receipt number').fill('T-OFFLINE');
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByText('No network to look the receipt up')).toBeVisible();
  await page.getByRole('button', { name: 'Go on without a receipt' }).click();
  await expect(page.getByText('Receipt T-OFFLINE (not looked up)')).toBeVisible();
  await gun(page, gtin(snapshot, sku).slice(1));
  await page.getByRole('button', { name: /^Check / }).click();
  await page.getByRole('button', { name: 'Not wanted' }).click();
  await takePhoto(page, false);
  await expect(page.getByText('Takes effect once approved: Store manager')).toBeVisible();
  await page.getByRole('button', { name: 'Record', exact: true }).click();
  await expect(page.getByText('Safe on this phone; sent by itself')).toBeVisible();
  await browser.context.setOffline(false);
  await expect(page.getByText('The server has it')).toBeVisible({ timeout: 60_000 });
  browser.errors.length = 0;

  const manager = await approver(browserOf('desktop', 'zh'), 'wangwei');
  const card = manager.getByRole('article').filter({ hasText: 'T-OFFLINE' });
  await expect(manager.getByRole('navigation').getByText(/笔等待审批/).first()).toBeAttached();
  await expect(card.getByRole('img')).toBeVisible();
  await manager.screenshot({ path: 'screenshots/approvals-desktop-zh.png' });
  await accessible(manager);
  await fits(manager);
  // Somebody was quicker: what comes too late is refused, and put away.
  const other = await approver(browserOf('phone', 'en'), 'hq');
  await other.screenshot({ path: 'screenshots/approvals-phone-en.png', fullPage: true });
  await accessible(other);
  await fits(other);
  const theirs = other.getByRole('article').filter({ hasText: 'T-OFFLINE' });
  await theirs.getByRole('button', { name: 'Decline' }).click();
  await theirs.getByLabel('Why it is declined').fill('No receipt');
  await card.getByRole('button', { name: '批准' }).click();
  await expect(card.getByText('已批准').or(manager.getByText('没有要审批的')).first()).toBeVisible({ timeout: 30_000 });
  await theirs.getByRole('button', { name: 'Decline' }).click();
  await expect(theirs.getByText(/Not done: /)).toBeVisible({ timeout: 30_000 });
  await other.screenshot({ path: 'screenshots/approvals-refused-phone-en.png' });
  await theirs.getByRole('button', { name: 'Got it' }).click();
  await expect(theirs).toHaveCount(0);
});

async function approver(browser: Browser, login: string): Promise<Page> {
  const page = await browser.open('/sign-in');
  await signIn(page, login);
  await page.goto('/approvals');
  await hydrated(page);
  return page;
}
