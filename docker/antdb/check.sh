# check.sh HOME: stops the build when the image could not run a cluster: a program, a file or a shared library is missing.
set -eu
home=$1
fail() { echo "antdb image: $1" >&2; exit 1; }

for name in adbmgrd initmgr mgr_ctl agent initdb pg_ctl postgres pg_basebackup psql pg_isready pg_dumpall pg_controldata; do
  [ -x "$home/bin/$name" ] || fail "bin/$name is missing in the package: it is not the whole of AntDB's server"
done
[ -x "$home/bin/pg_rewind" ] || [ -x "$home/bin/adb_rewind" ] || fail "bin/pg_rewind and bin/adb_rewind are missing in the package"
[ -f "$home/share/postgresql/pg_hba.conf.sample" ] || fail "share/postgresql/pg_hba.conf.sample is missing in the package"
# initmgr and INIT ALL stop half-way without these two.
for name in plpgsql adb_doctor; do
  [ -f "$home/share/postgresql/extension/$name.control" ] || fail "the extension $name is missing in the package: compile contrib too"
done

# ldd says "libx.so.1 => not found" for a library no package brought, and "version `GLIBC_2.38' not found" for a base that is too old.
find "$home/bin" "$home/lib" -type f \( -perm -u+x -o -name '*.so*' \) | while read -r file; do
  case $(head -c 4 "$file" | tr -d '\0') in *ELF*) ;; *) continue ;; esac
  missing=$(ldd "$file" 2>&1 | grep 'not found' | head -n 1)
  [ -n "$missing" ] || continue
  what=$(echo "$missing" | sed -n 's/.*version `\([^'"'"']*\)'"'"' not found.*/\1/p')
  [ -z "$what" ] || fail "${file#"$home"/} needs $what, which this base does not have: give the base AntDB was compiled on, --build-arg BASE=…"
  what=$(echo "$missing" | awk '{print $1}')
  fail "${file#"$home"/} needs the library $what: add the base's package that has it, --build-arg LIBRARIES=\"…\""
done
"$home/bin/postgres" --version >/dev/null || fail "bin/postgres does not start on this base: give the base AntDB was compiled on, --build-arg BASE=…"
