/** Reads values.yaml with its comments: `# path -- text` above each key, a new section at each `# --- Title ---`. */
import { isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from "yaml";

/** One key of values.yaml. A map in braces is one value: its keys are not listed. */
export interface DocumentedValue {
  /** The keys that lead to it. */
  readonly path: readonly string[];
  readonly section: string;
  readonly text: string;
  /** As it is written; undefined for a map whose keys follow. */
  readonly default: string | undefined;
}

/** What the comments say, and every comment that is missing, misspelt or astray, with its line. */
export interface Comments {
  readonly values: readonly DocumentedValue[];
  readonly faults: readonly string[];
}

const heading = /^\s*# -{3,} (.*?) -{3,}$/;
const opening = /^\s*# (\S+) -- (.*)$/;

/** The comment that ends right above a line (counted from 0): what it says, of which path. */
const commentAbove = (
  lines: readonly string[],
  line: number,
): { path: string; text: string; at: number } | undefined => {
  const said: string[] = [];
  for (let at = line - 1; at >= 0; at -= 1) {
    const one = lines[at] ?? "";
    if (!/^\s*#/.test(one) || heading.test(one)) return undefined;
    const [, path, text] = opening.exec(one) ?? [];
    if (path !== undefined) return { path, text: [text ?? "", ...said].join(" ").trim(), at };
    said.unshift(one.replace(/^\s*#\s?/, "").trim());
  }
  return undefined;
};

const sectionAt = (lines: readonly string[], line: number): string =>
  lines
    .slice(0, line)
    .map((one) => heading.exec(one)?.[1])
    .findLast((title) => title !== undefined) ?? "";

class Reader {
  readonly values: DocumentedValue[] = [];
  readonly faults: string[] = [];
  readonly #lines: readonly string[];
  readonly #text: string;
  readonly #counter = new LineCounter();
  readonly #used = new Set<number>();

  constructor(text: string) {
    this.#text = text;
    this.#lines = text.split("\n");
    const document = parseDocument(text, { lineCounter: this.#counter });
    this.faults.push(...document.errors.map((error) => error.message));
    if (isMap(document.contents)) this.#readMap(document.contents, []);
    this.#lines.forEach((line, at) => {
      if (opening.test(line) && !this.#used.has(at))
        this.faults.push(`line ${at + 1}: this comment stands above no key: ${line.trim()}`);
    });
  }

  #readMap(map: YAMLMap, above: readonly string[]): void {
    for (const pair of map.items) this.#readPair(pair, above);
  }

  #readPair(pair: Pair, above: readonly string[]): void {
    if (!isScalar(pair.key)) return;
    const path = [...above, String(pair.key.value)];
    const line = this.#counter.linePos(pair.key.range?.[0] ?? 0).line - 1;
    const text = this.#textAbove(line, path.join("."));
    const inner = isMap(pair.value) && pair.value.flow !== true ? pair.value : undefined;
    this.values.push({
      path,
      section: sectionAt(this.#lines, line),
      text,
      default: inner === undefined ? this.#source(pair.value) : undefined,
    });
    if (inner !== undefined) this.#readMap(inner, path);
  }

  /** What the comment above a key says of it, or why there is none. */
  #textAbove(line: number, name: string): string {
    const comment = commentAbove(this.#lines, line);
    if (comment !== undefined) this.#used.add(comment.at);
    if (comment === undefined || comment.text === "")
      this.faults.push(
        `line ${line + 1}: ${name} has no comment: write "# ${name} -- what it means" above it`,
      );
    else if (comment.path !== name)
      this.faults.push(`line ${comment.at + 1}: the comment above ${name} speaks of ${comment.path}`);
    return comment?.text ?? "";
  }

  #source(value: unknown): string {
    const range = (value as { range?: readonly [number, number, number] } | null)?.range;
    return range === undefined ? "null" : this.#text.slice(range[0], range[1]).replace(/\s+/g, " ");
  }
}

/** Reads the text of a values.yaml. */
export const readComments = (text: string): Comments => {
  const { values, faults } = new Reader(text);
  return { values, faults };
};
