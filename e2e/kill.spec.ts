import { execFileSync } from 'node:child_process';
import { expect, test } from '@playwright/test';
import { Machine, type Snapshot, todaysStocktake } from './support/machine.ts';
import { BINARY } from './support/seeded.ts';
import { Server } from './support/server.ts';

const N_KILLS = 20;
const N_DEVICES = 6;

/** Sends counts until told to stop; a batch without an answer is sent again as it is, as a phone does. */
async function count(clerk: Machine, snapshot: Snapshot, acknowledged: Map<string, number>, until: () => boolean) {
  const stocktake = todaysStocktake('S001');
  const shelf = snapshot.shelves[0]!;
  const opened = clerk.event(snapshot, { stocktake_opened: { stocktake } });
  let batch: { id: string }[] = [opened];
  while (!until() || batch.length > 0) {
    if (batch.length === 0) {
      const items = Array.from({ length: 1 + Math.floor(Math.random() * 20) }, () => shelf.items[Math.floor(Math.random() * shelf.items.length)]);
      batch = items.map((sku) =>
        clerk.event(snapshot, {
          counted: { stocktake, shelf: shelf.code, proof: 'picked', item: { known: sku }, units: 1, method: 'camera' },
        }),
      );
    }
    const answers = await clerk.sync(batch).catch(() => undefined);
    if (!answers) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      continue;
    }
    for (const [n, answer] of answers.entries()) {
      if (answer.outcome.is === 'refused') throw new Error(`refused: ${answer.outcome.why.code}`);
      acknowledged.set(batch[n]!.id, answer.outcome.seq);
    }
    batch = [];
  }
}

test('every acknowledged event is in the ledger exactly once after 20 kills', async () => {
  test.setTimeout(600_000);
  const server = await Server.start();
  const clerk = await Machine.signIn(server.origin, 'lina');
  const snapshot = await clerk.snapshot('S001');
  const acknowledged = new Map<string, number>();
  let stopped = false;
  const devices = Array.from({ length: N_DEVICES }, () => count(clerk.another(), snapshot, acknowledged, () => stopped));
  for (let n = 0; n < N_KILLS; n++) {
    await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 1_300));
    // A busy machine takes longer to acknowledge anything.
    await expect.poll(() => acknowledged.size, { timeout: 30_000 }).toBeGreaterThan(10 * n);
    await server.kill();
    await server.run();
  }
  stopped = true;
  await Promise.all(devices);

  const auditor = await Machine.signIn(server.origin, 'auditor');
  const inLedger = new Map<string, number>();
  for (let before: number | undefined; ; ) {
    const page = await auditor.get<{ events: { id: string; seq: number }[] }>(
      `/api/v1/events?store=S001&limit=500${before === undefined ? '' : `&before=${before}`}`,
    );
    for (const { id, seq } of page.events) {
      expect(inLedger.has(id), `event ${id} twice`).toBe(false);
      inLedger.set(id, seq);
    }
    const last = page.events.at(-1);
    if (!last || last.seq === 1) break;
    before = last.seq;
  }
  expect(acknowledged.size).toBeGreaterThan(10 * (N_KILLS - 1));
  for (const [id, seq] of acknowledged) expect(inLedger.get(id), `acknowledged event ${id}`).toBe(seq);
  const numbers = [...inLedger.values()].sort((a, b) => a - b);
  expect(numbers).toEqual(numbers.map((_, n) => n + 1));

  await server.kill();
  const report = execFileSync(BINARY, ['--data-dir', server.dataDir, 'verify']).toString();
  console.log(`${acknowledged.size} events acknowledged over ${N_KILLS} kills; ${report.trim().split('\n').at(-1)}`);
  await server.stop();
});
