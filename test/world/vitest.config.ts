import { defineConfig } from 'vitest/config';

/** The tests that need other people's programs: `.ci/run` installs them, `npm test` does without. */
export default defineConfig({
  test: {
    include: ['test/world/**/*.world.ts'],
    env: { FORCE_COLOR: '0' },
    // One after another: they start programs of several processes each, and compare times.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
