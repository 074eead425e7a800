import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { containerOf, renderKindConfig } from "../../../ci/cluster/kind/driver.ts";
import { fillManifest } from "../../../ci/cluster/native/api.ts";
import { renderControlPlane } from "../../../ci/cluster/native/render/control-plane.ts";
import { renderKubeconfig } from "../../../ci/cluster/native/render/kubeconfig.ts";
import {
  renderKubelet,
  renderKubeletFlags,
  renderKubeProxy,
  reservedMiB,
} from "../../../ci/cluster/native/render/node.ts";
import { renderCni, renderContainerd } from "../../../ci/cluster/native/render/runtime.ts";

describe("configuration of a host", () => {
  test("the kubelet holds back what is above the host's share of memory, and never less than nothing", () => {
    expect(reservedMiB(24_000)).toBe(24_000 - 6144);
    expect(reservedMiB(4000)).toBe(0);
    expect(parse(renderKubelet("w1", "10.89.240.10", 24_000))).toMatchObject({
      clusterDNS: ["10.89.240.10"],
      tlsCertFile: "/etc/kubernetes/pki/kubelet-w1.crt",
      systemReserved: { memory: "17856Mi" },
      imageGCHighThresholdPercent: 100,
    });
  });

  test("only the control plane is tainted, every host is a zone", () => {
    expect(renderKubeletFlags("cp")).toContain("control-plane=:NoSchedule");
    expect(renderKubeletFlags("w1")).toBe("--node-labels topology.kubernetes.io/zone=w1\n");
  });

  test("kube-proxy knows pods' addresses, so that others are masqueraded", () => {
    expect(parse(renderKubeProxy("10.89.16.0/20"))).toMatchObject({
      clusterCIDR: "10.89.16.0/20",
      mode: "iptables",
    });
  });

  test("pods get addresses of their host's range and the pause image made here", () => {
    const cni = JSON.parse(renderCni("10.89.17.0/24")) as {
      plugins: { type: string; ipam?: { ranges: unknown } }[];
    };
    expect(cni.plugins.map(({ type }) => type)).toEqual(["ptp", "portmap"]);
    expect(cni.plugins[0]?.ipam?.ranges).toEqual([[{ subnet: "10.89.17.0/24" }]]);
    expect(renderContainerd("localhost/pause:abc")).toContain('sandbox_image = "localhost/pause:abc"');
  });

  test("the control plane's lines name its own address and range", () => {
    const lines = renderControlPlane("10.90.0.10", "10.90.240.0/20");
    expect(lines).toContain("--advertise-address=10.90.0.10");
    expect(lines).toContain("--service-cluster-ip-range=10.90.240.0/20");
    expect(lines.match(/^service /gm)).toHaveLength(4);
  });

  test("a kubeconfig stands alone", () => {
    const text = renderKubeconfig("antdb-cluster-x", "https://10.89.0.10:6443", {
      authority: "A",
      certificate: "C",
      key: "K",
    });
    expect(parse(text)).toMatchObject({
      "current-context": "antdb-cluster-x",
      clusters: [{ cluster: { server: "https://10.89.0.10:6443", "certificate-authority-data": "QQ==" } }],
      users: [{ user: { "client-certificate-data": "Qw==", "client-key-data": "Sw==" } }],
    });
  });
});

describe("add-ons", () => {
  const folder = new URL("../../../ci/cluster/native/addons/", import.meta.url);
  const words = {
    DNS: "10.89.240.10",
    COREDNS: "localhost/c:1",
    BUSYBOX: "localhost/b:1",
    LOCALPATH: "localhost/l:1",
  };

  test.each(readdirSync(folder))("%s is valid YAML once filled, and asks for nothing else", (file) => {
    const filled = fillManifest(readFileSync(new URL(file, folder), "utf8"), words);
    const documents = parseAllDocuments(filled);
    for (const document of documents) expect(document.errors).toEqual([]);
    expect(documents.length).toBeGreaterThan(0);
    expect(filled).not.toMatch(/@[A-Z]+@/);
  });

  test("a word nothing gives is named", () => {
    expect(() => fillManifest("image: @NEW@", words)).toThrow("@NEW@");
  });
});

describe("kind", () => {
  test("hosts go by kind's names", () => {
    expect(["cp", "w1", "w2", "w9"].map((host) => containerOf("antdb", host))).toEqual([
      "antdb-control-plane",
      "antdb-worker",
      "antdb-worker2",
      "antdb-worker9",
    ]);
  });

  test("its configuration has one control plane and the workers", () => {
    const { nodes } = parse(renderKindConfig(2)) as { nodes: { role: string }[] };
    expect(nodes.map(({ role }) => role)).toEqual(["control-plane", "worker", "worker"]);
  });
});
