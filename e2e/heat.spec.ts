import type { Page } from '@playwright/test';
import { accessible, expect, fits, hydrated, signIn, test } from './fixtures.ts';

const WORDS = {
  zh: { cover: '可售天数', out: '缺货', transfers: '在办调拨', map: '地图', grid: '格子', day: '哪一天', region: '华东' },
  en: { cover: 'Stock cover', out: 'Out of stock', transfers: 'Open transfers', map: 'Map', grid: 'Grid', day: 'Day', region: 'East China' },
};

/** Cells of the picture that have a colour. */
const coloured = (page: Page): Promise<number> =>
  page.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, at) => at % 4 === 3 && value > 0).length;
  });

for (const [device, language] of [['desktop', 'zh'], ['desktop', 'en'], ['phone', 'zh']] as const) {
  test(`layers, days and the map of the chain on ${device} in ${language}`, async ({ browserOf }) => {
    const words = WORDS[language];
    const page = await browserOf(device, language).open('/sign-in');
    await signIn(page, 'hq');
    await page.goto('/board');
    await hydrated(page);
    const shot = async (name: string) => {
      await accessible(page);
      await fits(page);
      await page.screenshot({ path: `screenshots/heat-${name}-${device}-${language}.png`, fullPage: true });
    };
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/fn/heat')) asked.push(request.postData() ?? '');
    });

    await page.getByRole('link', { name: words.out, exact: true }).click();
    await expect(page).toHaveURL('/board?layer=out_of_stock');
    await expect.poll(() => coloured(page), 'cells with a figure').toBeGreaterThan(20);
    const whole = asked.filter((body) => body === 'since=0').length;
    expect(whole, 'all rows are fetched once').toBe(1);
    await shot('grid');
    await page.getByRole('link', { name: words.transfers, exact: true }).click();
    await expect.poll(() => coloured(page)).toBeGreaterThan(20);
    await page.getByRole('link', { name: words.cover, exact: true }).click();
    await expect(page.getByRole('slider')).toBeVisible();
    expect(asked.filter((body) => body === 'since=0').length, 'another layer fetches nothing').toBe(whole);

    await page.getByRole('link', { name: words.out, exact: true }).click();
    await page.getByRole('link', { name: words.map, exact: true }).click();
    await expect(page).toHaveURL('/board?layer=out_of_stock&view=map');
    const store = page.getByRole('group', { name: new RegExp(words.region) }).getByRole('link').first();
    await expect(store).toHaveAccessibleName(/\d %$/);
    await store.focus();
    await expect(page.locator('.readout__figure').first()).toContainText('%');
    await shot('map');

    const slider = page.getByRole('slider', { name: words.day });
    await slider.press('ArrowLeft');
    await expect(page).toHaveURL(/layer=out_of_stock&day=\d{4}-\d\d-\d\d&view=map/);
    await expect(slider).toHaveAttribute('aria-valuetext', /1/);
    await expect(store).toHaveAccessibleName(/\d %$/);
    await page.goto(`${page.url()}&against=${await page.locator('input[type=date]').getAttribute('max')}`);
    await hydrated(page);
    // Against itself there is nothing to compare.
    await expect(page.locator('input[type=date]')).toHaveValue('');
    await slider.press('End');
    await expect(page).toHaveURL('/board?layer=out_of_stock&view=map');
    const yesterday = (await page.locator('input[type=date]').getAttribute('max'))!;
    await page.locator('input[type=date]').fill(yesterday);
    await expect(page).toHaveURL(`/board?layer=out_of_stock&against=${yesterday}&view=map`);
    await expect(store).toHaveAccessibleName(language === 'zh' ? /个百分点$/ : /pp$/);
    await shot('compared');

    await page.getByRole('combobox').first().selectOption({ index: 1 });
    await expect(page).toHaveURL(/&category=[^&]+&view=map/);
    await page.reload();
    await hydrated(page);
    await expect(store, 'the address shows the same again').toHaveAccessibleName(language === 'zh' ? /个百分点$|–$/ : /pp$|–$/);
    await page.getByRole('link', { name: words.grid, exact: true }).click();
    await expect(page.locator('canvas')).toHaveAttribute('width', '1');
  });
}

test('figures that do not come are asked for again', async ({ browserOf }) => {
  const browser = browserOf('desktop', 'en');
  const page = await browser.open('/sign-in');
  await signIn(page, 'hq');
  await page.route('**/fn/heat', (route) => route.abort());
  await page.goto('/board?layer=cover');
  await hydrated(page);
  const again = page.getByRole('button', { name: /again/i });
  await expect(again).toBeVisible();
  await page.unroute('**/fn/heat');
  await again.click();
  await expect(again).toBeHidden();
  browser.errors.splice(0);
});
