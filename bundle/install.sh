#!/bin/sh
# Installs Taizhang from this folder, without internet, compiler or root; run again from a newer folder it upgrades.
# What it needs is looked at first. A new version is put together beside the present one and only then takes its
# place, so whatever interrupts it, what was installed before still runs.
set -u
umask 022

usage() {
    cat << 'END'
用法 usage: sh install.sh [--prefix DIR] [--data DIR] [--python FILE] [--check]
  --prefix DIR   装到这里 where to install            ~/taizhang
  --data DIR     数据文件夹 the data folder           PREFIX/data
  --python FILE  用哪个 Python which Python           python3.14 … python3.11, python3
  --check        只检查，不安装 only look whether it can be installed
END
}

# Says in Chinese and English what is wrong, and stops. Nothing has been changed.
refuse() {
    printf '\n不能安装：%s\nCannot install: %s\n' "$1" "$2" >&2
    exit 1
}

prefix="${HOME:-/opt}/taizhang" data="" python="" check=""
while [ $# -gt 0 ]; do
    case "$1" in
        --prefix | --data | --python)
            [ $# -gt 1 ] || { usage >&2; exit 2; }
            case "$1" in --prefix) prefix=$2 ;; --data) data=$2 ;; *) python=$2 ;; esac
            shift 2
            ;;
        --check) check=yes && shift ;;
        -h | --help) usage && exit 0 ;;
        *) usage >&2 && exit 2 ;;
    esac
done

absolute() {
    case "$1" in /*) printf '%s' "$1" ;; *) printf '%s/%s' "$(pwd)" "$1" ;; esac
}
prefix=$(absolute "$prefix")
data=$(absolute "${data:-$prefix/data}")
case "$prefix$data" in
    *[!A-Za-z0-9/._-]*)
        refuse "路径只能用英文字母、数字和 / . _ -（systemd 和脚本首行不认其他字符）：$prefix $data" \
            "paths may have letters, digits and / . _ - only (systemd and first lines of scripts take no others): $prefix $data"
        ;;
esac
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
cd "$here" || exit 1

# --- what it needs ---

machine=$(uname -m)
[ "$(uname -s)" = Linux ] || refuse "只能装在 Linux 上，这里是 $(uname -s)" "this needs Linux; here is $(uname -s)"

libc=$(getconf GNU_LIBC_VERSION 2> /dev/null | sed -n 's/^glibc \([0-9]*\.[0-9]*\).*/\1/p')
[ -n "$libc" ] || refuse "这里没有 glibc（Alpine 等 musl 系统不支持），需要 glibc 2.28 或更高版本" \
    "there is no glibc here (musl systems such as Alpine will not do); glibc 2.28 or newer is needed"
if [ "${libc%%.*}" -lt 2 ] || { [ "${libc%%.*}" -eq 2 ] && [ "${libc#*.}" -lt 28 ]; }; then
    refuse "glibc 是 $libc，需要 2.28 或更高版本（如 openEuler 20.03、麒麟 V10、统信 UOS 20、Debian 10 及以后）" \
        "glibc is $libc; 2.28 or newer is needed (openEuler 20.03, Kylin V10, UOS 20, Debian 10 or later)"
fi

# "3.12" for a CPython from 3.11 to 3.14 that can make virtual environments, nothing for any other.
version_of() {
    "$1" -c 'import sys, venv
if sys.implementation.name == "cpython" and (3, 11) <= sys.version_info[:2] <= (3, 14):
    print("%d.%d" % sys.version_info[:2])' 2> /dev/null
}
found="" version=""
set -- python3.14 python3.13 python3.12 python3.11 python3
[ -z "$python" ] || set -- "$python"
for candidate in "$@"; do
    version=$(version_of "$candidate")
    [ -n "$version" ] && found=$(command -v "$candidate") && break
done
[ -n "$found" ] || refuse \
    "没有找到 Python 3.11 至 3.14。请向系统管理员要（如 apt install python3，或 dnf install python3.12），本安装包带不了；装在别处的用 --python 指明" \
    "no Python 3.11 to 3.14 was found. Ask the system's administrator for one (apt install python3, dnf install python3.12): this bundle cannot bring it. If it is elsewhere, name it with --python"
grep -qx "$version $machine" targets.txt || refuse \
    "本安装包没有 Python $version（$machine）要用的文件，有：$(tr '\n' ';' < targets.txt)" \
    "this bundle has no files for Python $version on $machine; it has: $(tr '\n' ';' < targets.txt)"

sha256sum --check --quiet SHA256SUMS >&2 || refuse "安装包不完整或已损坏，请重新复制（见上面的文件名）" \
    "the bundle is incomplete or damaged: copy it again (the files are named above)"
release=$(sed -n 's/.*  taizhang-\([0-9][^-]*\)-py3-none-any\.whl$/\1/p' SHA256SUMS)
echo "Python $version ($found), glibc $libc, $machine: 可以安装 Taizhang $release can be installed"
[ -z "$check" ] || exit 0

# --- putting it together beside what is there ---

mkdir -p "$prefix/releases" "$prefix/bin" || refuse "不能写入 $prefix" "$prefix cannot be written"
new="$prefix/releases/$release-$(date +%Y%m%d%H%M%S)"
trap 'rm -rf "$new"' EXIT
trap 'exit 130' HUP INT TERM

# Neither a configuration of pip's nor an index: what is here, and only what has the hash that was locked.
PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=""
export PIP_CONFIG_FILE PIP_NO_INDEX PIP_DISABLE_PIP_VERSION_CHECK
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV
set -- wheelhouse/pip-*.whl
pip="$here/$1/pip"
"$found" -m venv --without-pip "$new" || refuse "不能建立虚拟环境（见上）" "the virtual environment cannot be made (see above)"
"$new/bin/python" "$pip" install --quiet --no-cache-dir --find-links "$here/wheelhouse" --require-hashes --no-deps \
    --only-binary :all: --requirement requirements.txt &&
    "$new/bin/python" "$pip" install --quiet --no-cache-dir --no-deps "$here/taizhang-$release-py3-none-any.whl" ||
    refuse "安装未完成（见上），原有版本没有改动" "it could not be installed (see above); what was there is as it was"
[ "$("$new/bin/taizhang" --version)" = "taizhang $release" ] && "$new/bin/python" -c 'import django, granian, psycopg' ||
    refuse "装好的程序不能运行（见上），原有版本没有改动" "what was installed does not run (see above); what was there is as it was"

# --- settings and units: made once, then the office's own ---

# From a file of the bundle, with this mode; whole or not at all.
fill_in() {
    sed -e "s|@PREFIX@|$prefix|g" -e "s|@DATA@|$data|g" "$1" > "$2.new" && chmod "$3" "$2.new" && mv "$2.new" "$2" ||
        refuse "不能写入 $2" "$2 cannot be written"
}
# For the owner alone: a password of a database may come to stand in it.
[ -e "$prefix/taizhang.env" ] || fill_in taizhang.env "$prefix/taizhang.env" 600
fill_in taizhang.service "$prefix/taizhang.service" 644
fill_in taizhang-system.service "$prefix/taizhang-system.service" 644
fill_in taizhang.sh "$prefix/bin/taizhang" 755

# --- taking its place ---

previous=$(readlink "$prefix/current" || true)
rm -f "$prefix/current.new" && ln -s "$new" "$prefix/current.new" && mv -T "$prefix/current.new" "$prefix/current" || exit 1
trap - EXIT
for old in "$prefix"/releases/*; do
    [ "$old" = "$new" ] || [ "$old" = "$previous" ] || rm -rf "$old"
done

cat << END

已安装 Taizhang $release 到 $prefix${previous:+（原有版本留在 $previous）}
Taizhang $release is installed in $prefix

下一步 next:  $prefix/bin/taizhang serve
开机自动运行、端口、证书、字体：见 安装说明.txt        settings: $prefix/taizhang.env
${previous:+正在运行的请重启 restart what runs: systemctl --user restart taizhang}
END
