import type { Log, LogEvent } from "../ports/log.ts";

/** The same log without events that somebody else tells better. */
export const withoutEvents = (log: Log, ...left: readonly LogEvent["event"][]): Log => ({
  write: (level, event) => {
    if (!left.includes(event.event)) log.write(level, event);
  },
});
