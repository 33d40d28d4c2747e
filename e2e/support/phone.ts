import type { Page } from '@playwright/test';

/** Types a code into the page as fast as a hardware scanner does, however busy the machine. */
export async function gun(page: Page, code: string): Promise<void> {
  await page.evaluate((keys) => {
    const target = document.activeElement ?? document.body;
    // The first key allows sound, which takes a moment: a real scanner's keys have the time they were pressed.
    target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Shift', bubbles: true }));
    for (const key of keys) target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  }, [...code, 'Enter']);
}

/** Takes a photo as evidence, where the page offers it. */
export async function takePhoto(page: Page, zh: boolean): Promise<void> {
  await page.getByRole('button', { name: zh ? '拍照' : 'Take a photo' }).click();
  const camera = page.getByRole('dialog');
  await camera.getByRole('button', { name: zh ? '拍照' : 'Take the photo', exact: true }).click();
  await camera.getByRole('button', { name: zh ? '就用这张' : 'Use this one' }).click();
}
