import type { Action } from "../model/action.ts";
import type { Outcome } from "../model/outcome.ts";

/** What became of a manager that had lost its volume: `the manager's catalog was rebuilt: 8 nodes adopted, none touched`. */
export function rebuiltWords({ catalog }: Extract<Action, { kind: "rebuild-catalog" }>): string {
  const members = catalog.nodes.filter(({ inCluster }) => inCluster).length;
  const others = catalog.nodes.length - members;
  const rest = others === 0 ? "" : `, ${others} more defined`;
  return `the manager's catalog was rebuilt: ${members} nodes adopted, none touched${rest}`;
}

/** The same where a run did it; undefined where none was needed. */
export function rebuiltLine(done: readonly Outcome[]): string | undefined {
  const [words] = done.flatMap(({ failure, step: { action } }) =>
    failure === undefined && action.kind === "rebuild-catalog" ? [rebuiltWords(action)] : [],
  );
  return words;
}
