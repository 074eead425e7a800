# The stand-in image, for trying the chart and for its tests without an AntDB package: stock PostgreSQL 15 of Debian, and
# one static Go program that plays manager and agent. File names and paths are those of the antdb image.
#
#   docker build -f docker/stand-in.Dockerfile -t antdb-stand-in .
#
# BASE       a Debian 12 image
# GO_IMAGE   where Go comes from, to compile test/stand-in
# BINARY     empty: the program is compiled here; "given": .build/stand-in/stand-in is taken
ARG BASE=docker.io/library/debian:bookworm-slim
ARG GO_IMAGE=docker.io/library/golang:1.26-bookworm

FROM ${GO_IMAGE} AS build
ARG BINARY=
WORKDIR /src
COPY . .
RUN set -eu; if [ "$BINARY" != given ]; then \
      mkdir -p .build/stand-in && cd test/stand-in && \
      CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags '-s -w' -o /src/.build/stand-in/stand-in . ; \
    fi; \
    chmod 0755 /src/.build/stand-in/stand-in

FROM ${BASE}
# No cluster is made by the package. Left out (230 MB): the JIT, which PostgreSQL looks for at run time and does without,
# Perl, which only Debian's own scripts around PostgreSQL need, and locale sources.
RUN set -eu; \
    export DEBIAN_FRONTEND=noninteractive; \
    apt-get update -q; \
    mkdir -p /etc/postgresql-common; echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf; \
    apt-get install -qq --no-install-recommends postgresql-15 tini >/dev/null; \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc/* /usr/share/man/* /usr/share/locale/*; \
    rm -rf /usr/share/perl /usr/lib/*/perl /usr/lib/*/libperl* /usr/share/i18n; \
    rm -rf /usr/lib/*/libLLVM* /usr/lib/*/libz3* /usr/lib/postgresql/15/lib/bitcode /usr/lib/postgresql/15/lib/llvmjit*; \
    groupadd -g 1000 antdb; useradd -u 1000 -g 1000 -m -d /home/antdb -s /bin/bash antdb
# initdb reads pg_hba.conf.sample where Debian has it: that is a link to the place where AntDB has it, so that a file
# mounted there counts.
RUN set -eu; \
    home=/opt/app/antdb; mkdir -p $home/bin $home/lib $home/share/postgresql; \
    mv /usr/share/postgresql/15/pg_hba.conf.sample $home/share/postgresql/; \
    ln -s $home/share/postgresql/pg_hba.conf.sample /usr/share/postgresql/15/; \
    for name in initdb pg_ctl pg_basebackup pg_rewind psql pg_isready pg_dump pg_dumpall pg_controldata; do \
      ln -s /usr/lib/postgresql/15/bin/$name $home/bin/$name; \
    done; \
    for name in adbmgrd initmgr mgr_ctl agent postgres; do ln -s stand-in $home/bin/$name; done
COPY --from=build /src/.build/stand-in/stand-in /opt/app/antdb/bin/stand-in
ENV PATH=/opt/app/antdb/bin:/usr/local/bin:/usr/bin:/bin LD_LIBRARY_PATH=/opt/app/antdb/lib LANG=C.UTF-8
USER 1000:1000
WORKDIR /home/antdb
CMD ["/bin/bash"]
