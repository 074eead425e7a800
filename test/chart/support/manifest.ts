/** The parts of Kubernetes objects that the chart's tests look at. */

interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly envFrom?: readonly unknown[];
  readonly ports?: readonly {
    readonly name: string;
    readonly containerPort: number;
    readonly hostPort?: number;
  }[];
  readonly resources?: Readonly<Record<string, Readonly<Record<string, string | number>>>>;
  readonly securityContext?: SecurityContext;
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  readonly fsGroup?: number;
  readonly fsGroupChangePolicy?: string;
  readonly privileged?: boolean;
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly capabilities?: { readonly add?: readonly string[]; readonly drop?: readonly string[] };
  readonly seccompProfile?: { readonly type: string };
  readonly appArmorProfile?: { readonly type: string };
  readonly seLinuxOptions?: { readonly type?: string; readonly user?: string; readonly role?: string };
  readonly windowsOptions?: { readonly hostProcess?: boolean };
  readonly procMount?: string;
  readonly sysctls?: readonly { readonly name: string }[];
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
  readonly securityContext?: SecurityContext;
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly restartPolicy?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly [key: string]: unknown;
}

export interface PodTemplate {
  readonly metadata: Omit<Metadata, "name">;
  readonly spec: PodSpec;
}

export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly spec?: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> } & Readonly<
      Record<string, unknown>
    >;
    readonly template?: PodTemplate;
    readonly volumeClaimTemplates?: readonly unknown[];
    readonly podManagementPolicy?: string;
    readonly backoffLimit?: number;
    readonly activeDeadlineSeconds?: number;
    readonly podFailurePolicy?: { readonly rules: readonly unknown[] };
    readonly ports?: readonly {
      readonly name: string;
      readonly port: number;
      readonly targetPort: string | number;
    }[];
    readonly [key: string]: unknown;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly rules?: readonly PolicyRule[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly namespace?: string;
  }[];
}

/** "Kind/name", as people write it. */
export const titleOf = (manifest: Manifest): string => `${manifest.kind}/${manifest.metadata.name}`;

/** Every pod that these objects would make, with the object that makes it: itself for a plain pod. */
export const podTemplates = (manifests: readonly Manifest[]): { owner: Manifest; template: PodTemplate }[] =>
  manifests.flatMap((owner) => {
    if (owner.kind === "Pod") return [{ owner, template: owner as unknown as PodTemplate }];
    return owner.spec?.template === undefined ? [] : [{ owner, template: owner.spec.template }];
  });

/** The one object of a kind and name. @throws when it is not there. */
export const find = (manifests: readonly Manifest[], kind: string, name: string): Manifest => {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind}/${name} among ${manifests.map(titleOf).join(", ")}`);
  return found;
};
