# The hooks image: one bundled program on Node 24, with the shared libraries Node itself needs. No shell, nothing else.
#
#   docker build -f docker/hooks.Dockerfile -t antdb-hooks .
#
# NODE_IMAGE   where Node comes from: any glibc image with `node` on its PATH
# BUNDLE       empty: the bundle is made here from the sources; "given": .build/hooks of `npm run bundle` is taken
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
# The final root: node and what ldd names for it.
RUN set -eu; \
    node=$(command -v node); root=/rootfs; \
    mkdir -p $root/etc $root/usr/bin $root/usr/local/bin; \
    mkdir -m 1777 $root/tmp; \
    cp -L "$node" $root/usr/local/bin/node; \
    for library in $(ldd "$node" | grep -o '/[^ ]*'); do cp -L --parents "$library" $root; done; \
    ln -s /app/main.mjs $root/usr/bin/antdb; \
    echo 'antdb:x:65532:65532::/:/sbin/nologin' >$root/etc/passwd; \
    echo 'antdb:x:65532:' >$root/etc/group; \
    echo 'hosts: files dns' >$root/etc/nsswitch.conf
ARG BUNDLE=
WORKDIR /src
COPY . .
RUN if [ "$BUNDLE" != given ]; then npm ci && npm run bundle; fi
# The bundle begins with a #! line that names node: it is the command `antdb` itself.
RUN mkdir /app && cp .build/hooks/* /app/ && chmod 0444 /app/* && chmod 0555 /app/main.mjs

FROM scratch
COPY --from=build /rootfs /
# A layer of its own: a changed program leaves the 130 MB of Node where they are.
COPY --from=build /app /app
ENV PATH=/usr/local/bin:/usr/bin NODE_ENV=production
USER 65532:65532
WORKDIR /
ENTRYPOINT ["/usr/local/bin/node", "--enable-source-maps", "/app/main.mjs"]
