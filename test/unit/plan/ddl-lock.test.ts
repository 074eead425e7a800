import { describe, expect, it } from "vitest";
import type { DdlHolder, RunningNode } from "../../../hooks/model/snapshot.ts";
import { planAppends } from "../../../hooks/plan/append.ts";
import { viewWorld } from "../../../hooks/plan/world.ts";
import { grown, grownTopology as topology } from "../../support/builders/grown.ts";
import {
  findings,
  managerOf,
  podOf,
  rowOf,
  say,
  snapshotOf,
  tell,
  type Draft,
} from "../../support/builders/snapshot.ts";
import { n } from "../../support/builders/topology.ts";

describe("who keeps masters from being appended", () => {
  const session: DdlHolder = {
    ...{ kind: "session" as const, pid: 812, user: "app", application: "psql", address: "10.9.9.9" },
    ...{ state: "idle in transaction", command: "CREATE TABLE", since: "2026-11-28 20:01:02 UTC" },
  };
  const waits = (draft: Draft) =>
    planAppends(viewWorld(topology, snapshotOf(topology, draft), managerOf(draft))).steps.filter(
      ({ action }) => action.kind === "wait" && action.target === "cn_1",
    );

  it("is named with who, from where, since when and on which node, and with what ends it", () => {
    const draft = grown();
    tell(draft, "cn_0", { ddlHolders: [session] });
    tell(draft, "gc_0", { ddlHolders: [{ ...session, pid: 77, address: podOf(draft, "cn-0").ip ?? "" }] });
    expect(waits(draft)).toMatchObject([
      {
        action: { for: "DDL that is under way to end" },
        reason: expect.stringContaining(
          "process 812 on cn_0 (user app, application psql, from 10.9.9.9) has kept DDL open since 2026-11-28 20:01:02 UTC: idle in transaction, CREATE TABLE",
        ) as string,
        remedy:
          'commit or end it: kubectl -n antdb exec antdb-cn-0 -c antdb -- psql -h 127.0.0.1 -p 5432 -d postgres -c "SELECT pg_terminate_backend(812)"',
      },
    ]);
  });

  it("a prepared transaction is named by its own name", () => {
    const draft = grown();
    const since = "2026-11-28 20:01:02 UTC";
    tell(draft, "gc_0", {
      ddlHolders: [{ kind: "prepared", gid: "T7", user: "app", database: "app", since }],
    });
    expect(waits(draft)).toMatchObject([
      {
        reason: expect.stringContaining(
          "the prepared transaction 'T7' of app in database app on gc_0",
        ) as string,
        remedy: expect.stringContaining("ROLLBACK PREPARED 'T7'") as string,
      },
    ]);
  });

  it("does not keep a standby waiting, which takes no lock", () => {
    const draft = grown();
    Object.assign(rowOf(draft, "dn_1"), { initialised: true, inCluster: true });
    say(draft, "dn_1", { ...(draft.facts.get(n("dn_0")) as RunningNode & { state: "up" }) });
    tell(draft, "cn_0", { ddlHolders: [session] });
    expect(findings(planAppends, topology, draft).steps).toContain("append-standby ds_1 as=datanode slave");
  });
});
