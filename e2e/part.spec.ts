import type { Page } from '@playwright/test';
import { expect, hydrated, signIn, test } from './fixtures.ts';

// The pages of those who plan and approve are a module of their own, fetched when the first of them is opened.
const DESK = 'split_desk.wasm';

/** Modules that the page itself has asked for; the service worker's requests are its own. */
function modules(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name.split('/').at(-1)!)
      .filter((name) => name.endsWith('.wasm')),
  );
}

test('a clerk’s pages do without the desk, and one click brings it', async ({ browserOf }) => {
  const page = await browserOf('phone', 'en').open('/sign-in');
  await signIn(page, 'lina');
  for (const path of ['/', '/count', '/moves', '/inbox', '/account']) {
    await page.goto(path);
    await hydrated(page);
    expect(await modules(page), path).not.toContain(DESK);
  }
  await page.goto('/more');
  await hydrated(page);
  await page.getByRole('link', { name: 'Transfers' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Transfers' })).toBeVisible();
  expect(await modules(page)).toContain(DESK);
});

test('a desk that cannot be fetched is said, and there when the network is', async ({ browserOf }) => {
  const browser = browserOf('desktop', 'en');
  const page = await browser.open('/sign-in');
  await signIn(page, 'hq');
  await page.evaluate(async (desk) => {
    await navigator.serviceWorker.ready;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const { url } of await cache.keys()) if (url.endsWith(desk)) await cache.delete(url);
    }
  }, DESK);
  await page.route(`**/${DESK}`, (route) => route.abort());
  await browser.context.setOffline(true);
  await page.getByRole('link', { name: 'Rules' }).first().click();
  await expect(page.getByRole('heading', { name: 'No connection' })).toBeVisible();
  await page.unroute(`**/${DESK}`);
  await browser.context.setOffline(false);
  browser.errors.length = 0;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Rules' })).toBeVisible();
});
