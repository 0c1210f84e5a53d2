import { defineConfig } from 'vitest/config';

const exclude = ['**/node_modules/**', '**/dist/**'];

/**
 * Three projects, so that a run starts only what its tests need:
 * `pure` (no services), `server` (a throw-away PostgreSQL), `browser` (the whole product and Chromium).
 */
export default defineConfig({
  test: {
    // Processes, not threads: tests start child processes that must end with the process that started them.
    pool: 'forks',
    maxWorkers: 2,
    // A test that needs a second try hides a race.
    retry: 0,
    allowOnly: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['packages/**/*.test.ts', 'convex/**/*.test.ts', 'apps/web/**/*.test.{ts,tsx}'],
          exclude,
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'server',
          include: ['apps/server/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude,
          globalSetup: ['scripts/test-postgres.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['e2e/**/*.test.ts'],
          exclude,
          // One product and one browser at a time on a small machine.
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
