import { describe, expect, it } from "vitest";
import { topologyFile } from "../../support/builders/topology.ts";
import type { Closing } from "../../../hooks/cli/runtime.ts";
import { refusal, run, stage, type Stage } from "../../support/fakes/stage.ts";

describe("arguments", () => {
  it.each([
    [[], "a command is missing"],
    [["reconsile"], "reconsile"],
    [["reconcile", "now"], "now"],
    [["reconcile", "--topologie", "x"], "topologie"],
    [["reconcile", "--topology", "a", "--topology", "b"], "--topology is given twice"],
    [["reconcile", "-o", "json"], "o"],
    [["plan", "-o", "yaml"], "yaml"],
    [["plan", "-o", "json", "-o", "text"], "is given twice"],
    [["credentials"], "secret"],
    [["guard", "--secret", "s"], "catalog"],
    [
      ["credentials", "--catalog", "kept", "--secret", "a", "--keys", "username=u"],
      "does not say what hooksPassword",
    ],
    [["credentials", "--catalog", "kept", "--secret", "a", "--secret", "b"], "is given twice"],
  ])("%j is refused", async (args, says) => {
    expect(await refusal(...args)).toContain(says);
  });

  it("a topology file that is not there is named", async () => {
    await expect(run(stage(), "plan", "--topology", "/nowhere")).rejects.toThrow("/nowhere: can't be read");
  });

  it("a topology file that is wrong is named", async () => {
    await expect(run(stage("{}"), "reconcile")).rejects.toThrow("/etc/antdb/topology.json");
  });
});

describe("reconcile", () => {
  it("says what it did, and then that there is nothing to do", async () => {
    const on = stage();
    expect(await run(on, "reconcile")).toMatchObject({
      exitCode: 0,
      line: expect.stringContaining("reconcile: done, ") as string,
    });
    expect(await run(on, "reconcile")).toEqual({
      exitCode: 0,
      line: "reconcile: nothing to do, the cluster is as the values ask",
    });
  });

  it("listens for pods that change while it runs, and no longer", async () => {
    const on = stage();
    await run(on, "reconcile");
    expect(on.listeners.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("says why it can't, with the exit code that stops a Job", async () => {
    const on = stage();
    on.world.pod("antdb-dn-0").foreignBytes = 5_000_000;
    expect(await run(on, "reconcile")).toMatchObject({
      exitCode: 2,
      line: expect.stringContaining("refused: dn_0: its volume holds 5 MB") as string,
    });
  });
});

describe("plan and status", () => {
  it("print, and change nothing", async () => {
    const on = stage();
    expect((await run(on, "plan")).exitCode).toBe(0);
    expect((await run(on, "status")).exitCode).toBe(0);
    expect(on.printed[0]).toContain("initialise cluster");
    expect(on.printed[1]).toContain("NODE");
    expect(on.world.manager.hosts).toEqual([]);
  });

  it.each(["plan", "status"])("%s -o json is JSON", async (command) => {
    const on = stage();
    await run(on, command, "-o", "json");
    expect(JSON.parse(on.printed.join(""))).toMatchObject(
      command === "plan" ? { leftAlone: [] } : { release: "antdb" },
    );
  });

  it("both show a cluster in order as one", async () => {
    const on = stage();
    await run(on, "reconcile");
    await run(on, "plan");
    await run(on, "status");
    expect(on.printed.join("")).toContain("Nothing to do: the cluster is as the values ask.");
    expect(on.printed.join("")).toContain("standby of dn_0");
  });
});

describe("credentials", () => {
  it("makes the Secret once, and never again: the passwords in it belong to the data", async () => {
    const on = stage();
    expect(
      (await run(on, "credentials", "--catalog", "kept", "--secret", "antdb-credentials")).line,
    ).toContain("made");
    const first = on.secrets.get("antdb-credentials");
    expect(Object.keys(first ?? {}).sort()).toEqual([
      "database",
      "hooks-password",
      "monitor-password",
      "password",
      "username",
    ]);
    const again = await run(
      on,
      "credentials",
      "--catalog",
      "kept",
      "--secret",
      "antdb-credentials",
      "--username",
      "other",
    );
    expect(again.line).toContain("left as it is");
    expect(on.secrets.get("antdb-credentials")).toBe(first);
  });

  it("gives a Secret of an older release the exporters' entry, and touches no other", async () => {
    const on = stage();
    const old = { username: "app", database: "app", password: "one", "hooks-password": "two" };
    on.secrets.set("s", old);
    expect((await run(on, "credentials", "--catalog", "kept", "--secret", "s")).line).toContain(
      "monitor-password was added",
    );
    expect(on.secrets.get("s")).toEqual({ ...old, "monitor-password": "p".repeat(32) });
  });

  const keys = (monitor: string): string =>
    `hooksPassword=admin,username=username,password=pw,database=database,monitorPassword=${monitor}`;
  const check = (on: Stage, monitor = "mon"): Promise<Closing> =>
    run(on, "credentials", "--catalog", "kept", "--existing", "--secret", "mine", "--keys", keys(monitor));
  const whole = { admin: "a", username: "u", pw: "p", database: "d", mon: "m" };

  it("makes a Secret with the names it is told", async () => {
    const on = stage();
    await run(on, "credentials", "--catalog", "kept", "--secret", "s", "--keys", keys("mon"));
    expect(Object.keys(on.secrets.get("s") ?? {}).sort()).toEqual(Object.keys(whole).sort());
  });

  it("finds the user's own Secret whole, and leaves it as it is", async () => {
    const on = stage();
    on.secrets.set("mine", whole);
    expect(await check(on)).toMatchObject({ exitCode: 0 });
    expect(on.secrets.get("mine")).toBe(whole);
  });

  it("refuses the user's own Secret that lacks an entry, with two ways out", async () => {
    const on = stage();
    const lacking = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== "mon"));
    on.secrets.set("mine", lacking);
    const refused = await check(on).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      facts: { class: "terminal", code: "secret-incomplete", object: "Secret mine", what: "it lacks mon" },
    });
    expect(String(refused)).toMatch(/kubectl patch secret mine .*"mon".*exporters\.postgres\.enabled=false/);
    expect(await check(on, "")).toMatchObject({ exitCode: 0 });
  });

  it.each([[], ["--existing"]])("makes the Secret for the manager's catalog once, %j", async (...own) => {
    const on = stage();
    on.secrets.set("mine", whole);
    const args = ["credentials", "--catalog", "kept", "--secret", "mine", "--keys", keys("mon"), ...own];
    await run(on, ...args);
    expect(on.secrets.get("kept")).toEqual({});
    on.secrets.set("kept", { "catalog.json": "{}" });
    await run(on, ...args);
    expect(on.secrets.get("kept")).toEqual({ "catalog.json": "{}" });
  });

  it("lets a parent chart bring the Secret later", async () => {
    expect((await check(stage())).line).toContain("not there yet");
  });

  it("prints no password", async () => {
    const on = stage();
    const { line } = await run(on, "credentials", "--catalog", "kept", "--secret", "s");
    expect(line + on.printed.join("")).not.toContain("pppp");
  });
});

describe("guard", () => {
  it("makes what the Secrets lack before it looks, where it is told their names", async () => {
    const on = stage();
    expect(await run(on, "guard", "--secret", "s", "--catalog", "kept")).toMatchObject({ exitCode: 0 });
    expect([...on.secrets.keys()].sort()).toEqual(["kept", "s"]);
    expect(on.printed[0]).toBe("credentials: Secret s made\n");
  });

  it("refuses the user's own Secret that lacks an entry before it looks", async () => {
    const on = stage();
    on.secrets.set("mine", {});
    await expect(run(on, "guard", "--existing", "--secret", "mine", "--catalog", "kept")).rejects.toThrow(
      "it lacks hooks-password",
    );
    expect(on.printed).toEqual([]);
  });

  it("prints where a release leads, and ends with the exit code of its verdict", async () => {
    const grown = stage(JSON.stringify(topologyFile({ cn: 3 })));
    const closing = await run(grown, "guard");
    expect(closing).toEqual({ exitCode: 0, line: "guard: this release takes no node away" });
    expect(grown.printed.join("")).toMatch(/takes no node away[^]*The plan it leads to[^]*add-host cn_0/);
  });
});
