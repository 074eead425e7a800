import { describe, expect, test } from "vitest";
import { checkSameKind, chooseDriver, type Surroundings } from "../../../ci/cluster/choose.ts";
import { checkMachine, missingPackages } from "../../../ci/cluster/native/requirements.ts";

const bare: Surroundings = { platform: "linux", isRoot: true, dockerAnswers: false, hasKind: false };

describe("which way a cluster is made", () => {
  test.each<[string, string | undefined, Partial<Surroundings>, string]>([
    ["a given context wins", "prod", { dockerAnswers: true, hasKind: true }, "context"],
    ["kind where Docker answers", undefined, { dockerAnswers: true, hasKind: true }, "kind"],
    [
      "kind on a Mac",
      undefined,
      { platform: "darwin", isRoot: false, dockerAnswers: true, hasKind: true },
      "kind",
    ],
    ["no kind, but root on Linux", undefined, { dockerAnswers: true }, "native"],
    ["no Docker, but root on Linux", undefined, { hasKind: true }, "native"],
  ])("%s", (_, context, around, driver) => {
    expect(chooseDriver(context, { ...bare, ...around })).toBe(driver);
  });

  test.each<[Partial<Surroundings>, string]>([
    [
      { isRoot: false },
      "Docker does not answer: start it and install kind, or run this as root for a cluster without Docker",
    ],
    [
      { isRoot: false, dockerAnswers: true },
      "Docker answers but kind is not on PATH: install kind, or run this as root",
    ],
    [
      { platform: "darwin" },
      "Docker does not answer: start it and install kind, or give a cluster with --context",
    ],
  ])("%j: every way out is named", (around, message) => {
    expect(() => chooseDriver(undefined, { ...bare, ...around })).toThrow(message);
  });

  test("one cluster is not made out of another", () => {
    const native = { name: "antdb", driver: "native", workers: 3 } as const;
    const given = { name: "antdb", driver: "context", workers: 3, context: "prod" } as const;
    expect(() => checkSameKind(native, undefined)).not.toThrow();
    expect(() => checkSameKind(given, "prod")).not.toThrow();
    expect(() => checkSameKind(native, "prod")).toThrow(
      "cluster antdb is a native cluster: type cluster:down",
    );
    expect(() => checkSameKind(given, "other")).toThrow("cluster antdb is context prod: type cluster:down");
  });
});

describe("what the native way needs", () => {
  test("Linux and root", () => {
    expect(() => checkMachine("darwin", 0)).toThrow("needs Linux, this is darwin");
    expect(() => checkMachine("linux", 1000)).toThrow("need root: run this with sudo");
    expect(() => checkMachine("linux", 0)).not.toThrow();
  });

  test("packages are named by what is missing of them", () => {
    expect(missingPackages(() => true)).toEqual([]);
    expect(missingPackages((what) => what !== "etcd" && what !== "/usr/lib/cni/ptp")).toEqual([
      "containernetworking-plugins",
      "etcd-server",
    ]);
  });
});
