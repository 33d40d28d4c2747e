import { type Device, type Language, accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';

// Every page, as its users see it: nothing sticks out, axe has nothing to say, the console is silent.
const PAGES: { login: string; device: Device; paths: string[] }[] = [
  { login: 'lina', device: 'phone', paths: ['/', '/count', '/account'] },
  { login: 'lina', device: 'kiosk', paths: ['/', '/count'] },
  { login: 'hq', device: 'phone', paths: ['/', '/board', '/board/S002', '/board/S002/A-01'] },
  { login: 'hq', device: 'desktop', paths: ['/', '/board', '/board/S002', '/board/S002/A-01'] },
  { login: 'hq', device: 'kiosk', paths: ['/board/S002'] },
];

for (const language of ['zh', 'en'] satisfies Language[]) {
  for (const { login, device, paths } of PAGES) {
    test(`sign-in and ${paths.join(', ')} of ${login}, ${device}, ${language}`, async ({ browserOf }) => {
      const page = await browserOf(device, language).open('/sign-in');
      const looked = async (name: string) => {
        await fits(page);
        await accessible(page);
        await page.screenshot({ path: `screenshots/${name}-${device}-${language}.png` });
      };
      await hydrated(page);
      await looked('sign-in');
      await signIn(page, login);
      for (const path of paths) {
        await page.goto(path);
        await hydrated(page);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await looked(`${path.slice(1).replaceAll('/', '-') || 'home'}-${login}`);
      }
    });
  }
}
