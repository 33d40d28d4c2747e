import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BINARY, SEEDED_ENV, SITE } from './seeded.ts';

/** A running server with a data directory of its own. */
export class Server {
  #process: ChildProcess | undefined;
  #log = '';

  private constructor(
    readonly dataDir: string,
    readonly port: number,
    readonly settings: (origin: string) => Record<string, string>,
  ) {}

  /** Starts from a copy of the seeded chain, with settings that may depend on where it is; `prepare` runs before. */
  static async start(
    settings: (origin: string) => Record<string, string> = () => ({}),
    prepare: (dataDir: string) => void = () => undefined,
  ): Promise<Server> {
    const dataDir = mkdtempSync(join(tmpdir(), 'shelftrace-server-'));
    cpSync(process.env[SEEDED_ENV] ?? '', dataDir, { recursive: true });
    prepare(dataDir);
    const server = new Server(dataDir, await freePort(), settings);
    await server.run();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the process and waits until it is ready. */
  async run(): Promise<void> {
    const args = ['--data-dir', this.dataDir, 'serve', '--listen', `127.0.0.1:${this.port}`, '--site-dir', SITE];
    const child = spawn(BINARY, args, {
      env: { ...process.env, ...this.settings(this.origin) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer) => (this.#log = (this.#log + chunk.toString()).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#process = child;
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`the server stopped:\n${this.#log}`);
      const ready = await fetch(`${this.origin}/readyz`).then((r) => r.ok, () => false);
      if (ready) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the server is not ready after 30 s:\n${this.#log}`);
  }

  /** Ends the process at once, as a power cut would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Ends the process in order and removes its data. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
