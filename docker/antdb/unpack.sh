# unpack.sh DIR HOME: unpacks the one package in DIR (rpm, deb or tarball: bsdtar reads all three) and puts the tree that
# holds bin/adbmgrd to HOME.
set -eu
dir=$1 home=$2
fail() { echo "antdb image: $1" >&2; exit 1; }

set -- "$dir"/*
[ $# -eq 1 ] && [ -f "$1" ] || fail "PACKAGE must name one file (an RPM, a .deb or a tarball): --build-arg PACKAGE=path/in/this/folder"
package=$1 name=$(basename "$1")
tree=$(mktemp -d)
case $name in
  *.deb)
    data=$(bsdtar -tf "$package" | grep '^data\.tar') || fail "$name is no Debian package: it has no data.tar"
    bsdtar -xOf "$package" "$data" | bsdtar -xf - -C "$tree" || fail "$name cannot be unpacked" ;;
  *)
    bsdtar -xf "$package" -C "$tree" || fail "$name cannot be unpacked: give an RPM, a .deb or a tarball of /opt/app/antdb" ;;
esac
manager=$(find "$tree" -path '*/bin/adbmgrd' | head -n 1)
[ -n "$manager" ] || fail "$name holds no bin/adbmgrd: it is not AntDB's server package"
mkdir -p "$(dirname "$home")"
mv "${manager%/bin/adbmgrd}" "$home"
# What only a compiler needs is not for a server's image.
rm -rf "$home/include" "$home/lib/pkgconfig" "$home"/lib/*.a "$home/share/doc" "$home/share/man"
chown -R 0:0 "$home"
chmod -R u+rwX,go+rX,go-w "$home"
