import { defineConfig } from '@playwright/test';
import tests from './playwright.config.ts';

// Figures, not tests: they print what they measured and assert only that everything arrived.
export default defineConfig({ ...tests, testDir: './bench', testMatch: '*.bench.ts', timeout: 600_000 });
