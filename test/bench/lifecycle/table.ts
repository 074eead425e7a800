// What was measured, as rows for a person: seconds, and ratios beside what the engine's own commands took in the same run.

/** One line of the report. `bound` is what the program is held to; `within` is judged where it is given. */
export interface Row {
  readonly what: string;
  readonly seconds: number;
  readonly beside?: { readonly what: string; readonly seconds: number };
  readonly bound?: { readonly seconds: number } | { readonly ratio: number };
  readonly restarted?: readonly string[];
  readonly restartedBeside?: readonly string[];
}

const two = (value: number): string => value.toFixed(2);

export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

function verdict({ seconds, beside, bound }: Row): string {
  if (bound === undefined) return "";
  if ("seconds" in bound)
    return `${seconds <= bound.seconds ? "within" : "OVER"} ${two(bound.seconds)} s (${two(seconds / bound.seconds)} of it)`;
  const ratio = beside === undefined ? Number.NaN : seconds / beside.seconds;
  return `${ratio <= bound.ratio ? "within" : "OVER"} ${two(bound.ratio)} times`;
}

const nobody = (names: readonly string[] | undefined): string =>
  names === undefined ? "" : names.length === 0 ? "nobody" : names.join(" ");

/** The rows in columns: what, seconds, beside it, ratio, verdict, who else was restarted by either. */
export function renderTable(rows: readonly Row[]): string {
  const head = ["what", "s", "beside", "s", "ratio", "bound", "restarted", "restarted beside"];
  const cells = rows.map((row) => [
    row.what,
    two(row.seconds),
    row.beside?.what ?? "",
    row.beside === undefined ? "" : two(row.beside.seconds),
    row.beside === undefined ? "" : two(row.seconds / row.beside.seconds),
    verdict(row),
    nobody(row.restarted),
    nobody(row.restartedBeside),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)),
  );
  return [head, ...cells]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
