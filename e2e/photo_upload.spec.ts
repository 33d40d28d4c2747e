import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, hydrated, signIn, test } from './fixtures.ts';
import { film } from './support/camera.ts';
import type { Glue } from './support/glue.ts';
import { Machine, ulid } from './support/machine.ts';
import { SITE } from './support/seeded.ts';

// Photos on their way: the app itself, its outbox, a camera, and a real server.

/** Calls the very glue that the app of this page uses. */
function call(page: Page, name: string, ...values: unknown[]): Promise<unknown> {
  const { build } = JSON.parse(readFileSync(join(SITE, 'build.json'), 'utf8')) as { build: string };
  return page.evaluate(
    async ([url, name, values]) => {
      const glue = (await import(url)) as Glue;
      return glue[name]!(...values);
    },
    [`/pkg/${build}/glue.js`, name, values] as const,
  );
}

async function json<T>(page: Page, name: string, ...values: unknown[]): Promise<T> {
  return JSON.parse(String(await call(page, name, ...values))) as T;
}

/** Takes a photo as the app does and keeps it on the phone. */
async function take(page: Page, person: string): Promise<string> {
  const { build } = JSON.parse(readFileSync(join(SITE, 'build.json'), 'utf8')) as { build: string };
  const shot = await page.evaluate(async (url) => {
    const glue = (await import(url)) as Glue;
    const video = document.body.appendChild(document.createElement('video'));
    await glue['viewCamera']!(video, () => undefined);
    const shot = await glue['takePhoto']!(video);
    await glue['unviewCamera']!();
    video.remove();
    return String(shot);
  }, `/pkg/${build}/glue.js`);
  const { id } = JSON.parse(shot) as { id: string };
  await call(page, 'keepPhoto', id, person, 'S001', 0);
  return id;
}

test('a photo goes up by itself before the write-off that names it, and what needs no photo does not wait', async ({
  server,
  browserOf,
}) => {
  const machine = await Machine.signIn(server.origin, 'wangwei');
  const snapshot = await machine.snapshot('S001');
  const person = snapshot.viewer.id;
  const tape = await film([{ symbols: [{ kind: 'ean13', text: '6901234567892' }], seconds: 2 }]);
  const browser = browserOf('phone', 'en', tape);
  const phone = await browser.open('/sign-in');
  await signIn(phone, 'wangwei');
  await phone.goto('/count');
  await hydrated(phone);

  // Nothing can go up, as in a cellar.
  await browser.context.setOffline(true);
  const photo = await take(phone, person);
  const device = String(await call(phone, 'metaOrInsert', 'device_id', ulid()));
  const shelf = snapshot.shelves[0]!;
  const sku = shelf.items[0]!;
  const record = async (body: object): Promise<void> => {
    const at = { effective_at: Date.now(), fix: { missing: { reason: 'denied' } }, app: 'test' };
    const event = { id: ulid(), store: 'S001', device, device_seq: 0, person, ...at, body };
    await call(phone, 'putEvent', JSON.stringify(event), person, '');
  };
  const away = (reason: string, photos: string[]): object => ({
    moved: {
      kind: 'write_off',
      reason,
      photos,
      legs: [
        { place: { shelf: shelf.code }, sku, units: -1 },
        { place: 'shrinkage', sku, units: 1 },
      ],
    },
  });
  await record(away('damaged', []));
  await record(away('damaged', [photo]));
  const summary = (): Promise<object> => json<object>(phone, 'outboxSummary', person);
  expect(await summary()).toMatchObject({ n_pending: 2, n_photos: 1 });

  // A network that lets everything through but photos.
  await browser.context.route('**/api/v1/photos/**', (route) => route.abort());
  await browser.context.setOffline(false);
  await expect.poll(summary, { timeout: 30_000 }).toMatchObject({ n_pending: 1, n_photos: 1, n_parked: 0 });

  // A hotel's sign-in page is no acknowledgement.
  await browser.context.unroute('**/api/v1/photos/**');
  const portal = { contentType: 'text/html', body: '<html>Welcome</html>' };
  await browser.context.route('**/api/v1/photos/**', (route) => route.fulfill(portal));
  const asked = phone.waitForRequest(/api\/v1\/photos/);
  await phone.evaluate(() => dispatchEvent(new Event('online')));
  await asked;
  expect(await summary()).toMatchObject({ n_pending: 1, n_photos: 1, n_parked: 0 });

  await browser.context.unroute('**/api/v1/photos/**');
  await phone.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(summary, { timeout: 30_000 }).toMatchObject({ n_pending: 0, n_photos: 0, n_parked: 0 });
  expect(await json<object[]>(phone, 'listPhotos', person, 'uploaded')).toMatchObject([{ id: photo }]);

  // The browser tells of every request that this test took the network from.
  const others = browser.errors.filter((text) => !text.includes('net::ERR_INTERNET_DISCONNECTED') && !text.includes('net::ERR_FAILED'));
  browser.errors.splice(0, browser.errors.length, ...others);

  // Headquarters sees it; a clerk of the same store, who did not take it, does not.
  const fetched = async (login: string): Promise<[number, string | null]> => {
    const { cookie } = await Machine.signIn(server.origin, login);
    const response = await fetch(`${server.origin}/api/v1/photos/${photo}`, { headers: { cookie } });
    return [response.status, response.headers.get('content-type')];
  };
  expect(await fetched('hq')).toEqual([200, 'image/jpeg']);
  expect((await fetched('lina'))[0]).toBe(404);
});
