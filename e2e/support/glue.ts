import { type Page, chromium } from '@playwright/test';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM } from './camera.ts';
import { SITE } from './seeded.ts';

/** The exports of the glue. */
export type Glue = Record<string, (...values: unknown[]) => Promise<unknown>>;

const ORIGIN = 'http://127.0.0.1:9';

/** A page that can import the glue; `profile` keeps its data between calls, `args` are the browser's. */
export async function withGlue(profile: string, use: (page: Page) => Promise<void>, args: string[] = []): Promise<void> {
  const context = await chromium.launchPersistentContext(profile, { ...CHROMIUM, args: [...CHROMIUM.args, ...args] });
  try {
    const { build } = JSON.parse(readFileSync(join(SITE, 'build.json'), 'utf8')) as { build: string };
    const glue = readFileSync(join(SITE, 'pkg', build, 'glue.js'), 'utf8');
    await context.route(`${ORIGIN}/**`, (route) =>
      route.request().url().endsWith('/glue.js')
        ? route.fulfill({ contentType: 'text/javascript', body: glue })
        : route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>phone</title>' }),
    );
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(ORIGIN);
    await use(page);
  } finally {
    await context.close();
  }
}

/** A phone of its own. */
export function profile(): string {
  return mkdtempSync(join(tmpdir(), 'shelftrace-phone-'));
}

/** Calls an export of the glue in the page. */
export function call(page: Page, name: string, ...values: unknown[]): Promise<unknown> {
  return page.evaluate(
    async ([name, values]) => {
      const glue = (await import('/glue.js' as string)) as Glue;
      return glue[name]!(...values);
    },
    [name, values] as const,
  );
}
