import { defineConfig } from 'vitest/config'

// unit: pure, no build. stories: the functions in one process, no wire, no build. walk and world: the built handlers inside
// one sandbox a file; of these `npm test` runs the walk alone. browser: the page in a real Chromium.

/** Needs a program that is not Node, and its time. */
const OUTSIDE = ['test/sandbox/aws/cli.test.ts']

export default defineConfig({
  test: {
    pool: 'forks',
    // One more than cores: what waits for the clock of a real shell or socket leaves room.
    maxWorkers: 3,
    // Files share their process: modules are compiled, and containers warmed up, once.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    coverage: { provider: 'v8', include: ['src/**', 'handlers/**'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles: ['test/seed.ts'],
          include: ['test/**/*.test.ts'],
          exclude: ['test/stories/**', 'test/world/**', 'test/browser/**', ...OUTSIDE],
        },
      },
      {
        extends: true,
        test: {
          name: 'stories',
          setupFiles: ['test/stories/short-pauses.ts'],
          include: ['test/stories/**/*.test.ts'],
          // A request to AWS that is sent all the same finds no server.
          env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_REGION: 'us-east-1' },
        },
      },
      {
        extends: true,
        test: {
          name: 'walk',
          include: ['test/world/walk.test.ts'],
          globalSetup: ['test/world/build.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'world',
          include: ['test/world/**/*.test.ts', ...OUTSIDE],
          exclude: ['test/world/walk.test.ts'],
          globalSetup: ['test/world/build.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/world/build.ts'],
        },
      },
    ],
  },
})
