# Prometheus' node_exporter and postgres_exporter in one image, of Debian's packages, under the paths upstream's images
# have: for the local cluster, and for those who can't pull from quay.io. No shell, nothing else.
#
#   docker build -f docker/exporters.Dockerfile -t antdb-exporters .
#
# BASE   a Debian 12 image
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
# Taken apart instead of installed: the packages want an init system. The root is the two programs and what ldd names.
RUN set -eu; \
    root=/rootfs; mkdir -p $root/bin $root/etc /unpacked; cd /tmp; \
    apt-get update -q; \
    apt-get -q -o APT::Sandbox::User=root download prometheus-node-exporter prometheus-postgres-exporter; \
    for package in *.deb; do dpkg-deb -x "$package" /unpacked; done; \
    for name in node postgres; do \
      program=$root/bin/${name}_exporter; \
      cp /unpacked/usr/bin/prometheus-$name-exporter $program; \
      for library in $(ldd $program | grep -o '/[^ ]*'); do cp -L --parents "$library" $root; done; \
    done; \
    cp -r --parents /unpacked/usr/share/doc/*/copyright $root; mv $root/unpacked/usr $root/usr; rmdir $root/unpacked; \
    echo 'nobody:x:65534:65534::/:/sbin/nologin' >$root/etc/passwd; \
    echo 'nobody:x:65534:' >$root/etc/group; \
    $root/bin/node_exporter --version; $root/bin/postgres_exporter --version

FROM scratch
COPY --from=build /rootfs /
USER 65534:65534
WORKDIR /
CMD ["/bin/node_exporter"]
