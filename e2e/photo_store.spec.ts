import { type Page, expect, test } from '@playwright/test';
import { createHash } from 'node:crypto';
import { call, type Glue, profile, withGlue } from './support/glue.ts';

// Photos on the phone by themselves: the built glue.js in a page without the app, with Chromium's own test camera.

const CAMERA = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

interface Shot {
  id: string;
  width: number;
  height: number;
  n_bytes: number;
}

interface Kept {
  id: string;
  store: string;
  state: string;
  taken_at: number;
  stored_at: number;
  reason: { code: string } | null;
}

/** Shows the camera in a new video element, `n` in the page, and takes a still of it. */
async function shoot(page: Page): Promise<Shot> {
  const json = await page.evaluate(async () => {
    const glue = (await import('/glue.js' as string)) as Glue;
    let video = document.querySelector('video');
    if (!video) {
      video = document.body.appendChild(document.createElement('video'));
      await glue['viewCamera']!(video, () => undefined);
    }
    return glue['takePhoto']!(video);
  });
  return JSON.parse(String(json)) as Shot;
}

async function taken(page: Page): Promise<string> {
  const { id } = await shoot(page);
  await call(page, 'keepPhoto', id, 'p-lina', 'S001', 0);
  return id;
}

async function list(page: Page, state: string, person = 'p-lina'): Promise<Kept[]> {
  return JSON.parse(String(await call(page, 'listPhotos', person, state))) as Kept[];
}

/** The name of the failure that an export rejects with. */
function failure(page: Page, name: string, ...values: unknown[]): Promise<string> {
  return call(page, name, ...values).then(
    () => '',
    async () =>
      page.evaluate(
        async ([name, values]) => {
          const glue = (await import('/glue.js' as string)) as Glue;
          return glue[name]!(...values).then(() => '', (error: Error) => error.name);
        },
        [name, values] as const,
      ),
  );
}

async function bytes(page: Page, id: string): Promise<Buffer> {
  const plain = await page.evaluate(async (id) => {
    const blob = (await ((await import('/glue.js' as string)) as Glue)['photoBlob']!(id)) as Blob;
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, id);
  return Buffer.from(plain);
}

test('a photo is a still of the live camera, named by its bytes, and survives the end of the browser', async () => {
  const kept = profile();
  let shot: Shot | undefined;
  await withGlue(kept, async (page) => {
    shot = await shoot(page);
    expect(await list(page, 'pending'), 'only looked at').toEqual([]);
    await call(page, 'keepPhoto', shot.id, 'p-lina', 'S001', 60_000);
    await call(page, 'keepPhoto', shot.id, 'p-lina', 'S001', 0).catch(() => undefined);
  }, CAMERA);
  await withGlue(kept, async (page) => {
    const [photo, ...others] = await list(page, 'pending');
    expect(others).toEqual([]);
    expect(photo).toMatchObject({ id: shot!.id, store: 'S001', state: 'pending', reason: null });
    // The phone knew that the server's clock is a minute ahead.
    expect(photo!.taken_at - photo!.stored_at).toBeGreaterThan(30_000);
    const jpeg = await bytes(page, shot!.id);
    expect(createHash('sha256').update(jpeg).digest('hex')).toBe(shot!.id);
    expect(jpeg.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
    expect(Math.max(shot!.width, shot!.height)).toBeLessThanOrEqual(1_600);
    expect(JSON.parse(String(await call(page, 'outboxSummary', 'p-lina')))).toMatchObject({ n_photos: 1, n_pending: 0 });
    expect(JSON.parse(String(await call(page, 'outboxSummary', 'p-wei')))).toMatchObject({ n_photos: 0 });
  });
});

test('there is no photo without a live camera', async () => {
  await withGlue(profile(), async (page) => {
    const name = await page.evaluate(async () => {
      const glue = (await import('/glue.js' as string)) as Glue;
      const canvas = document.body.appendChild(document.createElement('canvas'));
      canvas.getContext('2d')!.fillRect(0, 0, 9, 9);
      const video = document.createElement('video');
      const still = glue['takePhoto']!(video).then(() => '', (error: Error) => error.name);
      return still;
    });
    expect(name).toBe('photo_not_live');
    expect(await failure(page, 'keepPhoto', 'f'.repeat(64), 'p-lina', 'S001', 0)).toBe('photo_failed');
  });
});

test('a photo taken anew takes the place of the one looked at', async () => {
  await withGlue(profile(), async (page) => {
    const first = await shoot(page);
    // The test camera's picture shows the time: the next one is another.
    await expect.poll(async () => (await shoot(page)).id).not.toBe(first.id);
    expect(await failure(page, 'keepPhoto', first.id, 'p-lina', 'S001', 0)).toBe('photo_failed');
    expect(await list(page, 'pending')).toEqual([]);
  }, CAMERA);
});

test('a refused photo is kept with its reason and can be sent again', async () => {
  await withGlue(profile(), async (page) => {
    const id = await taken(page);
    await call(page, 'parkPhoto', id, '{"code":"photo_damaged"}');
    expect(await list(page, 'pending')).toEqual([]);
    expect(await list(page, 'parked')).toMatchObject([{ id, reason: { code: 'photo_damaged' } }]);
    await call(page, 'unparkPhoto', id);
    expect(await list(page, 'pending')).toMatchObject([{ id, reason: null }]);
  }, CAMERA);
});

test('a photo stays until the server has it and nothing unsettled names it', async () => {
  await withGlue(profile(), async (page) => {
    const id = await taken(page);
    const tomorrow = Date.now() + 86_400_000;
    expect(await call(page, 'prunePhotos', tomorrow), 'not uploaded').toBe(0);
    await call(page, 'putEvent', JSON.stringify({ id: 'E1', photos: [id] }), 'p-lina', '');
    await call(page, 'settlePhoto', id);
    expect(await call(page, 'prunePhotos', tomorrow), 'named by an event on its way').toBe(0);
    expect(await call(page, 'discardPhoto', id), 'named by an event on its way').toBe(false);
    await call(page, 'park', 1, '{"code":"bad_units"}');
    expect(await call(page, 'prunePhotos', tomorrow), 'named by a refused event').toBe(0);
    await page.evaluate(async () => ((await import('/glue.js' as string)) as Glue)['settle']!(new Float64Array([1])));
    expect(await call(page, 'prunePhotos', Date.now() - 60_000), 'uploaded just now').toBe(0);
    expect(await call(page, 'prunePhotos', tomorrow)).toBe(1);
    expect(await list(page, 'uploaded')).toEqual([]);
  }, CAMERA);
});

test('a photo that nothing names can be taken back', async () => {
  await withGlue(profile(), async (page) => {
    const id = await taken(page);
    expect(await call(page, 'discardPhoto', id)).toBe(true);
    expect(await list(page, 'pending')).toEqual([]);
  }, CAMERA);
});

test('the outbox of an older build is kept when photos come in', async () => {
  await withGlue(profile(), async (page) => {
    // As version 1 made it.
    await page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open('shelftrace', 1);
          opening.onupgradeneeded = () => {
            const db = opening.result;
            db.createObjectStore('meta').put(8, 'next_device_seq');
            const outbox = db.createObjectStore('outbox', { keyPath: 'seq' });
            outbox.createIndex('by_id', 'id', { unique: true });
            outbox.createIndex('by_state', ['state', 'person', 'seq']);
            outbox.createIndex('by_stocktake', ['stocktake', 'seq']);
            outbox.createIndex('by_settled', ['state', 'settled_at']);
            db.createObjectStore('snapshot').put({ json: '{"old":1}', stored_at: 1 }, 'S001');
            const json = JSON.stringify({ id: 'E7', device_seq: 7 });
            const event = { seq: 7, id: 'E7', person: 'p-lina', stocktake: '', state: 'pending', json };
            outbox.put({ ...event, stored_at: 1, settled_at: 0, reason: '' });
          };
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            opening.result.close();
            resolve();
          };
        }),
    );
    const waiting = JSON.parse(String(await call(page, 'pending', 'p-lina', 10))) as { id: string }[];
    expect(waiting.map(({ id }) => id)).toEqual(['E7']);
    expect(await call(page, 'getSnapshot', 'S001')).toBe('{"old":1}');
    expect(await call(page, 'putEvent', JSON.stringify({ id: 'E8' }), 'p-lina', '')).toBe(8);
    const id = await taken(page);
    expect(await list(page, 'pending')).toMatchObject([{ id }]);
  }, CAMERA);
});
