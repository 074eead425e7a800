# libraries.sh "PACKAGE…": installs run-time packages with the base's own package manager and makes the user antdb.
set -eu
packages=$1
fail() { echo "antdb image: $1" >&2; exit 1; }
remedy="is there a package this base does not have? --build-arg LIBRARIES=\"…\" names them, --build-arg BASE=… the base"

if command -v apt-get >/dev/null; then
  apt-get update -q >/dev/null || fail "apt-get update failed: the base's package archive cannot be reached"
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends $packages >/dev/null || fail "apt-get could not install: $packages; $remedy"
  rm -rf /var/lib/apt/lists/* /var/cache/apt/* /usr/share/doc/* /usr/share/man/*
else
  manager=$(command -v dnf || command -v microdnf || command -v yum) || fail "the base has neither apt-get nor dnf: give another with --build-arg BASE=…"
  # useradd is not in every minimal base.
  # shellcheck disable=SC2086
  "$manager" install -y $packages shadow-utils findutils >/dev/null || fail "$manager could not install: $packages; $remedy"
  "$manager" clean all >/dev/null
fi
getent group 1000 >/dev/null && fail "the base already has a group 1000: give another with --build-arg BASE=…"
groupadd -g 1000 antdb
useradd -u 1000 -g 1000 -m -d /home/antdb -s /bin/bash antdb
