import { describe, expect, test } from "vitest";
import { checkHost, checkName, hostIndex, hostNames } from "../../../ci/cluster/names.ts";
import {
  apiServer,
  clusterCidr,
  dnsAddress,
  hostAddress,
  isOwnNamespace,
  layoutOf,
  namespaceOf,
  podCidr,
  serviceCidr,
} from "../../../ci/cluster/native/layout.ts";
import { hostRoutes, shellRoutes } from "../../../ci/cluster/native/network.ts";
import { overlaps } from "../../../ci/cluster/native/subnet.ts";

const one = layoutOf("antdb", "10.89");
const hosts = hostNames(9);

describe("names and addresses of a native cluster", () => {
  test("hosts, pods and services share no address", () => {
    const pods = hosts.map((host) => podCidr(one, host));
    const parts = [`${one.subnet}.0.0/24`, clusterCidr(one), serviceCidr(one)];
    for (const [index, part] of parts.entries())
      for (const other of parts.slice(index + 1))
        expect(overlaps(part, other), `${part} ${other}`).toBe(false);
    for (const pod of pods) expect(overlaps(pod, clusterCidr(one))).toBe(true);
    expect(new Set([...pods, ...hosts.map((host) => hostAddress(one, host))]).size).toBe(20);
    expect(overlaps(dnsAddress(one), serviceCidr(one))).toBe(true);
  });

  test("two clusters share no name", () => {
    const two = layoutOf("two", "10.90");
    for (const key of ["state", "pki", "runtime", "prefix", "switch", "link", "kubeconfig"] as const)
      expect(one[key]).not.toBe(two[key]);
  });

  test("a link's name fits the kernel's 15 characters, whatever the subnet", () => {
    expect(layoutOf("x", "172.31").link.length).toBeLessThanOrEqual(15);
    expect(layoutOf("x", "10.255").link).toBe("antdb-10-255");
  });

  test("a cluster knows its own namespaces from those of one whose name begins alike", () => {
    const longer = layoutOf("antdb-w1", "10.91");
    expect(isOwnNamespace(one, namespaceOf(one, "w1"))).toBe(true);
    expect(isOwnNamespace(one, one.switch)).toBe(true);
    expect(isOwnNamespace(one, namespaceOf(longer, "cp"))).toBe(false);
    expect(isOwnNamespace(one, longer.switch)).toBe(false);
    expect(isOwnNamespace(one, "antdb-cluster-antdb-w10")).toBe(false);
  });

  test("every host routes to the pods of every other, and to no default", () => {
    const lines = hostRoutes(one, "w2");
    expect(lines).toContain("addr add 10.89.0.12/24 dev eth0");
    expect(lines).toContain("route add 10.89.17.0/24 via 10.89.0.11");
    expect(lines.join("\n")).not.toContain("route add 10.89.18.0/24");
    expect(lines.join("\n")).not.toContain("default");
    expect(lines.filter((line) => line.includes(" via "))).toHaveLength(9);
  });

  test("the machine reaches pods through their hosts and services through cp", () => {
    expect(shellRoutes(one)).toContain("route replace 10.89.19.0/24 via 10.89.0.13 dev antdb-10-89");
    expect(shellRoutes(one)).toContain("route replace 10.89.240.0/20 via 10.89.0.10 dev antdb-10-89");
    expect(apiServer(one)).toBe("https://10.89.0.10:6443");
  });
});

describe("names", () => {
  test("cp is 0, workers count from 1", () => {
    expect(hosts.map(hostIndex)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(hostNames(2)).toEqual(["cp", "w1", "w2"]);
  });

  test("a host the cluster does not have is refused with those it has", () => {
    expect(() => checkHost("w3", 2)).toThrow("no host is called w3: this cluster has cp, w1, w2");
    expect(() => checkHost("w0", 2)).toThrow("no host is called w0: hosts are cp and w1..w9");
    expect(checkHost("cp", 0)).toBe("cp");
  });

  test.each(["a", "antdb", "ci-2", "a".repeat(31)])("%s can name a cluster", (name) => {
    expect(checkName(name)).toBe(name);
  });

  test.each(["", "A", "2a", "a_b", "a.b", "a/b", "a-", "a b", "a".repeat(32)])("%j cannot", (name) => {
    expect(() => checkName(name)).toThrow("cannot name a cluster");
  });
});
