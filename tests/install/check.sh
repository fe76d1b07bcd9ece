#!/bin/sh
# Installs into an empty prefix and uses what is there as a stranger would: headers, pkg-config, shared and static
# linking, exported names, manual page, completions. TAP.
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
check_with() { # check_with PROGRAM NAME COMMAND...: skipped where the program is not installed
    program=$1
    shift
    if command -v "$program" >/dev/null; then
        check "$@"
    else
        count=$((count + 1))
        echo "ok $count - $1 # SKIP $program is not installed"
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
# README's line, as it stands there, in a folder with its example; the sysroot stands for an installation in /
mkdir "$prefix/reader" && cp "$example" "$prefix/reader"
line=$("$source/.ci/readme" example)
follows() { [ -n "$line" ] && cd "$prefix/reader" && [ "$(PKG_CONFIG_SYSROOT_DIR=$prefix sh -c "$line")" = "$wanted" ]; }
check "README's line compiles and runs it" follows
foreign() { ! nm -D --defined-only "$lib/libfreejac.so" | awk '{print $3}' | grep -v '^fj_' | grep .; }
check "exports names that begin with fj_ alone" foreign
check "soname is libfreejac.so.0" sh -c "readelf -d '$lib/libfreejac.so' | grep -q 'soname: \[libfreejac.so.0\]'"
check "OpenBLAS and muParser are not among what it loads" sh -c "! readelf -d '$lib/libfreejac.so' | grep -q -e openblas -e muparser && ! grep -q -e openblas -e muparser '$pc'"
check "program runs from there, and finds its library" env -u LD_LIBRARY_PATH sh -c "'$root/bin/freejac' --version | grep -q freejac"
page=$root/share/man/man1/freejac.1
says() { "$@" 2>&1 | grep -q 'freejac spectrum'; } # says COMMAND...: formats the manual
check_with man "man finds and formats the manual page" says env MANPATH="$root/share/man" MANPAGER=cat man freejac
check_with mandoc "mandoc formats it" says mandoc -T ascii "$page"
cat >"$prefix/loads.bash" <<'EOF'
. /usr/share/bash-completion/bash_completion
_completion_loader freejac
complete -p freejac | grep -q -- '-F _freejac freejac'
EOF
loader=bash
[ -f /usr/share/bash-completion/bash_completion ] || loader=bash-completion
check_with $loader "bash-completion finds the completion" env XDG_DATA_DIRS="$root/share" bash --norc "$prefix/loads.bash"
cat >"$prefix/loads.zsh" <<'EOF'
fpath=($1 $fpath)
autoload -U compinit && compinit -D -u
[[ $_comps[freejac] = _freejac ]] && autoload +X _freejac
EOF
check_with zsh "compinit finds the completion for zsh" zsh -f "$prefix/loads.zsh" "$root/share/zsh/site-functions"
echo "1..$count"
exit $((failed > 0))
