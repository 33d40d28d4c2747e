import { defineConfig } from '@playwright/test';

// The real binary and the real browser: `scripts/test.sh` builds the first and installs the second.
export default defineConfig({
  testDir: '.',
  testIgnore: ['scanner/**'],
  outputDir: 'results',
  globalSetup: './support/seeded.ts',
  timeout: 120_000,
  expect: { timeout: 15_000 },
  fullyParallel: false,
  workers: 1,
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
});
