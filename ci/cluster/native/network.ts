// The cables: a switch (a bridge in a network namespace of its own), one namespace per host, and the machine's own end of it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { ClusterFailure } from "../failure.ts";
import { hostNames } from "../names.ts";
import { run, succeeds } from "../run.ts";
import { maxWorkers } from "../settings.ts";
import {
  hostAddress,
  isOwnNamespace,
  type Layout,
  namespaceOf,
  podCidr,
  serviceCidr,
  shellAddress,
} from "./layout.ts";
import type { Occupied } from "./subnet.ts";

const namespaceFolder = "/run/netns";
const exists = (namespace: string): boolean => existsSync(`${namespaceFolder}/${namespace}`);

const deleteNamespace = async (namespace: string): Promise<void> => {
  if (exists(namespace)) await run("ip", ["netns", "del", namespace]);
};

/** Every IPv4 route and address of the machine but those of `ownLink`. */
export const occupiedAddresses = async (ownLink: string | undefined): Promise<Occupied[]> => {
  const routes = JSON.parse(await run("ip", ["-j", "-4", "route", "show"])) as {
    dst: string;
    dev?: string;
  }[];
  const links = JSON.parse(await run("ip", ["-j", "-4", "addr", "show"])) as {
    ifname: string;
    addr_info: { local?: string; prefixlen: number }[];
  }[];
  return [
    ...routes
      .filter(({ dev }) => dev === undefined || dev !== ownLink)
      .map(({ dst, dev }) => ({ cidr: dst, what: `route ${dst} dev ${dev ?? "(none)"}` })),
    ...links
      .filter(({ ifname }) => ifname !== ownLink)
      .flatMap(({ ifname, addr_info }) =>
        addr_info.map(({ local = "", prefixlen }) => ({
          cidr: `${local}/${prefixlen}`,
          what: `address ${local}/${prefixlen} of ${ifname}`,
        })),
      ),
  ];
};

const switchWorks = async (layout: Layout): Promise<boolean> =>
  exists(layout.switch) &&
  (await succeeds("ip", ["-n", layout.switch, "link", "show", "br0"])) &&
  (await succeeds("ip", ["link", "show", layout.link]));

/** The machine's routes to pods (each host's through that host) and to ClusterIPs (through cp, whose kube-proxy sends them on). */
export const shellRoutes = (layout: Layout): string[] => [
  ...hostNames(maxWorkers).map(
    (host) => `route replace ${podCidr(layout, host)} via ${hostAddress(layout, host)} dev ${layout.link}`,
  ),
  `route replace ${serviceCidr(layout)} via ${hostAddress(layout, "cp")} dev ${layout.link}`,
];

/** Sets up the switch and plugs the machine in, unless that is done. */
export const ensureSwitch = async (layout: Layout): Promise<void> => {
  if (await switchWorks(layout)) return;
  await removeSwitch(layout);
  const inSwitch = (...args: string[]): Promise<string> => run("ip", ["-n", layout.switch, ...args]);
  await run("ip", ["netns", "add", layout.switch]);
  await run("ip", ["-n", layout.switch, "-batch", "-"], {
    input: "link add br0 type bridge\nlink set br0 up\n",
  });
  // where br_netfilter is loaded the bridge would otherwise pass frames through iptables
  const sysctls = ["iptables", "ip6tables", "arptables"].map((name) => `net.bridge.bridge-nf-call-${name}=0`);
  await succeeds("nsenter", [`--net=${namespaceFolder}/${layout.switch}`, "sysctl", "-qw", ...sysctls]);
  await run("ip", [
    "link",
    "add",
    layout.link,
    "type",
    "veth",
    "peer",
    "name",
    "shell",
    "netns",
    layout.switch,
  ]);
  await inSwitch("link", "set", "shell", "master", "br0", "up");
  const lines = [
    `addr add ${shellAddress(layout)}/24 dev ${layout.link}`,
    `link set ${layout.link} up`,
    ...shellRoutes(layout),
  ];
  await run("ip", ["-batch", "-"], { input: `${lines.join("\n")}\n` });
};

/** Unplugs the machine and removes the switch; the routes go with the link. */
export const removeSwitch = async (layout: Layout): Promise<void> => {
  if (await succeeds("ip", ["link", "show", layout.link])) await run("ip", ["link", "del", layout.link]);
  await deleteNamespace(layout.switch);
};

/** The lines of `ip -batch` that give a host its addresses. There is no default route: nothing leaves the cluster. */
export const hostRoutes = (layout: Layout, host: string): string[] => [
  "link set lo up",
  `addr add ${hostAddress(layout, host)}/24 dev eth0`,
  "link set eth0 up",
  `route add ${serviceCidr(layout)} dev eth0`, // a ClusterIP needs a route before kube-proxy rewrites it
  ...hostNames(maxWorkers)
    .filter((other) => other !== host)
    .map((other) => `route add ${podCidr(layout, other)} via ${hostAddress(layout, other)}`),
];

/** Gives a host a fresh network namespace, plugged into the switch. */
export const plugIn = async (layout: Layout, host: string): Promise<void> => {
  const namespace = namespaceOf(layout, host);
  await unplug(layout, host);
  await run("ip", ["netns", "add", namespace]);
  await run("ip", [
    "-n",
    layout.switch,
    "link",
    "add",
    host,
    "type",
    "veth",
    "peer",
    "name",
    "eth0",
    "netns",
    namespace,
  ]);
  await run("ip", ["-n", layout.switch, "link", "set", host, "master", "br0", "up"]);
  await run("ip", ["-n", namespace, "-batch", "-"], { input: `${hostRoutes(layout, host).join("\n")}\n` });
  const sysctls = [
    "net.ipv4.ip_forward=1",
    "net.ipv4.conf.all.rp_filter=0",
    "net.ipv4.conf.default.rp_filter=0",
  ];
  await run("nsenter", [`--net=${namespaceFolder}/${namespace}`, "sysctl", "-qw", ...sysctls]);
};

/** Removes a host's cable and namespace. The namespace itself dies a little later, so its cable is cut from the other end. */
export const unplug = async (layout: Layout, host: string): Promise<void> => {
  if (exists(layout.switch)) await succeeds("ip", ["-n", layout.switch, "link", "del", host]);
  await deleteNamespace(namespaceOf(layout, host));
};

/** Pulls (or plugs in again) a host's cable. */
export const setCable = async (layout: Layout, host: string, plugged: boolean): Promise<void> => {
  await run("ip", ["-n", layout.switch, "link", "set", host, plugged ? "up" : "down"]);
};

/** A host's cable at the switch: "none" when the switch or the cable has been removed behind our back. */
export const cableOf = async (layout: Layout, host: string): Promise<"in" | "out" | "none"> => {
  if (!(await succeeds("ip", ["-n", layout.switch, "link", "show", host]))) return "none";
  const shown = await run("ip", ["-j", "-n", layout.switch, "link", "show", host]);
  return (JSON.parse(shown) as { flags?: string[] }[])[0]?.flags?.includes("UP") === true ? "in" : "out";
};

/** Namespaces of this cluster that exist now. */
export const ownNamespaces = (layout: Layout): string[] =>
  existsSync(namespaceFolder)
    ? readdirSync(namespaceFolder).filter((name) => isOwnNamespace(layout, name))
    : [];

const parentOf = (pid: string): string | undefined => {
  try {
    return /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  } catch {
    return undefined; // has ended since
  }
};

/** Refuses a namespace with processes nobody has recorded: they are not ours to end. Names those whose end ends all others. */
export const checkAbandoned = async (layout: Layout, host: string): Promise<void> => {
  const namespace = namespaceOf(layout, host);
  if (!exists(namespace) || !(await succeeds("ip", ["netns", "pids", namespace]))) return;
  const pids = (await run("ip", ["netns", "pids", namespace])).split("\n").filter(Boolean);
  const roots = pids.filter((pid) => !pids.includes(parentOf(pid) ?? pid));
  if (roots.length === 0) return;
  throw new ClusterFailure(
    `network namespace ${namespace} holds processes that are on no record of ours: end them (kill -9 ${roots.join(" ")}) and run this again`,
  );
};
