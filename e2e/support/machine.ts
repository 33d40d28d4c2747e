import { createHash, randomBytes } from 'node:crypto';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID of now: what a phone names its events with. */
export function ulid(now = Date.now()): string {
  let value = (BigInt(now) << 80n) | BigInt(`0x${randomBytes(10).toString('hex')}`);
  let text = '';
  for (let n = 0; n < 26; n++) {
    text = CROCKFORD[Number(value & 31n)] + text;
    value >>= 5n;
  }
  return text;
}

/** What a phone loads before it counts; only what the tests use. */
export interface Snapshot {
  now: number;
  viewer: { id: string };
  store: { code: string };
  shelves: { code: string; items: string[]; signature: string }[];
  products: { sku: string; name: string; barcodes: { gtin: string; pieces: number }[] }[];
  stocktakes: { id: string; submitted_at: number | null }[];
}

export interface Answer {
  id: string | null;
  outcome: { is: 'accepted' | 'duplicate'; seq: number } | { is: 'refused'; why: { code: string } };
}

/** Speaks the phone's protocol without a page. */
export class Machine {
  readonly device = ulid();
  #seq = 0;

  private constructor(
    readonly origin: string,
    readonly cookie: string,
  ) {}

  /** Signs in. */
  static async signIn(origin: string, login: string, password = 'shelftrace-demo'): Promise<Machine> {
    const response = await fetch(`${origin}/api/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ login, password }),
    });
    if (!response.ok) throw new Error(`sign-in of ${login}: ${response.status} ${await response.text()}`);
    return new Machine(origin, (response.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '');
  }

  /** Another device of the same person. */
  another(): Machine {
    return new Machine(this.origin, this.cookie);
  }

  async get<T>(path: string): Promise<T> {
    const response = await fetch(this.origin + path, { headers: { cookie: this.cookie } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  snapshot(store: string): Promise<Snapshot> {
    return this.get(`/api/v1/snapshot?store=${store}`);
  }

  /** An event as a phone would record it now. */
  event(snapshot: Snapshot, body: object): { id: string; [field: string]: unknown } {
    this.#seq += 1;
    return {
      id: ulid(),
      store: snapshot.store.code,
      device: this.device,
      device_seq: this.#seq,
      person: snapshot.viewer.id,
      effective_at: Date.now(),
      fix: { missing: { reason: 'unsupported' } },
      app: 'e2e',
      body,
    };
  }

  /** Sends a photo; returns its name. */
  async photo(store: string, bytes: Buffer): Promise<string> {
    const id = createHash('sha256').update(bytes).digest('hex');
    const response = await fetch(`${this.origin}/api/v1/photos/${id}?store=${store}`, {
      method: 'PUT',
      headers: { origin: this.origin, cookie: this.cookie },
      body: new Uint8Array(bytes),
    });
    if (!response.ok) throw new Error(`photo: ${response.status} ${await response.text()}`);
    return id;
  }

  /** Sends events; throws where there is no answer of ours. */
  async sync(events: object[]): Promise<Answer[]> {
    const response = await fetch(`${this.origin}/api/v1/sync`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.origin, cookie: this.cookie },
      body: JSON.stringify({ protocol: 1, device: this.device, app: 'e2e', events }),
    });
    if (!response.ok) throw new Error(`sync: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { answers: Answer[] }).answers;
  }
}

/** Today's stocktake of a store in China, as every phone there names it. */
export function todaysStocktake(store: string, now = Date.now()): string {
  const local = new Date(now + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '');
  return `${store}-${local}`;
}
