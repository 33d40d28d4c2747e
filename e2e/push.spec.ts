import { execFileSync } from 'node:child_process';
import { FakePush, usePushService } from './fake/push.ts';
import { Browser, accessible, expect, fits, hydrated, signIn, test as base } from './fixtures.ts';
import { Machine } from './support/machine.ts';
import { BINARY } from './support/seeded.ts';
import { Server } from './support/server.ts';

interface Told {
  push: FakePush;
  server: Server;
  /** The manager of S002, by login. */
  manager: string;
}

const test = base.extend<object, { told: Told }>({
  told: [
    async ({}, use) => {
      const push = await FakePush.start();
      let manager = '';
      const server = await Server.start(
        () => ({ SHELFTRACE_PUSH_CONTACT: 'mailto:it@chain.example', SHELFTRACE_WEBHOOK_TO_LOOPBACK: 'true' }),
        (dataDir) => {
          const list = execFileSync(BINARY, ['--data-dir', dataDir, 'user', 'list']).toString();
          const rows = list.split('\n').map((row) => row.split('\t'));
          manager = rows.find((row) => row[3] === 'store_manager' && row[4] === 'store:S002')![0]!;
        },
      );
      await use({ push, server, manager });
      await server.stop();
      await push.stop();
    },
    { scope: 'worker' },
  ],
});

/** The manager of S001 asks S002 for one piece. */
async function ask(origin: string): Promise<void> {
  const hq = await Machine.signIn(origin, 'hq');
  const stock = await hq.get<{ lines: { place: unknown; sku: string; units: number }[] }>('/api/v1/stock?store=S002');
  const { sku } = stock.lines.find((line) => line.units >= 10 && typeof line.place === 'object')!;
  const asker = await Machine.signIn(origin, 'wangwei');
  const event = asker.event(await asker.snapshot('S001'), {});
  const request = { lines: [{ sku, units: 1 }], candidates: [{ store: 'S002', why: [] }], wanted_by: null, note: null };
  const [answer] = await asker.sync([{ ...event, body: { transfer: { transfer: event.id, step: { requested: request } } } }]);
  expect(answer?.outcome.is).toBe('accepted');
}

test('a tap switches notices on, and a closed page is told in its reader’s language', async ({ told }) => {
  const { push, server, manager } = told;
  const browser = new Browser(server.origin, 'phone', 'en');
  const page = await browser.open('/sign-in');
  await browser.context.addInitScript(usePushService, push.subscription);
  await browser.context.grantPermissions(['notifications'], { origin: server.origin });
  await signIn(page, manager);
  await page.goto('/account');
  await hydrated(page);
  // Messages come in the language of the page that the choice was made on.
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByRole('button', { name: 'Switch off' })).toBeVisible();
  await accessible(page);
  await fits(page);
  await page.screenshot({ path: 'screenshots/push-phone-en.png', fullPage: true });

  await ask(server.origin);
  await expect.poll(() => push.notices.length, { timeout: 20_000 }).toBe(1);
  const data = push.notices[0]!;
  expect(JSON.parse(data).title).toMatch(/asks for 1 pieces/);

  const cdp = await browser.context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const own = registrations.find(({ scopeURL, isDeleted }) => scopeURL === `${server.origin}/` && !isDeleted);
      if (own) resolve(own.registrationId);
    });
  });
  await cdp.send('ServiceWorker.enable');
  const registrationId = await registered;
  const deliver = (text: string) =>
    cdp.send('ServiceWorker.deliverPushMessage', { origin: server.origin, registrationId, data: text });
  await deliver(data);
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
    });
  const notice = JSON.parse(data);
  await expect.poll(shown).toEqual([{ title: notice.title, body: notice.text, tag: notice.tag }]);
  // Delivered twice it is shown once; what cannot be read is shown as that something waits.
  await deliver(data);
  await deliver('garbage');
  await expect.poll(async () => (await shown()).map(({ title }) => title).sort()).toEqual([notice.title, '货迹 Shelftrace'].sort());

  const worker = browser.context.serviceWorkers()[0]!;
  await worker.evaluate(async (tag) => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration };
    const [found] = await scope.registration.getNotifications({ tag });
    // Made by a script it cannot be waited for, which is all that differs from a tap.
    self.dispatchEvent(Object.assign(new Event('notificationclick'), { notification: found, waitUntil: () => undefined }));
  }, notice.tag);
  const hq = new Browser(server.origin, 'desktop', 'zh');
  const log = await hq.open('/sign-in');
  await signIn(log, 'hq');
  await expect
    .poll(async () => {
      await log.goto('/deliveries');
      return log.getByRole('row', { name: /^浏览器推送/ }).locator('td').allInnerTexts();
    })
    .toEqual(['1', '1', '0', '0', '–']);
  await accessible(log);
  await log.screenshot({ path: 'screenshots/deliveries-push-desktop-zh.png', fullPage: true });
  await hq.close();

  await page.goto('/account');
  await page.getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByRole('button', { name: 'Switch on' })).toBeVisible();
  expect(browser.errors).toEqual([]);
  await browser.close();
});

test('whoever comes after somebody on a device does not see their notices', async ({ told }) => {
  const { push, server, manager } = told;
  const browser = new Browser(server.origin, 'kiosk', 'zh');
  const page = await browser.open('/sign-in');
  await browser.context.addInitScript(usePushService, push.subscription);
  await browser.context.grantPermissions(['notifications'], { origin: server.origin });
  await signIn(page, manager);
  await page.goto('/account');
  await page.getByRole('button', { name: '打开通知' }).click();
  await expect(page.getByRole('button', { name: '关闭通知' })).toBeVisible();
  await page.screenshot({ path: 'screenshots/push-kiosk-zh.png', fullPage: true });
  // Nobody signs out: the session has ended, say.
  await browser.context.clearCookies();
  await signIn(page, 'wangwei');
  await expect.poll(() => page.evaluate(() => localStorage.getItem('fake-push'))).toBeNull();
  await page.goto('/account');
  await expect(page.getByRole('button', { name: '打开通知' })).toBeVisible();
  expect(browser.errors).toEqual([]);
  await browser.close();
});

test('a browser that has refused says how to take it back', async ({ told }) => {
  const { server, manager } = told;
  const browser = new Browser(server.origin, 'phone', 'zh');
  const page = await browser.open('/sign-in');
  await page.addInitScript(() => Object.defineProperty(Notification, 'permission', { get: () => 'denied' }));
  await signIn(page, manager);
  await page.goto('/account');
  await expect(page.getByText('您拒绝了通知')).toBeVisible();
  await expect(page.getByRole('button', { name: '打开通知' })).toHaveCount(0);
  await accessible(page);
  await fits(page);
  await page.screenshot({ path: 'screenshots/push-denied-phone-zh.png', fullPage: true });
  expect(browser.errors).toEqual([]);
  await browser.close();
});
