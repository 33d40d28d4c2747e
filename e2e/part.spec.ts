import type { Page } from '@playwright/test';
import { expect, hydrated, signIn, test } from './fixtures.ts';

// What is done at the shelf and what is done at a desk are modules of their own, fetched when first needed.
const FLOOR = 'split_floor.wasm';
const DESK = 'split_desk.wasm';

/** Modules that the page itself has asked for; the service worker's requests are its own. */
function modules(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name.split('/').at(-1)!)
      .filter((name) => name.startsWith('split_')),
  );
}

test('a page brings the part it needs and no other', async ({ browserOf }) => {
  const page = await browserOf('phone', 'en').open('/sign-in');
  await hydrated(page);
  expect(await modules(page), 'signing in needs none').toEqual([]);
  await signIn(page, 'wangwei');
  const needed: [path: string, parts: string[]][] = [
    ['/', []], ['/inbox', []], ['/account', []], ['/count', [FLOOR]], ['/moves', [FLOOR]], ['/board', [DESK]],
  ];
  for (const [path, parts] of needed) {
    await page.goto(path);
    await hydrated(page);
    expect(await modules(page), path).toEqual(parts);
  }
  await page.goto('/');
  await hydrated(page);
  await page.getByRole('link', { name: 'Transfers' }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Transfers' })).toBeVisible();
  expect(await modules(page), 'one click brings the desk').toContain(DESK);
});

test('a part that cannot be fetched is said, and there when the network is', async ({ browserOf }) => {
  const browser = browserOf('desktop', 'en');
  const page = await browser.open('/sign-in');
  await signIn(page, 'hq');
  // The browser has thrown the part away, and the network is gone.
  await page.evaluate(async (part) => {
    await navigator.serviceWorker.ready;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const { url } of await cache.keys()) if (url.endsWith(part)) await cache.delete(url);
    }
  }, DESK);
  const session = await browser.context.newCDPSession(page);
  await session.send('Network.clearBrowserCache');
  await browser.context.setOffline(true);
  await page.getByRole('link', { name: 'Transfers' }).first().click();
  await expect(page.getByRole('heading', { name: 'No connection to the server' })).toBeVisible();
  await browser.context.setOffline(false);
  browser.errors.length = 0;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Transfers' })).toBeVisible();
});
