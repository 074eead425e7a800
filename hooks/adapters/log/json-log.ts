import { pino, type DestinationStream } from "pino";
import type { Log } from "../../ports/log.ts";

/**
 * One JSON line an event on stderr, written synchronously so that the last line is out before the process ends.
 * @param base fields of every line, such as the pod's name
 * @param quiet warnings and errors only
 */
export function makeJsonLog(
  base: Readonly<Record<string, string>>,
  quiet: boolean,
  destination?: DestinationStream,
): Log {
  const logger = pino(
    {
      base,
      level: quiet ? "warn" : "info",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
  return { write: (level, event) => logger[level](event) };
}
