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
  // A compiler's first complaint is the cause, the rest may follow from it; any other program's last is.
  const compiler = lines.find((line) => /^\S+\.go:\d+/.test(line));
  if (compiler !== undefined) return compiler;
  const telling = lines.filter((line) => !wrapper.test(line));
  return telling.findLast((line) => complaint.test(line)) ?? telling.at(-1) ?? lines.at(-1) ?? "no output";
}

/** What a build tool says when a step of it failed: that, but not why. */
const wrapper = /^(exit status|subprocess exited|while running runtime|(error|error:) building at STEP)/i;
const complaint = /^(E: |Err:|error|fatal|panic)/i;
