import { describe, expect, it } from "vitest";
import type { NodeSetting } from "../../../hooks/model/parameter.ts";
import { planParameters } from "../../../hooks/plan/parameters.ts";
import { definedDraft, findings, healthyDraft, type Draft } from "../../support/builders/snapshot.ts";
import { topologyOf } from "../../support/builders/topology.ts";

type Wanted = Parameters<typeof topologyOf>[1];
const row = (kind: string, key: string, value: string, node = "*") => ({ node, kind, key, value });
const note = (letter: string, key: string, node = "*") => ({ node, letter, key });

const workMem: NodeSetting = {
  ...{ type: "integer", unit: "kB", min: 64, max: 2147483647 },
  ...{ value: "4096", context: "user", pendingRestart: false },
};

/** Adds what nodes say of a parameter. */
function tellSetting(draft: Draft, key: string, settingOf: (node: string) => NodeSetting): void {
  for (const [name, fact] of draft.facts)
    if (fact.state === "up")
      draft.facts.set(name, { ...fact, settings: new Map(fact.settings).set(key, settingOf(name)) });
}

function cluster(wanted: Wanted, change: (draft: Draft) => void = () => undefined) {
  const topology = topologyOf({}, wanted);
  const draft = healthyDraft(topology);
  tellSetting(draft, "work_mem", () => workMem);
  change(draft);
  const found = findings(planParameters, topology, draft);
  return { ...found, sets: found.steps.filter((step) => /^(re)?set-|^forget/.test(step)) };
}

const reloads = (...names: string[]): string[] => names.map((name) => `reload-settings ${name}`);

describe("before INIT ALL", () => {
  it.each([
    ["as they should be", () => undefined, []],
    [
      "none set",
      (draft: Draft) => (draft.parameters = []),
      [
        'set-parameters gtmcoord settings={"max_coordinators":"64","max_datanodes":"64","wal_log_hints":"on"}',
        'set-parameters coordinator settings={"max_coordinators":"64","max_datanodes":"64"}',
        'set-parameters datanode settings={"max_coordinators":"64","max_datanodes":"64","wal_log_hints":"on"}',
      ],
    ],
    [
      "set to another value",
      (draft: Draft) => {
        draft.parameters = draft.parameters.map((each) =>
          each.kind === "G" ? { ...each, value: "off" } : each,
        );
      },
      [
        'set-parameters gtmcoord settings={"max_coordinators":"64","max_datanodes":"64","wal_log_hints":"on"}',
      ],
    ],
  ] as const)("%s", (_name, change, steps) => {
    const topology = topologyOf();
    const draft = definedDraft(topology);
    change(draft);
    expect(findings(planParameters, topology, draft).steps).toEqual(steps);
  });

  it("leaves for later what the manager's server does not know: a wrong name would keep nodes from starting", () => {
    const topology = topologyOf({}, { cn: { pool_time_out: 30 } });
    expect(findings(planParameters, topology, definedDraft(topology)).steps).toEqual([]);
  });
});

describe("a value of the values", () => {
  it("is set for all nodes of its scope, and read by them", () => {
    expect(cluster({ cn: { work_mem: "64MB" } }).steps).toEqual([
      'set-parameters coordinator settings={"work_mem":"64MB"}',
      ...reloads("cn_0", "cn_1"),
    ]);
  });

  it("is there in whatever unit it was written", () => {
    const there = (draft: Draft): void => {
      draft.parameters.push(row("C", "work_mem", "'65536kB'"));
      draft.notes.push(note("C", "work_mem"));
      tellSetting(draft, "work_mem", () => ({ ...workMem, value: "65536", file: "65536" }));
    };
    expect(cluster({ cn: { work_mem: "64MB" } }, there).steps).toEqual([]);
  });

  it("is put back on the one node whose file somebody changed", () => {
    const drifted = (draft: Draft): void => {
      draft.parameters.push(row("C", "work_mem", "'64MB'"));
      draft.notes.push(note("C", "work_mem"));
      tellSetting(draft, "work_mem", (name) => ({ ...workMem, file: name === "cn_1" ? "1GB" : "64MB" }));
    };
    expect(cluster({ cn: { work_mem: "64MB" } }, drifted).steps).toEqual([
      'set-parameters cn_1 as=coordinator master settings={"work_mem":"64MB"} passing=true',
      ...reloads("cn_1"),
    ]);
  });

  it("that standbys have otherwise is set on each of them, after the scope's own", () => {
    expect(cluster({ dn: { work_mem: "64MB", wal_log_hints: true }, ds: { work_mem: "8MB" } }).sets).toEqual([
      'set-parameters datanode settings={"work_mem":"64MB"}',
      'set-parameters ds_0 as=datanode slave settings={"work_mem":"8MB"}',
      'set-parameters ds_1 as=datanode slave settings={"work_mem":"8MB"}',
    ]);
  });

  it("waits for the agents of all nodes it is for: SET stops at the first that is away", () => {
    const away = (draft: Draft): void => {
      draft.pods.get("antdb-cn-1")!.ready = false;
    };
    expect(cluster({ cn: { work_mem: "64MB" } }, away).sets).toEqual([]);
  });

  it("gives way to an ALTER SYSTEM, and says so", () => {
    const auto = (draft: Draft): void => {
      draft.parameters.push(row("C", "work_mem", "'64MB'"));
      draft.notes.push(note("C", "work_mem"));
      tellSetting(draft, "work_mem", (name) => ({
        ...{ ...workMem, file: "64MB", value: name === "cn_0" ? "8192" : "65536" },
        ...(name === "cn_0" ? { overriddenIn: "postgresql.auto.conf" } : {}),
      }));
    };
    const { steps, leftAlone } = cluster({ cn: { work_mem: "64MB" } }, auto);
    expect(steps).toEqual([]);
    expect(leftAlone).toMatchObject([
      {
        object: "cn_0",
        blocks: false,
        remedy: "on cn_0: ALTER SYSTEM RESET work_mem; SELECT pg_reload_conf()",
      },
    ]);
  });
});

describe("a value taken away", () => {
  const wasSet = (draft: Draft): void => {
    draft.parameters.push(row("C", "work_mem", "'64MB'"));
    draft.notes.push(note("C", "work_mem"));
  };

  it("is taken back, and then forgotten", () => {
    expect(cluster({}, wasSet).steps).toEqual([
      'reset-parameters coordinator keys=["work_mem"]',
      ...reloads("cn_0", "cn_1"),
      'forget-parameters coordinator notes=[{"node":"*","letter":"C","key":"work_mem"}]',
    ]);
  });

  it("stays when a person set it through the manager", () => {
    expect(cluster({}, (draft) => draft.parameters.push(row("C", "work_mem", "'64MB'"))).steps).toEqual([]);
  });

  it("goes back to what a node is born with where the engine's own default is another", () => {
    const wal = (draft: Draft): void => {
      draft.parameters.push(row("D", "wal_keep_segments", "64"));
      draft.notes.push(note("D", "wal_keep_segments"));
    };
    expect(cluster({}, wal).sets).toEqual([
      'set-parameters datanode settings={"wal_keep_segments":"32"} passing=true',
      'forget-parameters datanode notes=[{"node":"*","letter":"D","key":"wal_keep_segments"}]',
    ]);
  });

  it("of a standby alone goes back to what its scope has: RESET would keep it from that for ever", () => {
    const own = (draft: Draft): void => {
      draft.parameters.push(row("D", "work_mem", "'64MB'"), row("b", "work_mem", "'8MB'", "ds_0"));
      draft.notes.push(note("D", "work_mem"), note("D", "work_mem", "ds_0"));
      tellSetting(draft, "work_mem", (name) => ({ ...workMem, file: name === "ds_0" ? "8MB" : "64MB" }));
    };
    const { sets } = cluster({ dn: { work_mem: "64MB", wal_log_hints: true } }, own);
    expect(sets).toContain('set-parameters ds_0 as=datanode slave settings={"work_mem":"64MB"} passing=true');
    expect(sets.filter((step) => step.startsWith("reset"))).toEqual([]);
  });
});

describe("values the engine would not take", () => {
  it.each([
    [{ cn: { work_mem: "banana" } }, "cn.parameters.work_mem", /"banana" is not a whole number of kB/],
    [
      { nodes: { work_mem: "1kB" } },
      "nodes.parameters.work_mem",
      /out of range \(64 to 2147483647, counted in kB\)/,
    ],
    [{ dn: { wal_log_hints: "perhaps" } }, "dn.parameters.wal_log_hints", /neither on nor off/],
    [{ cn: { wrok_mem: 1 } }, "cn.parameters.wrok_mem", /knows no parameter/],
  ] as const)("%j", (wanted, object, reason) => {
    const { sets, leftAlone } = cluster(wanted);
    expect(sets).toEqual([]);
    expect(leftAlone).toMatchObject([
      { object, blocks: true, reason: expect.stringMatching(reason) as string },
    ]);
  });

  it("lets pass what may belong to a library that is not loaded", () => {
    expect(cluster({ cn: { "auto_explain.log_min_duration": "1s" } }).leftAlone).toEqual([]);
  });
});
