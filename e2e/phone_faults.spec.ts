import type { Page } from '@playwright/test';
import { accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { call, type Glue, profile, withGlue } from './support/glue.ts';
import { Machine } from './support/machine.ts';

// What can go wrong on the phone itself: a frozen tab, a full disk, storage that the browser throws away.

/** Starts a job under the sync lock in the page that never ends. */
function hang(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const glue = (await import('/glue.js' as string)) as Glue;
    await new Promise<void>((began) => {
      void glue['withSyncLock']!(() => {
        began();
        return new Promise(() => undefined);
      });
    });
  });
}

/** Whether a job under the sync lock runs in the page. */
function runs(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const glue = (await import('/glue.js' as string)) as Glue;
    let ran = false;
    await glue['withSyncLock']!(async () => {
      ran = true;
    });
    return ran;
  });
}

test('a frozen tab that holds the queue is passed over within a minute', async () => {
  await withGlue(profile(), async (frozen) => {
    await hang(frozen);
    const cdp = await frozen.context().newCDPSession(frozen);
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });

    const other = await frozen.context().newPage();
    await other.clock.install();
    await other.goto(frozen.url());
    expect(await runs(other)).toBe(false);
    await other.clock.fastForward(30_000);
    expect(await runs(other), 'it may only be slow').toBe(false);
    await other.clock.fastForward(30_000);
    expect(await runs(other)).toBe(true);
    // And from then on as ever.
    expect(await runs(other)).toBe(true);
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
  });
});

test('of two tabs one sends at a time', async () => {
  await withGlue(profile(), async (page) => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    await hang(page);
    expect(await runs(other)).toBe(false);
    await page.close();
    await expect.poll(() => runs(other)).toBe(true);
  });
});

test('where the browser has no locks every tab sends', async () => {
  await withGlue(profile(), async (page) => {
    await page.evaluate(() => Object.defineProperty(navigator, 'locks', { value: undefined }));
    await hang(page);
    expect(await runs(page)).toBe(true);
  });
});

/** Opens the shelf and counts its first uncounted line. */
async function count(page: Page, shelf: string, units: string): Promise<void> {
  await page.goto(`/count?shelf=${shelf}`);
  await hydrated(page);
  const begin = page.getByRole('button', { name: /^(开始盘点|加入盘点)$/ });
  const here = page.getByRole('heading', { name: `货架 ${shelf}` });
  await expect(begin.or(here).first()).toBeVisible();
  if (await begin.isVisible()) await begin.click();
  await page.getByRole('button', { name: /还没盘，输入数量$/ }).first().click();
  for (const digit of units) await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: `记为 ${units} 件` }).click();
}

interface Count {
  device: string;
  device_seq: number;
}

/** Counts on a shelf that the server has. */
async function countsOn(origin: string, shelf: string): Promise<Count[]> {
  const auditor = await Machine.signIn(origin, 'auditor');
  const path = `/api/v1/trace?store=S001&subject=shelf&key=${shelf}&kind=counted`;
  return (await auditor.get<{ steps: Count[] }>(path)).steps;
}

test('on a full disk nothing is ticked off, and it is said loudly', async ({ server, browserOf }) => {
  const page = await browserOf('phone', 'zh').open('/sign-in');
  await signIn(page, 'lina');
  await count(page, 'A-05', '4');
  await expect(page.getByRole('button', { name: / 4 件，改数量$/ })).toHaveCount(1);
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: server.origin, quotaSize: 1 });
  // Chromium looks at the room left only every half minute.
  await page.waitForTimeout(35_000);
  await page.getByRole('button', { name: /还没盘，输入数量$/ }).first().click();
  await page.getByRole('button', { name: '7', exact: true }).click();
  await page.getByRole('button', { name: '记为 7 件' }).click();
  await expect(page.getByText('手机存储满了！刚才的没有记上。请删些照片或视频再继续。').first()).toBeVisible();
  await expect(page.getByRole('button', { name: / 7 件，改数量$/ })).toHaveCount(0);
  await page.screenshot({ path: 'screenshots/phone-full-zh.png' });
  await accessible(page);

  // Freed again, the same entry goes through.
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: server.origin });
  await count(page, 'A-05', '7');
  await expect(page.getByRole('button', { name: / 7 件，改数量$/ })).toHaveCount(1);
  await expect(page.getByText(/手机存储满了/)).toHaveCount(0);
});

test('storage that was thrown away is said, and the phone goes on as a new device', async ({ server, browserOf }) => {
  const browser = browserOf('phone', 'zh');
  const page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  await count(page, 'A-06', '2');
  await expect.poll(() => countsOn(server.origin, 'A-06')).toHaveLength(1);
  const [first] = await countsOn(server.origin, 'A-06');
  await browser.context.setOffline(true);
  await page.getByRole('button', { name: /还没盘，输入数量$/ }).first().click();
  await page.getByRole('button', { name: '5', exact: true }).click();
  await page.getByRole('button', { name: '记为 5 件' }).click();
  await expect(page.getByText(/1 条待上传/).first()).toBeVisible();

  // As when the phone runs out of room: the stored data goes, the sign-in stays.
  const cdp = await page.context().newCDPSession(page);
  await page.goto('about:blank');
  await cdp.send('Storage.clearDataForOrigin', { origin: server.origin, storageTypes: 'indexeddb,cache_storage,service_workers,local_storage' });
  await browser.context.setOffline(false);
  await page.goto('/');
  await hydrated(page);
  const notice = page.getByRole('alert').filter({ hasText: '浏览器清掉了本机保存的数据' });
  await expect(notice).toBeVisible();
  await fits(page);
  await accessible(page);
  await page.screenshot({ path: 'screenshots/phone-cleared-zh.png' });

  await count(page, 'A-06', '5');
  // Under another name, whose numbers begin anew: nothing is counted twice.
  const anew = async () => (await countsOn(server.origin, 'A-06')).filter(({ device }) => device !== first!.device);
  await expect.poll(anew).toHaveLength(1);
  await expect(page.getByText(/已全部上传/).first()).toBeVisible();
  const numbers = (await countsOn(server.origin, 'A-06')).map(({ device, device_seq }) => `${device} ${device_seq}`);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(await anew()).toHaveLength(1);

  // Read once, it is gone for good.
  await page.goto('/');
  await hydrated(page);
  await notice.getByRole('button', { name: '知道了' }).click();
  await expect(notice).toHaveCount(0);
  await page.goto('/count?shelf=A-06');
  await expect(page.getByRole('heading', { name: '货架 A-06' })).toBeAttached();
  await expect(notice).toHaveCount(0);
  // The browser tells that it was offline.
  expect(browser.errors.filter((error) => !/ERR_INTERNET_DISCONNECTED/.test(error))).toEqual([]);
  browser.errors.length = 0;
});
