// containerd and its network plugins inside a host. Pure.

/** containerd's config.toml. `sandboxImage` is the pause image every pod starts with. */
export const renderContainerd = (sandboxImage: string): string => `version = 2
disabled_plugins = [
  "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing",
]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  disable_apparmor = true
  # root inside a container or a small VM often lacks CAP_SYS_RESOURCE: then nobody may lower oom_score_adj
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
`;

/**
 * The CNI configuration of a host whose pods are in `podCidr`. ptp, not bridge: each pod hangs on its own routed cable, so
 * traffic between two pods of one host passes the host's FORWARD chain too, and Services need no br_netfilter.
 */
export const renderCni = (podCidr: string): string =>
  `${JSON.stringify(
    {
      cniVersion: "0.4.0",
      name: "antdb-cluster",
      plugins: [
        {
          type: "ptp",
          ipMasq: false,
          mtu: 1500,
          ipam: {
            type: "host-local",
            dataDir: "/run/cni-ipam",
            ranges: [[{ subnet: podCidr }]],
            routes: [{ dst: "0.0.0.0/0" }],
          },
        },
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    },
    null,
    1,
  )}\n`;
