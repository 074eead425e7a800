# The hooks image: one bundled program on Node 24, with the shared libraries Node itself needs. No shell, nothing else.
#
#   docker build -f docker/hooks.Dockerfile -t antdb-hooks .
#
# NODE_IMAGE   where Node comes from: any glibc image with `node` on its PATH
# BUNDLE       empty: the bundle is made here from the sources; "given": .build/hooks of `npm run bundle` is taken
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
ARG BUNDLE=
WORKDIR /src
COPY . .
RUN if [ "$BUNDLE" != given ]; then npm ci && npm run bundle; fi
# The final root: node, what ldd names for it, the bundle. `antdb` is the bundle itself: it begins with a #! line.
RUN set -eu; \
    node=$(command -v node); root=/rootfs; \
    mkdir -p $root/app $root/etc $root/usr/bin $root/usr/local/bin; \
    mkdir -m 1777 $root/tmp; \
    cp -L "$node" $root/usr/local/bin/node; \
    for library in $(ldd "$node" | grep -o '/[^ ]*'); do cp -L --parents "$library" $root; done; \
    cp .build/hooks/* $root/app/; chmod 0444 $root/app/*; chmod 0555 $root/app/main.mjs; \
    ln -s /app/main.mjs $root/usr/bin/antdb; \
    echo 'antdb:x:65532:65532::/:/sbin/nologin' >$root/etc/passwd; \
    echo 'antdb:x:65532:' >$root/etc/group; \
    echo 'hosts: files dns' >$root/etc/nsswitch.conf

FROM scratch
COPY --from=build /rootfs /
ENV PATH=/usr/local/bin:/usr/bin NODE_ENV=production
USER 65532:65532
WORKDIR /
ENTRYPOINT ["/usr/local/bin/node", "--enable-source-maps", "/app/main.mjs"]
