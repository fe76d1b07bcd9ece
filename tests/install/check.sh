#!/bin/sh
# Installs into an empty prefix and uses the library as a stranger would: headers, pkg-config, shared and static
# linking, exported names. TAP.
set -u
build=$1 source=$2
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
count=0 failed=0
check() { # check NAME COMMAND...
    name=$1
    shift
    count=$((count + 1))
    if "$@" >"$prefix/log" 2>&1; then
        echo "ok $count - $name"
    else
        failed=$((failed + 1))
        echo "not ok $count - $name"
        sed 's/^/# /' "$prefix/log" | head -20
    fi
}
check "installs" env DESTDIR="$prefix" meson install -C "$build" --no-rebuild
pc=$(find "$prefix" -name freejac.pc)
root=$prefix$(sed -n 's/^prefix=//p' "$pc")
lib=$(dirname "$(find "$prefix" -name libfreejac.so)")
PKG_CONFIG_PATH=$(dirname "$pc") LD_LIBRARY_PATH=$lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH
flags="$(pkg-config --define-variable=prefix="$root" --cflags freejac)"
libs="$(pkg-config --define-variable=prefix="$root" --libs freejac)"
example=$source/tests/install/example.c
wanted='sigma_w 1.02385622343  s_max 1.9982644625  median 0.827801642341'
prints() { [ "$("$1")" = "$wanted" ]; }
# shellcheck disable=SC2086
check "example compiles against the shared library" ${CC:-cc} -std=c11 -Wall -Werror $flags "$example" -o "$prefix/shared" $libs -lm
check "and prints what README shows" prints "$prefix/shared"
check "example compiles against the static library" ${CC:-cc} -std=c11 $flags "$example" -o "$prefix/static" "$lib/libfreejac.a" -lm
check "and prints the same" prints "$prefix/static"
check "README shows this example" sh -c "python3 - '$source' <<'EOF'
import sys
text = open(sys.argv[1] + '/tests/install/example.c').read()
sys.exit(0 if text in open(sys.argv[1] + '/README.md').read() else 1)
EOF"
foreign() { ! nm -D --defined-only "$lib/libfreejac.so" | awk '{print $3}' | grep -v '^fj_' | grep .; }
check "exports names that begin with fj_ alone" foreign
check "soname is libfreejac.so.0" sh -c "readelf -d '$lib/libfreejac.so' | grep -q 'soname: \[libfreejac.so.0\]'"
check "OpenBLAS is not among what it loads" sh -c "! readelf -d '$lib/libfreejac.so' | grep -q openblas && ! grep -q openblas '$pc'"
check "program runs from there, and finds its library" env -u LD_LIBRARY_PATH sh -c "'$(find "$prefix" -type f -name freejac)' --version | grep -q freejac"
echo "1..$count"
exit $((failed > 0))
