/** The key of the chart's ConfigMap, as helm prints it: a block of lines that are indented further than it is. */
const key = /^( *)topology\.json: \|-?$/m;

/**
 * topology.json out of what `helm template` or `helm upgrade --dry-run` print; a text that has no such block is taken for the file itself. The guard's ConfigMap has the same content as the
 * one everybody else reads, so the first is as good as any.
 */
export function topologyText(text: string): string {
  const found = key.exec(text);
  if (found === null) return text;
  const margin = `${found[1] ?? ""} `;
  const lines = text.slice(found.index + found[0].length + 1).split("\n");
  const end = lines.findIndex((line) => line.trim() !== "" && !line.startsWith(margin));
  return lines.slice(0, end === -1 ? undefined : end).join("\n");
}
