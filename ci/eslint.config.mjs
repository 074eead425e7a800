// Lint for the whole tree. The walls at the end are the one-way rule: a room may look only at the rooms listed for it.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import tseslint from "typescript-eslint";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What each room of hooks/ may import; `third` names the packages it may use. Everything else is refused. */
const rooms = {
  kit: { ours: [], third: [] },
  model: { ours: ["kit"], third: [] },
  ports: { ours: ["model", "kit"], third: [] },
  values: { ours: ["model", "kit"], third: ["zod"] },
  desired: { ours: ["model", "kit"], third: [] },
  plan: { ours: ["model", "kit"], third: [] },
  report: { ours: ["model", "kit"], third: [] },
  observed: { ours: ["ports", "model", "kit"], third: [] },
  apply: { ours: ["ports", "model", "kit"], third: [] },
  loop: {
    ours: ["values", "desired", "observed", "plan", "apply", "report", "ports", "model", "kit"],
    third: [],
  },
  adapters: { ours: ["ports", "model", "kit"], third: ["@kubernetes/client-node", "pg", "pino", "zod"] },
  cli: { ours: ["loop", "values", "desired", "report", "plan", "ports", "model", "kit"], third: ["yargs"] },
};
/** Rooms that compute and never touch the outside world: not even Node's own modules. */
const pure = new Set(["model", "desired", "plan", "report", "ports"]);

const thirdParty = ["@kubernetes/client-node", "pg", "pino", "zod", "yargs", "yargs/*", "handlebars"];
const walls = Object.entries(rooms).map(([room, { ours, third }]) => ({
  files: [`hooks/${room}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(?!${[room, ...ours].map((name) => `${name}/`).join("|")})[a-z]+/`,
            message: `hooks/${room} may import only: ${[...ours, "itself"].join(", ")}`,
          },
          { regex: "(^|/)main\\.ts$", message: "main.ts is imported by nobody" },
          ...(thirdParty.filter((name) => !third.includes(name.replace("/*", ""))).length > 0
            ? [
                {
                  group: thirdParty.filter((name) => !third.includes(name.replace("/*", ""))),
                  message: `hooks/${room} may use only these packages: ${third.join(", ") || "none"}`,
                },
              ]
            : []),
          ...(pure.has(room) ? [{ regex: "^node:", message: `hooks/${room} is pure: no Node modules` }] : []),
        ],
      },
    ],
    "no-restricted-globals": ["error", { name: "process", message: "only hooks/main.ts touches process" }],
  },
}));

export default tseslint.config(
  { ignores: [".build/**", "node_modules/**", "**/*.mjs"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    rules: {
      "max-lines": ["error", { max: 250, skipBlankLines: false, skipComments: false }],
      "max-lines-per-function": ["error", { max: 40, skipBlankLines: true, skipComments: true }],
      "max-depth": ["error", 4],
      "max-params": ["error", 4],
      complexity: ["error", 12],
      "no-console": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  ...walls,
  {
    // A suite is one function per describe block: its length says nothing. Progress lines are what ci scripts are for.
    files: ["test/**/*.ts"],
    rules: { "max-lines-per-function": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
  { files: ["ci/**/*.ts", "docker/**/*.ts", "test/**/*.ts"], rules: { "no-console": "off" } },
);
