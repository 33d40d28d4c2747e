import type { Page } from '@playwright/test';
import { accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { Machine } from './support/machine.ts';

const SHELF = 'A-02';

interface Counted {
  person: string;
  what: { counted?: { shelf: string } };
}

/** Who counted on the shelf, one entry an event. */
async function countedBy(origin: string): Promise<string[]> {
  const auditor = await Machine.signIn(origin, 'auditor');
  const { events } = await auditor.get<{ events: Counted[] }>('/api/v1/events?store=S001&limit=500');
  return events.filter(({ what }) => what.counted?.shelf === SHELF).map(({ person }) => person);
}

/** Opens or joins the stocktake at the shelf. */
async function beginAt(page: Page): Promise<void> {
  await page.goto(`/count?shelf=${SHELF}`);
  await hydrated(page);
  const begin = page.getByRole('button', { name: /^(Start counting|Join the count)$/ });
  const here = page.getByRole('heading', { name: `Shelf ${SHELF}` });
  await expect(begin.or(here).first()).toBeVisible();
  if (await begin.isVisible()) await begin.click();
  await expect(here).toBeAttached();
}

test('who signs out with unsent work is told, and it waits for them alone', async ({ server, browserOf }) => {
  const idOf = async (login: string): Promise<string> =>
    (await (await Machine.signIn(server.origin, login)).get<{ id: string }>('/api/v1/me')).id;
  const [na, wei] = [await idOf('lina'), await idOf('wangwei')];
  const browser = browserOf('phone', 'en');
  const page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  await beginAt(page);
  await expect(page.getByRole('button', { name: 'All sent' })).toBeVisible();
  const before = await countedBy(server.origin);

  // The server takes nothing from now on, as where the network lets only some things through.
  await page.route('**/api/v1/sync', (route) => route.abort());
  for (const units of ['4', '7']) {
    await page.getByRole('button', { name: /not counted, enter the quantity$/ }).first().click();
    await page.getByRole('button', { name: units, exact: true }).click();
    await page.getByRole('button', { name: `Set to ${units}` }).click();
    await expect(page.getByRole('button', { name: new RegExp(` ${units} pieces, change the quantity$`) })).toBeVisible();
  }
  await page.goto('/account');
  await hydrated(page);
  await expect(page.getByText(/Works for: .*[^0-9]$/)).toBeVisible();
  await expect(page.getByText('S001')).toHaveCount(0);

  for (const way of ['Sign out', 'Sign out everywhere']) {
    await page.getByRole('button', { name: way, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Some records are not sent yet' });
    await expect(dialog.getByText('2 of your records are unsent.')).toBeVisible();
    if (way === 'Sign out') {
      await fits(page);
      await accessible(page);
      await page.screenshot({ path: 'screenshots/sign-out-phone-en.png' });
    }
    await dialog.getByRole('button', { name: 'Stay signed in' }).click();
    await expect(dialog).toHaveCount(0);
  }
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out anyway' }).click();
  await page.waitForURL('**/sign-in');
  expect(await page.evaluate(snapshots)).toEqual([]);
  await page.unroute('**/api/v1/sync');
  expect(browser.errors.every((error) => /ERR_FAILED/.test(error)), browser.errors.join('\n')).toBe(true);
  browser.errors.length = 0;

  // The next person counts with the same phone: other lines, other records.
  await signIn(page, 'wangwei');
  await beginAt(page);
  await expect(page.getByRole('heading', { name: /^Counted/ })).toBeHidden();
  const sent = page.getByRole('button', { name: 'All sent' });
  await expect(sent).toBeVisible();
  await sent.click();
  await expect(page.getByText('2 more were recorded by others and go up when those people sign in here.')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: /not counted, enter the quantity$/ }).nth(4).click();
  await page.getByRole('button', { name: '1', exact: true }).click();
  await page.getByRole('button', { name: 'Set to 1' }).click();
  await expect.poll(() => countedBy(server.origin)).toEqual([wei, ...before]);
  await page.goto('/account');
  await hydrated(page);
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page.getByRole('dialog').getByText('2 more were recorded by others')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out anyway' }).click();
  await page.waitForURL('**/sign-in');

  // Whose they are signs in again, and they go up by themselves.
  await signIn(page, 'lina');
  await expect.poll(() => countedBy(server.origin), { timeout: 30_000 }).toEqual([na, na, wei, ...before]);
});

test('signing out without unsent work asks nothing, and without script the forms do it', async ({ server, browserOf }) => {
  const page = await browserOf('phone', 'zh').open('/sign-in');
  await signIn(page, 'lina');
  await page.goto('/account');
  await hydrated(page);
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.waitForURL('**/sign-in');
  await page.goto('/account');
  await page.waitForURL(/\/sign-in\?next=/);

  for (const form of ['/fn/sign_out', '/fn/sign_out_everywhere']) {
    const { cookie } = await Machine.signIn(server.origin, 'lina');
    const headers = { cookie, origin: server.origin, accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await fetch(server.origin + form, { method: 'POST', headers, body: '', redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/sign-in']);
    expect((await fetch(`${server.origin}/api/v1/me`, { headers: { cookie } })).status).toBe(401);
  }
});

test('without the network signing out says so and keeps the person signed in', async ({ browserOf }) => {
  const browser = browserOf('phone', 'zh');
  const page = await browser.open('/sign-in');
  await signIn(page, 'lina');
  await page.goto('/account');
  await hydrated(page);
  await browser.context.setOffline(true);
  await page.getByRole('button', { name: '退出登录' }).click();
  await expect(page.getByRole('alert')).toContainText('退出要联网');
  await browser.context.setOffline(false);
  await page.reload();
  await expect(page).toHaveURL(/\/account$/);
  browser.errors.length = 0;
});

/** The stores whose data the phone holds. */
function snapshots(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open('shelftrace');
    opening.onerror = () => reject(new Error('the database cannot be opened'));
    opening.onsuccess = () => {
      const keys = opening.result.transaction('snapshot').objectStore('snapshot').getAllKeys();
      keys.onsuccess = () => resolve(keys.result);
      keys.onerror = () => reject(new Error('the snapshots cannot be read'));
    };
  });
}
