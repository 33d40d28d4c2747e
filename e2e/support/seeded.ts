import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program under test. */
export const BINARY = process.env.SHELFTRACE_BIN ?? fail('SHELFTRACE_BIN is not set: run scripts/test.sh');

/** The folder of the built browser half. */
export const SITE = process.env.SHELFTRACE_SITE_DIR ?? join(import.meta.dirname, '../../site');

/** Where the seeded data directory lies that every server of this run starts from a copy of. */
export const SEEDED_ENV = 'SHELFTRACE_E2E_SEEDED';

function fail(message: string): never {
  throw new Error(message);
}

/** Seeds one small chain for the whole run. */
export default function seed(): () => void {
  if (!existsSync(join(SITE, 'build.json'))) fail(`no built site at ${SITE}: run cargo xtask site`);
  const root = mkdtempSync(join(tmpdir(), 'shelftrace-e2e-'));
  const seeded = join(root, 'seeded');
  execFileSync(BINARY, ['--data-dir', seeded, 'seed', '--days', '4'], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.env[SEEDED_ENV] = seeded;
  return () => rmSync(root, { recursive: true, force: true });
}
