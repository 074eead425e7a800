// What went wrong, in one line: what failed, why, and what to type.

/** A failure whose message is for a person to read as it is, without a stack. */
export class ImageError extends Error {
  override readonly name = "ImageError";
}

/** The line of a command's output that says why it failed: the last one that names an error, else the last one at all. */
export function tellingLine(output: string): string {
  const lines = output
    .split(/[\n\r]+/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const ours = lines.findLast((line) => line.startsWith("antdb image: "));
  if (ours !== undefined) return ours.slice("antdb image: ".length);
  const telling = lines.filter(
    (line) => !/^(exit status|Error: building at STEP|error building at STEP)/i.test(line),
  );
  return (
    telling.findLast((line) => /^(E: |error|fatal|Err:|panic)/i.test(line)) ??
    telling.at(-1) ??
    lines.at(-1) ??
    "no output"
  );
}
