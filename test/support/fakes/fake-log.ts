import type { Log, LogEvent, LogLevel } from "../../../hooks/ports/log.ts";

export interface CollectedLog extends Log {
  readonly events: (LogEvent & { readonly level: LogLevel })[];
}

export function makeFakeLog(): CollectedLog {
  const events: (LogEvent & { readonly level: LogLevel })[] = [];
  return { events, write: (level, event) => void events.push({ ...event, level }) };
}
