import { expect, test } from '@playwright/test';
import { call, type Glue, profile, withGlue } from './support/glue.ts';

// The phone's outbox by itself: the built glue.js in a page without the app, no server behind it.

function event(id: string): string {
  return JSON.stringify({ id, store: 'S001', device_seq: 0 });
}

test('events get numbers without gaps, however many are stored at once', async () => {
  await withGlue(profile(), async (page) => {
    const numbers = await page.evaluate(async () => {
      const glue = (await import('/glue.js' as string)) as Glue;
      const ids = Array.from({ length: 40 }, (_, n) => `E${n}`);
      return Promise.all(ids.map((id) => glue['putEvent']!(JSON.stringify({ id }), 'p-lina', 'S001-20261122')));
    });
    expect(numbers).toEqual(Array.from({ length: 40 }, (_, n) => n + 1));
  });
});

test('the same event stored twice keeps its number', async () => {
  await withGlue(profile(), async (page) => {
    expect(await call(page, 'putEvent', event('E1'), 'p-lina', '')).toBe(1);
    expect(await call(page, 'putEvent', event('E2'), 'p-lina', '')).toBe(2);
    expect(await call(page, 'putEvent', event('E1'), 'p-lina', '')).toBe(1);
    const waiting = JSON.parse(String(await call(page, 'pending', 'p-lina', 10))) as { id: string; device_seq: number }[];
    expect(waiting.map(({ id, device_seq }) => [id, device_seq])).toEqual([['E1', 1], ['E2', 2]]);
  });
});

test('a stored event survives the end of the browser', async () => {
  const kept = profile();
  await withGlue(kept, async (page) => {
    expect(await call(page, 'metaOrInsert', 'device_id', 'first')).toBe('first');
    await call(page, 'putEvent', event('E1'), 'p-lina', '');
  });
  await withGlue(kept, async (page) => {
    expect(await call(page, 'metaOrInsert', 'device_id', 'second')).toBe('first');
    expect(await call(page, 'putEvent', event('E2'), 'p-lina', '')).toBe(2);
    expect(JSON.parse(String(await call(page, 'outboxSummary', 'p-lina')))).toMatchObject({ n_pending: 2 });
  });
});

test('a refused event is kept with its reason and holds up nothing', async () => {
  await withGlue(profile(), async (page) => {
    for (const id of ['E1', 'E2', 'E3']) await call(page, 'putEvent', event(id), 'p-lina', 'S001-20261122');
    await call(page, 'park', 1, '{"code":"shelf_unknown"}');
    const waiting = JSON.parse(String(await call(page, 'pending', 'p-lina', 10))) as { id: string }[];
    expect(waiting.map(({ id }) => id)).toEqual(['E2', 'E3']);
    const parked = JSON.parse(String(await call(page, 'parked', 'p-lina'))) as unknown[];
    expect(parked).toMatchObject([{ seq: 1, event: { id: 'E1' }, reason: { code: 'shelf_unknown' } }]);
    await call(page, 'unpark', 1);
    expect(JSON.parse(String(await call(page, 'outboxSummary', 'p-lina')))).toMatchObject({ n_pending: 3, n_parked: 0 });
  });
});

test('a late refusal leaves alone what the ledger has, and what a person has put away', async () => {
  await withGlue(profile(), async (page) => {
    for (const id of ['E1', 'E2', 'E3']) await call(page, 'putEvent', event(id), 'p-lina', 'S001-20261122');
    await page.evaluate(async () => ((await import('/glue.js' as string)) as Glue)['settle']!(new Float64Array([1])));
    await call(page, 'park', 2, '{"code":"shelf_unknown"}');
    await call(page, 'withdraw', 2);
    // Another tab's answer to an earlier try.
    for (const seq of [1, 2, 3]) await call(page, 'park', seq, '{"code":"stocktake_submitted"}');
    const stored = JSON.parse(String(await call(page, 'eventsOf', 'S001-20261122'))) as { state: string }[];
    expect(stored.map(({ state }) => state)).toEqual(['accepted', 'withdrawn', 'parked']);
    expect(JSON.parse(String(await call(page, 'stateOf', 'E1')))).toMatchObject({ state: 'accepted', reason: null });
  });
});

test('one person’s queue is not sent by the next', async () => {
  await withGlue(profile(), async (page) => {
    await call(page, 'putEvent', event('E1'), 'p-lina', '');
    await call(page, 'putEvent', event('E2'), 'p-wei', '');
    const waiting = JSON.parse(String(await call(page, 'pending', 'p-wei', 10))) as { id: string }[];
    expect(waiting.map(({ id }) => id)).toEqual(['E2']);
    const summary = JSON.parse(String(await call(page, 'outboxSummary', 'p-wei'))) as unknown;
    expect(summary).toMatchObject({ n_pending: 1, n_pending_others: 1 });
  });
});

test('accepted events stay until pruned, unsent ones whatever happens', async () => {
  await withGlue(profile(), async (page) => {
    for (const id of ['E1', 'E2']) await call(page, 'putEvent', event(id), 'p-lina', 'S001-20261122');
    await page.evaluate(async () => ((await import('/glue.js' as string)) as Glue)['settle']!(new Float64Array([1])));
    const stored = async (): Promise<unknown> => JSON.parse(String(await call(page, 'eventsOf', 'S001-20261122')));
    expect(await stored()).toMatchObject([{ seq: 1, state: 'accepted' }, { seq: 2, state: 'pending' }]);
    expect(await call(page, 'pruneSettled', Date.now() + 1_000)).toBe(1);
    expect(await stored()).toMatchObject([{ seq: 2, state: 'pending' }]);
  });
});
