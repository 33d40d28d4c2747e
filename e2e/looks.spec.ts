import { type Device, type Language, accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';

// Every page, as its users see it: nothing sticks out, axe has nothing to say, the console is silent.
const PAGES: { path: string; login: string; devices: Device[] }[] = [
  { path: '/', login: 'lina', devices: ['phone', 'kiosk'] },
  { path: '/count', login: 'lina', devices: ['phone', 'kiosk'] },
  { path: '/account', login: 'lina', devices: ['phone'] },
  { path: '/', login: 'hq', devices: ['phone', 'desktop'] },
  { path: '/board', login: 'hq', devices: ['phone', 'desktop'] },
  { path: '/board/S002', login: 'hq', devices: ['phone', 'desktop', 'kiosk'] },
  { path: '/board/S002/A-01', login: 'hq', devices: ['phone', 'desktop'] },
];

for (const language of ['zh', 'en'] satisfies Language[]) {
  for (const device of ['phone', 'desktop', 'kiosk'] satisfies Device[]) {
    test(`sign-in page, ${device}, ${language}`, async ({ browserOf }) => {
      const page = await browserOf(device, language).open('/sign-in');
      await hydrated(page);
      await fits(page);
      await accessible(page);
      await page.screenshot({ path: `screenshots/sign-in-${device}-${language}.png` });
    });
  }
  for (const { path, login, devices } of PAGES) {
    for (const device of devices) {
      test(`${path} of ${login}, ${device}, ${language}`, async ({ browserOf }) => {
        const page = await browserOf(device, language).open('/sign-in');
        await signIn(page, login);
        await page.goto(path);
        await hydrated(page);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await fits(page);
        await accessible(page);
        const name = `${path.slice(1).replaceAll('/', '-') || 'home'}-${login}-${device}-${language}`;
        await page.screenshot({ path: `screenshots/${name}.png` });
      });
    }
  }
}
