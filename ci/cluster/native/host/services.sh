#!/bin/bash
# Runs inside a host: starts its services and starts any that ends again, 1 s later.
# /run/NAME.pid is a service's process; while /run/NAME.down exists NAME is not started again. Logs are /var/log/NAME.log.
host=$1
etc=/etc/kubernetes
address=$(cat /etc/host-address)

service() { # service NAME COMMAND...: once $after (a command, when set) succeeds
  local name=$1 code
  shift
  (
    [ -z "${after:-}" ] || until $after; do sleep 0.1; done
    while :; do
      while [ -e "/run/$name.down" ]; do sleep 0.3; done
      "$@" >>"/var/log/$name.log" 2>&1 </dev/null &
      echo $! >"/run/$name.pid"
      wait $!
      code=$?
      echo "--- $(date -u +%FT%TZ) $name ended with $code" >>"/var/log/$name.log"
      sleep 1
    done
  ) &
}

if [ -e $etc/control-plane.sh ]; then . $etc/control-plane.sh; fi
service containerd containerd -c /etc/containerd/config.toml
for _ in $(seq 200); do
  ctr version >/dev/null 2>&1 && break
  sleep 0.05
done
if [ ! -e /var/lib/containerd/.preloaded ]; then
  for archive in $(cat /etc/preloaded-images); do
    ctr -n k8s.io images import "/opt/images/$archive" >>/var/log/preload.log 2>&1
  done
  touch /var/lib/containerd/.preloaded
fi
# shellcheck disable=SC2046 # the flags are words
service kubelet kubelet --config $etc/kubelet.yaml --kubeconfig $etc/kubelet.kubeconfig --hostname-override "$host" \
  --node-ip "$address" $(cat $etc/kubelet.flags)
service kube-proxy kube-proxy --config $etc/kube-proxy.yaml --hostname-override "$host"
while :; do
  wait
  sleep 1
done
