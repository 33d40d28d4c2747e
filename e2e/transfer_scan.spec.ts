import type { Locator, Page } from '@playwright/test';
import { accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { type Scene, film } from './support/camera.ts';
import { Machine } from './support/machine.ts';
import { gun, takePhoto } from './support/phone.ts';
import { type Goods, Hand, barcode, managerOf, spare } from './support/transfer.ts';

/** Looks at a page as it is. */
async function look(page: Page, name: string): Promise<void> {
  await fits(page);
  await accessible(page);
  await page.screenshot({ path: `screenshots/transfer-scan-${name}.png` });
}

/** An item's row on the page that scans: how many of how many. */
function row(page: Page, figure: string): Locator {
  return page.getByRole('button', { name: new RegExp(`${figure}.*改数量$`) });
}

/** An empty shelf: tests that scan by keys need a camera for photos only. */
const nothing = (): Promise<string> => film([{ symbols: [], seconds: 2 }]);

async function openScan(page: Page, transfer: string): Promise<void> {
  await page.goto(`/transfers/${transfer}`);
  await hydrated(page);
  await page.getByRole('link', { name: /扫码(拣货|收货)/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /扫码(拣货|收货) T-/ })).toBeVisible({ timeout: 30_000 });
}

interface Detail {
  transfer: unknown;
  underway: Record<string, unknown>;
}

test('the picker scans with the camera, is told of wrong items, and may undo', async ({ server, browserOf }) => {
  test.setTimeout(180_000);
  const goods = await spare(server.origin, 'S001', 4);
  const receiver = await Hand.of(server.origin, 'S001');
  const source = await Hand.of(server.origin, goods.from);
  const transfer = await receiver.ask(goods, [goods.from]);
  await source.confirm(transfer, goods);
  const right = barcode(source.snapshot, goods.sku);
  const wrong = source.snapshot.products.find(({ sku }) => sku !== goods.sku)!;
  const scenes: Scene[] = [
    { symbols: [], seconds: 1 },
    { symbols: [{ kind: 'ean13', text: right }], seconds: 2 },
    { symbols: [], seconds: 60 },
  ];
  const page = await browserOf('phone', 'zh', await film(scenes)).open('/sign-in');
  await signIn(page, await managerOf(server.origin, goods.from));
  await openScan(page, transfer);
  await look(page, 'pick-begin-phone-zh');
  await page.getByRole('button', { name: '开始扫描', exact: true }).click();
  await expect(row(page, '1/4')).toBeVisible({ timeout: 30_000 });
  await page.screenshot({ path: 'screenshots/transfer-scan-pick-camera-phone-zh.png' });
  await page.getByRole('button', { name: '关掉摄像头' }).click();

  await gun(page, barcode(source.snapshot, wrong.sku));
  await expect(page.getByText(`拿错了：${wrong.name}`)).toBeVisible();
  await look(page, 'pick-wrong-phone-zh');
  await page.getByRole('button', { name: '知道了' }).click();
  for (let n = 2; n <= 4; n++) {
    await gun(page, right);
    await expect(row(page, `${n}/4`)).toBeVisible();
  }
  await gun(page, right);
  await expect(page.getByText('只答应了 4 件')).toBeVisible();
  await page.getByRole('button', { name: '知道了' }).click();
  await page.getByRole('button', { name: '撤销' }).click();
  await expect(row(page, '3/4')).toBeVisible();
  // The keypad sets the rest.
  await row(page, '3/4').click();
  await page.getByRole('button', { name: '4', exact: true }).click();
  await look(page, 'pick-keypad-phone-zh');
  await page.getByRole('button', { name: '改为 4 件' }).click();
  await look(page, 'pick-phone-zh');
  await page.getByRole('button', { name: '核对拣货 4/4 件' }).click();
  await expect(page.getByText('和应有的一样')).toBeVisible();
  await look(page, 'pick-check-phone-zh');
  await page.getByRole('button', { name: '确认拣货' }).click();
  await expect(page.getByText('服务器已收到')).toBeVisible({ timeout: 30_000 });
  await look(page, 'pick-done-phone-zh');
  await page.getByRole('link', { name: '打开调拨单' }).click();
  await expect(page.getByRole('region', { name: '待交接' })).toBeVisible();
  // The step is not there to be scanned again.
  await page.goto(`/transfers/${transfer}/scan`);
  await expect(page.getByText('现在没有要扫的')).toBeVisible({ timeout: 30_000 });
});

test('a receipt scanned without a network survives a killed browser, with damage and photo, and is taken once', async ({ server, browserOf }) => {
  test.setTimeout(240_000);
  const goods: Goods & { from: string } = await spare(server.origin, 'S001', 4);
  const receiver = await Hand.of(server.origin, 'S001');
  const source = await Hand.of(server.origin, goods.from);
  const transfer = await receiver.ask(goods, [goods.from]);
  await source.send(transfer, goods);
  const code = barcode(receiver.snapshot, goods.sku);

  const browser = browserOf('phone', 'zh', await nothing());
  let page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  // The waybill's code opens the transfer.
  await page.goto('/transfers');
  await hydrated(page);
  await page.getByRole('link', { name: '扫随货单' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '扫随货单' })).toBeVisible({ timeout: 30_000 });
  await look(page, 'waybill-phone-zh');
  await gun(page, code);
  await expect(page.getByText('这不是随货单的码')).toBeVisible();
  await page.getByRole('button', { name: '知道了' }).click();
  await gun(page, transfer);
  await page.waitForURL(`**/transfers/${transfer}`);
  await openScan(page, transfer);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));

  await browser.context.setOffline(true);
  for (let n = 1; n <= 2; n++) {
    await gun(page, code);
    await expect(row(page, `${n}/4`)).toBeVisible();
  }
  await browser.kill();
  await server.kill();
  page = await browser.open(`/transfers/${transfer}/scan`);
  await expect(page.getByText('上次扫的还在')).toBeVisible({ timeout: 60_000 });
  await look(page, 'receive-back-phone-zh');
  await gun(page, code);
  await expect(row(page, '3/4')).toBeVisible();
  await row(page, '3/4').click();
  await page.getByLabel('其中破损几件').fill('1');
  await page.getByRole('button', { name: '保存' }).click();
  await page.getByRole('button', { name: '核对收货 3/4 件' }).click();
  await expect(page.getByText('少 1 件，破损 1 件，多 0 件')).toBeVisible();
  await expect(page.getByRole('button', { name: '确认收货' })).toBeDisabled();
  await takePhoto(page, true);
  await look(page, 'receive-check-phone-zh');
  await page.getByRole('button', { name: '确认收货' }).click();
  await expect(page.getByText('已安全存在这台手机')).toBeVisible({ timeout: 30_000 });
  await look(page, 'receive-kept-phone-zh');
  await browser.kill();

  await server.run();
  page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  await page.goto(`/transfers/${transfer}`);
  await expect(page.getByRole('region', { name: '有差异' })).toBeVisible({ timeout: 90_000 });
  await expect(page.getByRole('img').first()).toBeVisible();
  await page.screenshot({ path: 'screenshots/transfer-scan-disputed-phone-zh.png', fullPage: true });
  browser.errors.length = 0;
});

test('a driver reports by a link, and both stores see it', async ({ server, browserOf }) => {
  const goods = await spare(server.origin, 'S001', 3);
  const receiver = await Hand.of(server.origin, 'S001');
  const source = await Hand.of(server.origin, goods.from);
  const transfer = await receiver.ask(goods, [goods.from]);
  await source.send(transfer, goods);

  const page = await browserOf('phone', 'zh').open('/sign-in');
  await signIn(page, await managerOf(server.origin, goods.from));
  await page.goto(`/transfers/${transfer}`);
  await hydrated(page);
  await look(page, 'link-phone-zh');
  const link = await page.getByRole('link', { name: '司机链接' }).getAttribute('href');
  const driver = await browserOf('phone', 'zh').open(link!);
  await expect(driver.getByRole('heading', { level: 1, name: /^送货 T-/ })).toBeVisible();
  await expect(driver.getByText('3 件')).toBeVisible();
  await look(driver, 'driver-phone-zh');
  await driver.getByRole('button', { name: '我已取货' }).click();
  await expect(driver.getByText('已取货', { exact: true })).toBeVisible();
  await driver.getByRole('button', { name: '我已送到' }).click();
  await expect(driver.getByText('收货门店会扫码收货')).toBeVisible();
  await look(driver, 'driver-done-phone-zh');
  await expect(page.getByText('已送到').first()).toBeVisible({ timeout: 30_000 });
  const other = await Machine.signIn(server.origin, 'lina');
  const seen = await other.get<Detail>(`/api/v1/transfers/${transfer}`);
  expect(Object.keys(seen.underway).sort()).toEqual(['delivered', 'picked_up']);
});
