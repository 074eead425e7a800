import { describe, expect, it } from "vitest";
import type { PodTrouble } from "../../../hooks/model/snapshot.ts";
import { podRemedy } from "../../../hooks/plan/pod-remedy.ts";

const remedy = (role: string, kind: PodTrouble["kind"], words: string): string =>
  podRemedy({ kind, words, container: "antdb" }, { name: `antdb-${role}-0`, role, namespace: "db" });
const taint = "1 node(s) had untolerated taint(s)";

describe("what to do for a pod that does not get on", () => {
  // The scheduler's messages as Kubernetes 1.34 puts them.
  it.each([
    [
      "dn",
      `0/4 nodes are available: ${taint}, 3 node(s) didn't match pod anti-affinity rules.`,
      /^add a host .*pairing\.type=preferred/,
    ],
    [
      "gcs",
      "0/1 nodes are available: 1 node(s) didn't match pod anti-affinity rules.",
      /^add a host .*apart\.gtm\.type=preferred$/,
    ],
    [
      "cn",
      "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.",
      /^add a host .*set cn\.replicas to as many as have a place, or apart\.cn\.type=preferred$/,
    ],
    [
      "cn",
      `0/3 nodes are available: ${taint}, 2 node(s) didn't satisfy existing pods anti-affinity rules.`,
      /^pods that run keep it away .*helm upgrade with cn\.replicas lowered to as many as have a place/,
    ],
    [
      "dn",
      `0/3 nodes are available: ${taint}, 2 node(s) didn't satisfy existing pods anti-affinity rules.`,
      /^pods that run keep it away .*: add a host that can take it$/,
    ],
    [
      "mgr",
      "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.",
      /^add a host that can take it$/,
    ],
    [
      "cn",
      `0/4 nodes are available: ${taint}, 3 Insufficient cpu.`,
      /^make room on the hosts, or lower cn\.resources\.requests$/,
    ],
    [
      "cn",
      `0/4 nodes are available: ${taint}, 3 node(s) didn't match Pod's node affinity/selector.`,
      /^label a host as cn\.nodeSelector/,
    ],
    [
      "dn",
      "0/4 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
      /^kubectl -n db describe pvc data-antdb-dn-0 .*dn\.persistence.*Bound.*kubectl -n db delete pod antdb-dn-0$/,
    ],
    ["dn", 'persistentvolumeclaim "data-antdb-dn-0" not found', /describe pvc data-antdb-dn-0/],
    [
      "dn",
      `0/4 nodes are available: ${taint}, 3 node(s) had volume node affinity conflict.`,
      /^its volume is tied to hosts/,
    ],
    [
      "ds",
      "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints.",
      /ease ds\.topologySpreadConstraints/,
    ],
    ["dn", "0/3 nodes are available: 3 Too many pods.", /^add a host/],
    ["dn", `0/1 nodes are available: ${taint}.`, /tolerate it in dn\.tolerations/],
    [
      "dn",
      "0/3 nodes are available: 3 reasons nobody has heard of.",
      /^kubectl -n db describe pod antdb-dn-0/,
    ],
  ])("%s: %s", (role, words, expected) => {
    expect(remedy(role, "unplaced", words)).toMatch(expected);
  });

  it("says every cause that the scheduler counts, but a taint only when there is no other", () => {
    const both = `0/4 nodes are available: ${taint}, 1 Insufficient memory, 2 node(s) didn't match pod anti-affinity rules.`;
    expect(remedy("cn", "unplaced", both)).toMatch(/^add a host .*; or make room on the hosts/);
    expect(remedy("cn", "unplaced", both)).not.toContain("tolerations");
  });

  it.each([
    ["image", /images\.antdb\.\*.*dn\.image\.\*.*pullSecrets/],
    ["setup", /correct its name in the values; kubectl -n db describe pod antdb-dn-0/],
    ["crash", /^kubectl -n db logs antdb-dn-0 -c antdb --previous/],
    ["failed", /describe pod/],
    ["other", /describe pod/],
  ] as const)("%s", (kind, expected) => {
    expect(remedy("dn", kind, "words")).toMatch(expected);
  });
});
