// npm run check: types, lint with the one-way rule, format, dead code, the stand-in's Go code, unit tests; three minutes on 2 cores.
import { type Gate, runGate } from "./gate.ts";
import { reporters } from "./results.ts";

/** Two lanes of about the same length, one a core. */
const lanes: readonly (readonly Gate[])[] = [
  [
    { name: "types", command: ["tsc", "-p", "tsconfig.json"] },
    { name: "lint", command: ["eslint", "--config", "ci/eslint.config.mjs", "--max-warnings", "0", "."] },
  ],
  [
    { name: "format", command: ["prettier", "--check", "--log-level", "warn", "."] },
    { name: "chart's schema and README", command: ["node", "ci/chart/main.ts", "--check"] },
    { name: "dead code", command: ["knip", "--config", "ci/knip.json"] },
    { name: "go vet", command: ["go", "-C", "test/stand-in", "vet", "./..."] },
    {
      name: "unit tests",
      command: [
        "vitest",
        "run",
        "--config",
        "test/vitest.config.ts",
        "--project",
        "unit",
        "--project",
        "fault",
        ...reporters("check"),
      ],
    },
  ],
];

async function runLane(lane: readonly Gate[]): Promise<boolean> {
  let passed = true;
  for (const gate of lane) passed = (await runGate(gate)).passed && passed;
  return passed;
}

const results = await Promise.all(lanes.map(runLane));
process.exitCode = results.every(Boolean) ? 0 : 1;
