import AxeBuilder from '@axe-core/playwright';
import { type BrowserContext, type BrowserContextOptions, chromium, expect, type Page, test as base } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, CHROMIUM, cameraArgs } from './support/camera.ts';
import { Server } from './support/server.ts';

export { expect };

/** The devices the product is made for. */
export const DEVICES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1440, height: 900 } },
  kiosk: { viewport: { width: 1280, height: 800 }, hasTouch: true },
} satisfies Record<string, BrowserContextOptions>;

export type Device = keyof typeof DEVICES;
export type Language = 'zh' | 'en';

/** A person's browser: a profile of its own, which survives being killed. */
export class Browser {
  #context: BrowserContext | undefined;
  readonly #profile = mkdtempSync(join(tmpdir(), 'shelftrace-profile-'));
  readonly errors: string[] = [];

  constructor(
    readonly origin: string,
    readonly device: Device,
    readonly language: Language,
    readonly film?: string,
    readonly answer: Answer = 'allow',
  ) {}

  /** Opens the browser, or opens it again with the same profile. */
  async open(path = '/'): Promise<Page> {
    this.#context = await chromium.launchPersistentContext(this.#profile, {
      ...CHROMIUM,
      ...DEVICES[this.device],
      args: [...CHROMIUM.args, ...(this.film ? cameraArgs(this.film, this.answer) : [])],
      baseURL: this.origin,
      locale: this.language === 'zh' ? 'zh-CN' : 'en-GB',
      timezoneId: 'Asia/Shanghai',
      permissions: this.answer === 'allow' ? ['camera', 'geolocation'] : [],
      geolocation: { latitude: 39.9042, longitude: 116.4074, accuracy: 15 },
    });
    await this.#context.addCookies([{ name: 'lang', value: this.language, url: this.origin }]);
    const page = this.#context.pages()[0] ?? (await this.#context.newPage());
    page.on('console', (message) => {
      if (message.type() === 'error' || /hydration error|panicked/i.test(message.text())) this.errors.push(message.text());
    });
    page.on('pageerror', (error) => this.errors.push(String(error)));
    await page.goto(path);
    return page;
  }

  get context(): BrowserContext {
    if (!this.#context) throw new Error('the browser is not open');
    return this.#context;
  }

  /** Ends the browser at once, as Android does with an app it needs the memory of. */
  async kill(): Promise<void> {
    const session = await this.context.browser()?.newBrowserCDPSession();
    await session?.send('Browser.crash').catch(() => undefined);
    await this.context.close().catch(() => undefined);
    this.#context = undefined;
  }

  async close(): Promise<void> {
    await this.#context?.close().catch(() => undefined);
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

interface Fixtures {
  server: Server;
  /** A browser of a device and language; closed, and its console checked, when the test ends. */
  browserOf: (device: Device, language: Language, film?: string, answer?: Answer) => Browser;
}

let running: { file: string; server: Server } | undefined;

async function end(): Promise<void> {
  await running?.server.stop();
  running = undefined;
}

/** One server for all tests of a file; every file starts from the seeded chain, whatever ran before it. */
export const test = base.extend<Fixtures, { ending: undefined }>({
  // A worker goes from file to file and keeps what is made for it alone.
  server: async ({}, use, { file }) => {
    if (running?.file !== file) {
      await end();
      running = { file, server: await Server.start() };
    }
    await use(running!.server);
  },
  ending: [
    async ({}, use) => {
      await use(undefined);
      await end();
    },
    { scope: 'worker', auto: true },
  ],
  browserOf: async ({ server }, use) => {
    const browsers: Browser[] = [];
    await use((device, language, film, answer) => {
      const browser = new Browser(server.origin, device, language, film, answer);
      browsers.push(browser);
      return browser;
    });
    for (const browser of browsers) await browser.close();
    expect(browsers.flatMap((browser) => browser.errors), 'console errors').toEqual([]);
  },
});

/** Waits until the page answers. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-hydrated', '');
}

/** Signs in through the form and waits for the workbench. */
export async function signIn(page: Page, login: string, password = 'shelftrace-demo'): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('#login').fill(login);
  await page.locator('#password').fill(password);
  await page.locator('button[type=submit]').first().click();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  await hydrated(page);
}

/** Checks the page with axe against WCAG 2.2 AA. */
export async function accessible(page: Page): Promise<void> {
  const report = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  const problems = report.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  expect(problems, 'accessibility').toEqual([]);
}

/** No text or control may stick out of the page sideways. */
export async function fits(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow, 'pixels the page is wider than the screen').toBeLessThanOrEqual(0);
}
