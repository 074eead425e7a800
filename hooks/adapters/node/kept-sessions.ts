import type { PgSession } from "../../adapters/pg/session.ts";

/**
 * Sessions kept from one look to the next, of one run and of those that follow it. A run looks at every node after each stage, and to log in costs node and program
 * more than all the questions do: with many nodes it is what a run takes its time for. A kept session that does not answer proves nothing; only a new one does.
 */
export class KeptSessions {
  readonly #idleMs: number;
  readonly #idle = new Map<string, { readonly session: PgSession; readonly timer: NodeJS.Timeout }>();

  /** @param idleMs after which a session is closed */
  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /** The one that was kept for this place, if it is still good; it is the caller's from now on. */
  take(place: string): PgSession | undefined {
    const kept = this.#idle.get(place);
    if (kept === undefined) return undefined;
    this.#idle.delete(place);
    clearTimeout(kept.timer);
    if (!kept.session.usable) return undefined;
    kept.session.wake();
    return kept.session;
  }

  /** Keeps a session that has just answered. It does not keep the process from ending. */
  async keep(place: string, session: PgSession): Promise<void> {
    if (!session.usable || this.#idle.has(place)) {
      await session[Symbol.asyncDispose]();
      return;
    }
    const close = (): void => {
      this.#idle.delete(place);
      session.wake();
      void session[Symbol.asyncDispose]();
    };
    this.#idle.set(place, { session, timer: setTimeout(close, this.#idleMs).unref() });
    session.rest();
  }
}
