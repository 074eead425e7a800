// Progress a person can follow: what runs, and how long it took.

/** Runs one step with a line before it and its seconds behind it. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  console.log(`\n==> ${title}`);
  const startedMs = performance.now();
  const result = await work();
  console.log(`    done in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
  return result;
}

/** Prints a block of text, indented below its step. */
export const show = (text: string): void => console.log(text.trimEnd().replaceAll(/^/gm, "    "));
