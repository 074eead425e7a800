// Which programs are built from Go modules: the module's folder here (its go.mod pins the version), the package, and what to tell a person.

/** The Kubernetes version everything agrees on; kubernetes/go.mod pins the same. */
export const kubernetesVersion = "1.34.2";
const [, kubernetesMinor = ""] = kubernetesVersion.split(".");

/** A folder with a go.mod of ours. `pinned` is the module whose version names the build. */
export interface GoModule {
  readonly folder: string;
  readonly pinned: string;
  /** Linker settings (-X name=value); `version` is the pinned one, with its v. */
  readonly settings: (version: string) => Readonly<Record<string, string>>;
  /** Why a person waits: printed before a build from a cold cache. */
  readonly wait: string;
}

/** One program: the package of a module, and the file name Go gives its binary. */
export interface Tool {
  readonly module: GoModule;
  readonly package: string;
  readonly binary: string;
}

const baseVersion = "k8s.io/component-base/version";
const kubernetes: GoModule = {
  folder: "kubernetes",
  pinned: "k8s.io/kubernetes",
  settings: (version) => ({
    [`${baseVersion}.gitVersion`]: version,
    [`${baseVersion}.gitMajor`]: "1",
    [`${baseVersion}.gitMinor`]: kubernetesMinor,
  }),
  wait: "compiled from source, once for this machine: all of Kubernetes takes about 5 minutes on 2 cores",
};

// Without the last four, `helm template` and `helm lint` judge a chart as for Kubernetes 1.20.
const helm3: GoModule = {
  folder: "helm3",
  pinned: "helm.sh/helm/v3",
  settings: (version) => ({
    "helm.sh/helm/v3/internal/version.version": version,
    "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": kubernetesMinor,
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
    "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": kubernetesMinor,
  }),
  wait: "compiled from source, once for this machine: about 1 minute on 2 cores",
};

const plain = (folder: string, pinned: string, setting?: string): GoModule => ({
  folder,
  pinned,
  settings: (version) => (setting === undefined ? {} : { [setting]: version }),
  wait: "compiled from source, once for this machine: up to 1 minute on 2 cores",
});

const kubernetesCommand = (binary: string): Tool => ({
  module: kubernetes,
  package: `k8s.io/kubernetes/cmd/${binary}`,
  binary,
});

/** Every tool by the name it is asked for. */
export const catalog = {
  "kube-apiserver": kubernetesCommand("kube-apiserver"),
  "kube-controller-manager": kubernetesCommand("kube-controller-manager"),
  "kube-scheduler": kubernetesCommand("kube-scheduler"),
  kubelet: kubernetesCommand("kubelet"),
  "kube-proxy": kubernetesCommand("kube-proxy"),
  kubectl: kubernetesCommand("kubectl"),
  helm: { module: helm3, package: "helm.sh/helm/v3/cmd/helm", binary: "helm" },
  helm4: {
    module: {
      ...plain("helm4", "helm.sh/helm/v4", "helm.sh/helm/v4/internal/version.version"),
      wait: "compiled from source, once for this machine: about 2 minutes on 2 cores",
    },
    package: "helm.sh/helm/v4/cmd/helm",
    binary: "helm",
  },
  coredns: {
    module: plain("coredns", "github.com/coredns/coredns"),
    package: "github.com/coredns/coredns",
    binary: "coredns",
  },
  "local-path-provisioner": {
    module: plain("local-path-provisioner", "github.com/rancher/local-path-provisioner", "main.VERSION"),
    package: "github.com/rancher/local-path-provisioner",
    binary: "local-path-provisioner",
  },
  "helm-unittest": {
    module: plain(
      "helm-unittest",
      "github.com/helm-unittest/helm-unittest",
      "github.com/helm-unittest/helm-unittest/internal/build.version",
    ),
    package: "github.com/helm-unittest/helm-unittest/cmd/helm-unittest",
    binary: "helm-unittest",
  },
  kubeconform: {
    module: plain("kubeconform", "github.com/yannh/kubeconform", "main.version"),
    package: "github.com/yannh/kubeconform/cmd/kubeconform",
    binary: "kubeconform",
  },
  "netpol-judge": {
    module: plain("netpol-judge", "github.com/mattfenwick/cyclonus"),
    package: "local/netpol-judge",
    binary: "netpol-judge",
  },
} as const satisfies Readonly<Record<string, Tool>>;

export type ToolName = keyof typeof catalog;

/** What a host of the native cluster runs. */
export const kubernetesTools = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
  "kubectl",
] as const satisfies readonly ToolName[];

export const isToolName = (name: string): name is ToolName => Object.hasOwn(catalog, name);
