import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Language, accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';
import { Machine } from './support/machine.ts';

const WORDS = {
  zh: {
    details: '详情', before: '之前', untouched: '没有被改过', holds: '证明成立', fails: '证明不成立', take: '由我负责',
    close: '结案', found: '发现了什么', earlier: '更早的事件', bar: '停用', admit: '恢复', all: '全部门店', byStore: '按门店看', reverse: '冲销', why: '为什么冲销？', needed: '请写一句为什么', reversed: '已冲销，库存恢复原样', photo: /照片 1：报损/,
  },
  en: {
    details: 'Details', before: 'Before', untouched: 'Untouched', holds: 'The proof holds',
    fails: 'The proof does not hold', take: 'I look into it', close: 'Close', found: 'What was found',
    earlier: 'Earlier events', bar: 'Bar', admit: 'Let in again', all: 'All stores', byStore: 'Store by store',
    reverse: 'Reverse', why: 'Why?', needed: 'Say why in a few words', reversed: 'Reversed: stock is as it was before', photo: /Photo 1: /,
  },
} satisfies Record<Language, Record<string, string | RegExp>>;

for (const language of ['zh', 'en'] as const) {
  const words = WORDS[language];
  for (const device of ['phone', 'desktop'] as const) {
    test(`timelines, devices and audits on a ${device}, ${language}`, async ({ browserOf }) => {
      const page = await browserOf(device, language).open();
      await signIn(page, 'hq');
      const shot = (name: string) => page.screenshot({ path: `screenshots/trace-${name}-${device}-${language}.png`, fullPage: true });

      await page.goto('/trace');
      await hydrated(page);
      await accessible(page);
      await shot('choose');

      await page.goto('/trace?store=S001&kind=sale');
      await hydrated(page);
      const steps = page.locator('.step');
      await expect(steps).toHaveCount(30);
      await steps.first().locator('summary').click();
      await expect(steps.first().getByRole('columnheader', { name: words.before })).toBeVisible();
      await accessible(page);
      await shot('store');
      await page.getByRole('button', { name: words.earlier }).click();
      await expect(steps).toHaveCount(60);

      await page.locator('.step').first().locator('table a').first().click();
      await expect(page).toHaveURL(/\/trace\/product\//);
      await hydrated(page);
      await expect(page.locator('.step').first()).toBeVisible();
      await shot('product');

      // A delivery is taken on a phone, which knows where it is.
      await page.goto('/trace?store=S001&kind=receipt');
      await hydrated(page);
      await page.locator('.step').first().locator('summary').click();
      await expect(page.getByRole('img', { name: /m/ }).first()).toBeVisible();
      await accessible(page);
      await page.locator('.map').first().scrollIntoViewIfNeeded();
      await shot('map');

      await page.goto('/devices?store=S001');
      await hydrated(page);
      await accessible(page);
      await shot('devices');

      const yesterday = new Date(Date.now() + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10);
      await page.goto(`/audit?store=S001&day=${yesterday}`);
      await hydrated(page);
      await expect(page.getByText(words.untouched, { exact: true })).toBeVisible();
      await accessible(page);
      await shot('audit');
    });
  }

  for (const device of ['phone', 'desktop', 'kiosk'] as const) {
    test(`one timeline over all stores, with its photos, on a ${device}, ${language}`, async ({ browserOf, server }) => {
      const page = await browserOf(device, language).open();
      await signIn(page, 'hq');
      const shot = (name: string) => page.screenshot({ path: `screenshots/trace-${name}-${device}-${language}.png`, fullPage: true });
      const manager = await Machine.signIn(server.origin, 'wangwei');
      const snapshot = await manager.snapshot('S001');
      const shelf = snapshot.shelves[0]!;
      const sku = shelf.items[0]!;
      const photo = await manager.photo('S001', await page.screenshot({ type: 'jpeg' }));
      const legs = [{ place: { shelf: shelf.code }, sku, units: -1 }, { place: 'shrinkage', sku, units: 1 }];
      const moved = manager.event(snapshot, { moved: { kind: 'write_off', reason: 'damaged', photos: [photo], legs } });
      expect((await manager.sync([moved]))[0]?.outcome.is).toBe('accepted');

      // From the stores in which the product occurs to all of them in one.
      // A server that has just started still indexes what other stores have.
      await expect(async () => {
        await page.goto(`/trace/product/${sku}`);
        await expect(page.getByRole('link', { name: words.all })).toBeVisible({ timeout: 1_000 });
      }).toPass({ timeout: 60_000 });
      await hydrated(page);
      await accessible(page);
      await shot('occurs');
      await page.getByRole('link', { name: words.all }).click();
      await expect(page).toHaveURL(/store=all/);
      await hydrated(page);
      const steps = page.locator('.step');
      const thumb = steps.first().getByRole('img', { name: words.photo });
      await expect(thumb).toBeVisible();
      expect(await thumb.getAttribute('loading')).toBe('lazy');
      expect(await thumb.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeLessThanOrEqual(320);
      // Each entry begins with its store, and there is more than one.
      const stores = await page.locator('.step__who').evaluateAll((who) => who.map((one) => one.textContent?.trim().split(' · ')[0]));
      expect(new Set(stores).size).toBeGreaterThan(1);
      await accessible(page);
      await fits(page);
      await shot('across');

      await steps.first().locator('summary').click();
      await expect(steps.first().getByRole('columnheader', { name: words.before })).toBeVisible();
      await accessible(page);
      await steps.first().getByRole('button', { name: words.photo }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await page.keyboard.press('Escape');

      // Whoever may approve takes it back here: the phone that recorded it need not be at hand.
      const step = steps.first();
      await step.getByRole('button', { name: words.reverse }).click();
      await step.getByRole('button', { name: words.reverse }).click();
      await expect(step.getByText(words.needed)).toBeVisible();
      await step.getByLabel(words.why).fill('扫错了');
      await accessible(page);
      await fits(page);
      await shot('reverse');
      await step.getByRole('button', { name: words.reverse }).click();
      await expect(step.getByText(words.reversed)).toBeVisible();
      const fates = await manager.get<{ outcome: string }[]>(`/api/v1/movements?store=S001&events=${moved.id}`);
      expect(fates.map(({ outcome }) => outcome)).toEqual(['reversed']);
      await page.getByRole('link', { name: words.byStore }).click();
      await expect(page).toHaveURL(new RegExp(`/trace/product/${sku}$`));

      // All stores with nothing to look for: the page says what to do, and a filter is enough.
      await page.goto('/trace?store=all');
      await hydrated(page);
      await accessible(page);
      await shot('across-nothing');
      await page.goto('/trace?store=all&kind=sale');
      await hydrated(page);
      await expect(steps).toHaveCount(30);
      await page.getByRole('button', { name: words.earlier }).click();
      await expect(steps).toHaveCount(60);
      await shot('across-sales');
    });
  }

  test(`a proof is checked in the browser without the server, ${language}`, async ({ browserOf }) => {
    const browser = browserOf('desktop', language);
    const page = await browser.open();
    await signIn(page, 'auditor');
    const proof = await page.evaluate(async () => (await fetch('/api/v1/proof?store=S001&seq=5')).text());
    await page.goto('/proof');
    await hydrated(page);
    await browser.context.setOffline(true);
    const genuine = join(tmpdir(), 'shelftrace-proof.json');
    writeFileSync(genuine, proof);
    await page.locator('input[type=file]').setInputFiles(genuine);
    await expect(page.getByText(words.holds, { exact: true })).toBeVisible();
    await accessible(page);
    await page.screenshot({ path: `screenshots/trace-proof-${language}.png`, fullPage: true });
    const forged = join(tmpdir(), 'shelftrace-forged.json');
    const altered = JSON.parse(proof) as { event: string };
    const bytes = Buffer.from(altered.event, 'base64');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    writeFileSync(forged, JSON.stringify({ ...altered, event: bytes.toString('base64') }));
    await page.locator('input[type=file]').setInputFiles(forged);
    await expect(page.getByText(words.fails, { exact: true })).toBeVisible();
    await browser.context.setOffline(false);
  });

  test(`an alarm is taken and closed, ${language}`, async ({ browserOf, server }) => {
    const phone = await Machine.signIn(server.origin, 'lina');
    const snapshot = await phone.snapshot('S001');
    const counted = phone.event(snapshot, { stocktake_opened: { stocktake: `S001-2026${language === 'zh' ? '0101' : '0102'}` } });
    counted.effective_at = Date.now() + 3_600_000;
    expect((await phone.sync([counted]))[0]?.outcome.is).toBe('accepted');

    const page = await browserOf('phone', language).open();
    await signIn(page, 'wangwei');
    await page.goto('/cases');
    await hydrated(page);
    const cases = page.locator('.case');
    await accessible(page);
    await page.screenshot({ path: `screenshots/trace-cases-${language}.png`, fullPage: true });
    const n = await cases.count();
    const mine = cases.filter({ has: page.getByRole('button', { name: words.take }) }).first();
    await mine.getByRole('button', { name: words.take }).click();
    await expect(page.locator('.segment').nth(1)).toHaveText(/1/);
    await cases.getByRole('button', { name: words.close }).first().click();
    await page.getByLabel(words.found).fill('手机没有自动校时');
    await accessible(page);
    await page.screenshot({ path: `screenshots/trace-close-${language}.png`, fullPage: true });
    await page.locator('.case__form button[type=submit]').click();
    await expect(cases).toHaveCount(n - 1);

    // The phone that sent it can be barred, and let in again.
    await page.goto('/devices');
    await hydrated(page);
    const row = page.locator('.case').filter({ hasText: phone.device });
    await row.getByRole('button', { name: words.bar, exact: true }).click();
    await row.getByRole('group').getByRole('button').first().click();
    await expect(row.getByRole('button', { name: words.admit })).toBeVisible();
    await expect(phone.sync([phone.event(snapshot, { stocktake_opened: { stocktake: 'S001-20260103' } })])).rejects.toThrow('423');
    await page.screenshot({ path: `screenshots/trace-barred-${language}.png`, fullPage: true });
    await row.getByRole('button', { name: words.admit }).click();
    await expect(row.getByRole('button', { name: words.bar, exact: true })).toBeVisible();
  });
}
