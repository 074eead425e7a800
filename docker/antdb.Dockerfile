# The antdb image: your own AntDB package on a Linux base. Nothing of this project is inside: the entrypoint comes with the
# chart.
#
#   docker build -f docker/antdb.Dockerfile --build-arg PACKAGE=antdb-5.0.x86_64.rpm -t antdb .
#
# PACKAGE     an RPM, a .deb or a tarball that holds /opt/app/antdb; a path inside the build's folder
# BASE        the image it runs on: what the package was compiled for (Debian, Ubuntu, Rocky Linux, …)
# LIBRARIES   the base's packages with the shared libraries AntDB is linked to; the build stops with a line for the first
#             library that is missing
# TOOLS       a Debian image: unpacks the package and gives a static tini
ARG BASE=docker.io/library/debian:bookworm-slim
ARG TOOLS=docker.io/library/debian:bookworm-slim

FROM ${TOOLS} AS unpack
RUN set -eu; \
    apt-get update -q; \
    DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends libarchive-tools tini >/dev/null; \
    rm -rf /var/lib/apt/lists/*
COPY docker/antdb /build
ARG PACKAGE
COPY ${PACKAGE} /package/
RUN sh /build/unpack.sh /package /rootfs/opt/app/antdb

FROM ${BASE}
ARG LIBRARIES="libpython3.11 libreadline8 libssh2-1 libssl3 zlib1g"
COPY docker/antdb /tmp/build
RUN sh /tmp/build/libraries.sh "${LIBRARIES}"
COPY --from=unpack /usr/bin/tini-static /usr/bin/tini
COPY --from=unpack /rootfs /
ENV PATH=/opt/app/antdb/bin:/usr/local/bin:/usr/bin:/bin LD_LIBRARY_PATH=/opt/app/antdb/lib LANG=C.UTF-8
RUN sh /tmp/build/check.sh /opt/app/antdb && rm -rf /tmp/build
USER 1000:1000
WORKDIR /home/antdb
CMD ["/bin/bash"]
