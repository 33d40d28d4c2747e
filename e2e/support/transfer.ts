import { Machine, type Snapshot } from './machine.ts';

/** Pieces of an item. */
export interface Goods {
  sku: string;
  units: number;
}

interface Account {
  login: string;
  role: string;
  scope: { store?: string; region?: string };
}

async function accounts(origin: string): Promise<Account[]> {
  const hq = await Machine.signIn(origin, 'hq');
  const answer = await hq.get<Account[] | { people: Account[] }>('/api/v1/people');
  return Array.isArray(answer) ? answer : answer.people;
}

/** The login of a store's manager. */
export async function managerOf(origin: string, store: string): Promise<string> {
  const found = (await accounts(origin)).find(({ role, scope }) => role === 'store_manager' && scope.store === store);
  if (!found) throw new Error(`${store} has no manager`);
  return found.login;
}

/** The login of the manager of a store's region. */
export async function regionalOf(origin: string, store: string): Promise<string> {
  const hq = await Machine.signIn(origin, 'hq');
  const board = await hq.get<{ stores: { store: string; region: string }[] }>('/api/v1/board');
  const region = board.stores.find((row) => row.store === store)?.region;
  const found = (await accounts(origin)).find(({ role, scope }) => role === 'regional_manager' && scope.region === region);
  if (!found) throw new Error(`nobody answers for the region of ${store}`);
  return found.login;
}

/** An item that some store can spare so many of, and that store. */
export async function spare(origin: string, store: string, units: number): Promise<Goods & { from: string }> {
  const wanting = await Machine.signIn(origin, 'wangwei');
  for (const { sku } of (await wanting.snapshot(store)).products) {
    const path = `/api/v1/transfer-sources?store=${store}&sku=${sku}&units=${units}`;
    const { lines } = await wanting.get<{ lines: { from: string; units: number }[] }>(path);
    if (lines[0]?.units === units) return { sku, units, from: lines[0].from };
  }
  throw new Error('no store can spare anything');
}

/** A store's manager takes steps of a transfer as a phone would. */
export class Hand {
  private constructor(
    readonly machine: Machine,
    readonly snapshot: Snapshot,
  ) {}

  static async of(origin: string, store: string): Promise<Hand> {
    const machine = await Machine.signIn(origin, await managerOf(origin, store));
    return new Hand(machine, await machine.snapshot(store));
  }

  /** Takes a step, at the time given or now; of a request the transfer's name. */
  async take(transfer: string | undefined, step: object, at = Date.now()): Promise<string> {
    const event = this.machine.event(this.snapshot, {});
    const id = transfer ?? event.id;
    const [answer] = await this.machine.sync([{ ...event, effective_at: at, body: { transfer: { transfer: id, step } } }]);
    if (answer?.outcome.is !== 'accepted') throw new Error(JSON.stringify(answer));
    return id;
  }

  ask(goods: Goods, sources: string[]): Promise<string> {
    const candidates = sources.map((store) => ({ store, why: [] }));
    return this.take(undefined, { requested: { lines: [lineOf(goods)], candidates, wanted_by: null, note: null } });
  }

  /** Promises the goods. */
  async confirm(transfer: string, goods: Goods): Promise<void> {
    await this.take(transfer, { confirmed: { lines: [lineOf(goods)] } });
  }

  /** Promises, picks and hands over. */
  async send(transfer: string, goods: Goods, at = Date.now()): Promise<void> {
    await this.take(transfer, { confirmed: { lines: [lineOf(goods)] } }, at - 2);
    await this.handOver(transfer, goods, at);
  }

  /** Picks and hands over what was promised. */
  async handOver(transfer: string, goods: Goods, at = Date.now()): Promise<void> {
    const shelf = this.snapshot.shelves.find(({ items }) => items.includes(goods.sku))?.code;
    const line = { ...lineOf(goods), lot: null };
    await this.take(transfer, { picked: { lines: [{ ...line, from: shelf ? { shelf } : 'back_room' }] } }, at - 1);
    await this.take(transfer, { handed_over: { lines: [line], carriage: { driver: { name: '李师傅' } } } }, at);
  }
}

/** What an arrival of sound goods says. */
export function arrival({ sku, units }: Goods): object {
  return { received: { lines: [{ sku, lot: null, units, damaged: 0, over: 0, to: 'back_room' }], photos: [], note: null } };
}

function lineOf({ sku, units }: Goods): Goods {
  return { sku, units };
}

/** What a product's barcode says, as a scanner reads it: 13 digits. */
export function barcode(snapshot: Snapshot, sku: string): string {
  const product = snapshot.products.find((product) => product.sku === sku)!;
  return product.barcodes.find(({ pieces }) => pieces === 1)!.gtin.slice(-13);
}
