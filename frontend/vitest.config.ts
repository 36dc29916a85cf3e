import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic' } },
  test: {
    // A browser's document costs seconds per file: only a test that says `@vitest-environment jsdom` at its head gets one.
    environment: 'node',
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/lib/testing.ts'],
    restoreMocks: true,
  },
})
