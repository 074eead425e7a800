// The control plane's services, as the bash lines services.sh reads on host cp. Pure.
import { evictionTolerationSeconds, nodeGraceSeconds } from "../../settings.ts";

const etcd = `service etcd etcd --data-dir /var/lib/etcd --log-level warn \\
  --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \\
  --listen-peer-urls http://127.0.0.1:2380 --unsafe-no-fsync`;

const apiServer = (address: string, serviceCidr: string): string => `service kube-apiserver kube-apiserver \\
  --etcd-servers=http://127.0.0.1:2379 --advertise-address=${address} --bind-address=0.0.0.0 --secure-port=6443 \\
  --tls-cert-file=apiserver.crt --tls-private-key-file=apiserver.key --client-ca-file=ca.crt \\
  --kubelet-client-certificate=apiserver-kubelet-client.crt --kubelet-client-key=apiserver-kubelet-client.key \\
  --kubelet-certificate-authority=ca.crt --kubelet-preferred-address-types=InternalIP,Hostname \\
  --service-account-key-file=sa.pub --service-account-signing-key-file=sa.key \\
  --service-account-issuer=https://kubernetes.default.svc.cluster.local \\
  --requestheader-client-ca-file=ca.crt --requestheader-allowed-names=front-proxy-client \\
  --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \\
  --requestheader-extra-headers-prefix=X-Remote-Extra- \\
  --proxy-client-cert-file=front-proxy-client.crt --proxy-client-key-file=front-proxy-client.key \\
  --service-cluster-ip-range=${serviceCidr} --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \\
  --allow-privileged=true --profiling=false \\
  --default-not-ready-toleration-seconds=${evictionTolerationSeconds} \\
  --default-unreachable-toleration-seconds=${evictionTolerationSeconds}`;

const kubeconfigs = (component: string): string =>
  ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"]
    .map((flag) => `--${flag}=$etc/${component}.kubeconfig`)
    .join(" ");

// The stock 20 requests a second cost 4 to 5 s at start with one account per controller.
const controllerManager = `service kube-controller-manager kube-controller-manager ${kubeconfigs("kube-controller-manager")} \\
  --service-account-private-key-file=sa.key --root-ca-file=ca.crt \\
  --cluster-signing-cert-file=ca.crt --cluster-signing-key-file=ca.key --use-service-account-credentials --leader-elect=false \\
  --node-monitor-grace-period=${nodeGraceSeconds}s --node-monitor-period=2s --kube-api-qps=100 --kube-api-burst=200`;

const scheduler = `service kube-scheduler kube-scheduler ${kubeconfigs("kube-scheduler")} --leader-elect=false`;

/** etcd, API server, controller manager and scheduler of host cp at `address`. */
export const renderControlPlane = (address: string, serviceCidr: string): string => `cd $etc/pki
${etcd}
${apiServer(address, serviceCidr)}
# these two end when they come before the API server has written its bootstrap RBAC
after="curl -sfo /dev/null -m 2 --cacert ca.crt https://127.0.0.1:6443/readyz"
${controllerManager}
${scheduler}
after=
cd /
`;
