import { setTimeout as delay } from "node:timers/promises";
import type { NodeFact } from "../../model/snapshot.ts";
import type { Bounds } from "../../ports/manager.ts";
import type { NodeAddress } from "../../ports/node.ts";
import type { PgSession } from "../../adapters/pg/session.ts";
import { TimeBox } from "../../adapters/pg/time-box.ts";
import { factOf } from "./classify.ts";
import { inquire, type Question } from "./facts.ts";
import type { KeptSessions } from "./kept-sessions.ts";
import { openNode, type Database, type NodeAccess } from "./session.ts";

/** How looks get into nodes. */
export interface LookAccess extends NodeAccess {
  readonly kept: KeptSessions;
}

/** A healthy node answers in a tenth of it; one that cannot reach its gtm not within a minute. */
const secondDoorAfterMs = 250;
/** Only after this is silence at the first door believed: a loaded machine must not look like a node that waits for its gtm. */
const sureAfterMs = 1000;

/**
 * What a node's port tells within the bounds; never throws. A node that cannot reach its gtm lets the program log in and then keeps quiet for a minute;
 * its own files can still be read through template1, where no global snapshot is asked for (see session.ts). So a slow first answer has a second
 * question sent after it, and the first facts to arrive count.
 */
export async function look(
  access: LookAccess,
  node: NodeAddress,
  question: Question,
  bounds: Bounds,
): Promise<NodeFact> {
  const time = new TimeBox(bounds);
  const settled = new AbortController();
  const signal = AbortSignal.any([bounds.signal, settled.signal]);
  const through = (database: Database): Promise<NodeFact> =>
    ask(access, { node, question, database }, { ...time.left(), signal });
  try {
    const first = through("postgres");
    const inTime = await Promise.race([
      first,
      delay(secondDoorAfterMs, undefined, { signal }).catch(() => undefined),
    ]);
    if (inTime !== undefined) return inTime;
    if (!hasSecondDoor(question)) return await first;
    const second = through("template1").then(async (fact) => {
      await delay(sureAfterMs - secondDoorAfterMs, undefined, { signal }).catch(() => undefined);
      return waiting(fact);
    });
    return await Promise.any([first, second].map(unlessSilent)).catch(() => first);
  } finally {
    settled.abort();
  }
}

/**
 * The gtm master itself sleeps in both alike until every node streams from it, and does not notice that the asker is gone: a second question would only
 * take another of its connections.
 */
const hasSecondDoor = ({ kind }: Question): boolean => kind !== "gtmcoord master";

const waiting = (fact: NodeFact): NodeFact => (fact.state === "up" ? { ...fact, waitsForGtm: true } : fact);

/** Silence is only the answer when both doors were silent. */
async function unlessSilent(answer: Promise<NodeFact>): Promise<NodeFact> {
  const fact = await answer;
  const silent = fact.state === "unreachable" || (fact.state === "refused" && fact.code === "silent");
  if (silent) throw new Error(fact.state);
  return fact;
}

interface Asked {
  readonly node: NodeAddress;
  readonly question: Question;
  readonly database: Database;
}

async function ask(access: LookAccess, asked: Asked, bounds: Bounds): Promise<NodeFact> {
  const time = new TimeBox(bounds);
  const { node, database } = asked;
  const kept = access.kept.take(placeOf(asked));
  const known = kept === undefined ? undefined : await askThrough(kept, access, asked, time.left());
  if (known?.state === "up") return known;
  let session: PgSession;
  try {
    session = await openNode(access, node, { database }, time.left());
  } catch (error) {
    return factOf(error, "connect");
  }
  return await askThrough(session, access, asked, time.left());
}

const placeOf = ({ node, database }: Asked): string => `${node.address}:${node.port}/${database}`;

/** One round trip; the session is kept when it answers, and closed when it does not. A session in template1 would make every CREATE DATABASE wait and fail. */
async function askThrough(
  session: PgSession,
  access: LookAccess,
  asked: Asked,
  bounds: Bounds,
): Promise<NodeFact> {
  try {
    const { statements, read } = inquire(asked.question, access);
    const fact = { state: "up", ...read(await session.queryAll(statements, bounds)) } as const;
    if (asked.database === "postgres") await access.kept.keep(placeOf(asked), session);
    else await session[Symbol.asyncDispose]();
    return fact;
  } catch (error) {
    await session[Symbol.asyncDispose]();
    return factOf(error, "query");
  }
}
