import { expect, test } from '@playwright/test';
import { Machine, todaysStocktake } from '../support/machine.ts';
import { Server } from '../support/server.ts';

const N_SCANS = 200;

/** Time from sending a scan until the board's feed carries it, in milliseconds, with so many viewers connected. */
async function scanToBoard(server: Server, nViewers: number): Promise<number[]> {
  const viewer = await Machine.signIn(server.origin, 'hq');
  const clerk = (await Machine.signIn(server.origin, 'lina')).another();
  const snapshot = await clerk.snapshot('S001');
  const stop = new AbortController();
  const seen: ((seq: number) => void)[] = [];
  const feeds = Array.from({ length: nViewers }, async (_, n) => {
    const response = await fetch(`${server.origin}/api/v1/live`, { headers: { cookie: viewer.cookie }, signal: stop.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      // The first viewer measures; the others only have to be served.
      if (n > 0) continue;
      for (const message of messages) {
        const data = message.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5)).join('');
        const row = data && (JSON.parse(data) as { row?: { store: string; seq: number } }).row;
        if (row && row.store === 'S001') for (const tell of seen) tell(row.seq);
      }
    }
  });
  for (const feed of feeds) feed.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 1_000));

  const stocktake = todaysStocktake('S001');
  await clerk.sync([clerk.event(snapshot, { stocktake_opened: { stocktake } })]);
  const shelf = snapshot.shelves[0]!;
  const times: number[] = [];
  for (let n = 0; n < N_SCANS; n++) {
    const sku = shelf.items[n % shelf.items.length];
    const body = { stocktake, shelf: shelf.code, proof: 'picked', item: { known: sku }, units: 1, method: 'camera' };
    const started = performance.now();
    let arrived: (() => void) | undefined;
    let wanted = Number.POSITIVE_INFINITY;
    let latest = 0;
    const shown = new Promise<void>((resolve) => (arrived = resolve));
    seen.push((seq) => {
      latest = Math.max(latest, seq);
      if (latest >= wanted) arrived?.();
    });
    const [answer] = await clerk.sync([clerk.event(snapshot, { counted: body })]);
    expect(answer?.outcome.is).toBe('accepted');
    if (answer?.outcome.is === 'accepted') wanted = answer.outcome.seq;
    if (latest >= wanted) arrived?.();
    await shown;
    times.push(performance.now() - started);
    seen.length = 0;
  }
  stop.abort();
  return times;
}

test('scan to board', async () => {
  const server = await Server.start();
  try {
    for (const nViewers of [1, 100]) {
      const times = (await scanToBoard(server, nViewers)).sort((a, b) => a - b);
      const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))]!.toFixed(0);
      console.log(`scan to board, ${nViewers} viewer(s), ${N_SCANS} scans: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
    }
  } finally {
    await server.stop();
  }
});
