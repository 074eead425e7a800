import { defineConfig } from "vitest/config";

/** One project a kind of test: `unit` in milliseconds, the others need what their folder's support files bring up. */
const project = (name: string, extra: object = {}): { extends: true; test: object } => ({
  extends: true,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    restoreMocks: true,
    projects: [
      // A guard against hanging, wide enough for a busy machine; no test asserts its own time.
      project("unit", { testTimeout: 60_000 }),
      project("contract", { testTimeout: 120_000, hookTimeout: 180_000, fileParallelism: false }),
      project("chart", { testTimeout: 120_000, hookTimeout: 180_000 }),
      project("fault", { testTimeout: 120_000, hookTimeout: 120_000 }),
      project("e2e", { testTimeout: 600_000, hookTimeout: 900_000, fileParallelism: false }),
    ],
  },
});
