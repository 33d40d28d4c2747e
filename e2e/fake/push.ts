import { createDecipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A push service with one browser, whose keys it knows so that tests can read what only the browser can. */
export class FakePush {
  /** What the browser was sent, the oldest first. */
  readonly notices: string[] = [];
  readonly #keys = createECDH('prime256v1');
  readonly #auth = randomBytes(16);
  readonly #server: Server;

  private constructor() {
    this.#keys.generateKeys();
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      this.notices.push(this.#open(Buffer.concat(chunks)));
      response.writeHead(201).end();
    });
  }

  static async start(): Promise<FakePush> {
    const fake = new FakePush();
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What the browser's own push manager would give. */
  get subscription(): { endpoint: string; keys: { p256dh: string; auth: string } } {
    const endpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/phone`;
    const keys = { p256dh: this.#keys.getPublicKey('base64url'), auth: this.#auth.toString('base64url') };
    return { endpoint, keys };
  }

  /** RFC 8291, from the browser's side. */
  #open(body: Buffer): string {
    const [salt, sender, record] = [body.subarray(0, 16), body.subarray(21, 86), body.subarray(86)];
    const info = Buffer.concat([Buffer.from('WebPush: info\0'), this.#keys.getPublicKey(), sender]);
    const secret = Buffer.from(hkdfSync('sha256', this.#keys.computeSecret(sender), this.#auth, info, 32));
    const derive = (name: string, length: number) =>
      Buffer.from(hkdfSync('sha256', secret, salt, Buffer.from(`Content-Encoding: ${name}\0`), length));
    const cipher = createDecipheriv('aes-128-gcm', derive('aes128gcm', 16), derive('nonce', 12));
    cipher.setAuthTag(record.subarray(-16));
    const plain = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
    return plain.subarray(0, plain.lastIndexOf(2)).toString();
  }
}

type Keys = FakePush['subscription'];

/** In the page: the browser's push manager, which has no push service in tests. What it keeps lasts as a real one's. */
export function usePushService(given: Keys): void {
  const stored = () => JSON.parse(localStorage.getItem('fake-push') ?? 'null') as { key: number[] } | null;
  const subscription = (key: number[]) => ({
    endpoint: given.endpoint,
    options: { applicationServerKey: Uint8Array.from(key).buffer, userVisibleOnly: true },
    toJSON: () => given,
    unsubscribe: async () => {
      localStorage.removeItem('fake-push');
      return true;
    },
  });
  Object.assign(PushManager.prototype, {
    subscribe: async (options: { applicationServerKey: Uint8Array }) => {
      const key = [...options.applicationServerKey];
      localStorage.setItem('fake-push', JSON.stringify({ key }));
      return subscription(key);
    },
    getSubscription: async () => {
      const kept = stored();
      return kept ? subscription(kept.key) : null;
    },
  });
}
