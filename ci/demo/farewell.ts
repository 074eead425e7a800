// What to type next, with the paths of this machine filled in.
export interface Farewell {
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly helm: string;
  readonly namespace: string;
  readonly release: string;
  readonly imagesFile: string;
}

export const farewell = ({ kubeconfig, kubectl, helm, namespace, release, imagesFile }: Farewell): string => `
Use it from this shell:
  export KUBECONFIG=${kubeconfig}
  alias kubectl=${kubectl} helm=${helm}

Connect (a psql in the demo's client pod, by password through the client Service):
  kubectl -n ${namespace} exec -it antdb-client -- psql

The password of the application's role:
  kubectl -n ${namespace} get secret ${release}-credentials -o jsonpath='{.data.password}' | base64 -d

Upgrade, for instance to three coordinators:
  helm upgrade ${release} ./chart -n ${namespace} --reuse-values --set cn.replicas=3

Remove the release and keep its volumes, or remove everything the demo made:
  helm uninstall ${release} -n ${namespace}
  npm run demo:down

The images this demo runs are named in ${imagesFile} (helm … -f ${imagesFile}).
`;
