#!/bin/sh
# What make cannot install by itself: `require.sh python` prints the Python to use, `require.sh node` checks Node and
# npm. What is missing is named with the command that installs it, in Chinese and in English, and the exit code is 1.
set -u

as_root=
[ "$(id -u)" -eq 0 ] || as_root="sudo "

# The command that installs a thing here, from its names at Debian, Homebrew and Fedora; nothing where none is known.
command_for() {
    if command -v apt-get > /dev/null 2>&1; then
        echo "${as_root}apt-get update && ${as_root}apt-get install -y $1"
    elif command -v brew > /dev/null 2>&1; then
        echo "brew install $2"
    elif command -v dnf > /dev/null 2>&1; then
        echo "${as_root}dnf install -y $3"
    fi
}

# Says what is missing (in Chinese, in English), the command that installs it, and a page to read; then stops.
missing() {
    {
        printf '\n缺少：%s\nMissing: %s\n' "$1" "$2"
        [ -z "$3" ] || printf '请运行 / Run:\n    %s\n' "$3"
        printf '说明 / About it: %s\n\n' "$4"
    } >&2
    exit 1
}

# The PostgreSQL wheel is published for CPython up to 3.14, so a newer Python is passed over.
usable_python() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' > /dev/null 2>&1
}

require_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        usable_python "$candidate" || continue
        if ! "$candidate" -c 'import venv, ensurepip' > /dev/null 2>&1; then
            version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
            missing "Python $version 的 venv 模块" "the venv module of Python $version" \
                "$(command_for "python$version-venv" "python@$version" "python$version")" \
                "https://docs.python.org/3/library/venv.html"
        fi
        command -v "$candidate"
        return
    done
    missing "Python 3.11 至 3.14（装在别处的，请指明：make setup PYTHON=/路径/python3.12）" \
        "Python 3.11 to 3.14 (if it is elsewhere, name it: make setup PYTHON=/path/to/python3.12)" \
        "$(command_for "python3 python3-venv" "python@3.13" "python3.12")" "https://www.python.org/downloads/"
}

# What Vite asks for. `n` puts a Node of the asked line under /usr/local.
usable_node() {
    node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
        const old = major < 20 || major === 21 || (major === 20 && minor < 19) || (major === 22 && minor < 12);
        process.exit(old ? 1 : 0)' > /dev/null 2>&1
}

require_node() {
    page="https://nodejs.org/en/download"
    if ! command -v node > /dev/null 2>&1; then
        missing "Node.js 20.19 或更高版本，及 npm" "Node.js 20.19 or newer, with npm" \
            "$(command_for "nodejs npm" node nodejs)" "$page"
    elif ! command -v npm > /dev/null 2>&1; then
        missing "npm（随 Node.js 提供）" "npm (it comes with Node.js)" "$(command_for npm node npm)" "$page"
    elif ! usable_node; then
        missing "Node.js 20.19、22.12 或更高版本（现为 $(node --version)）" \
            "Node.js 20.19, 22.12 or newer (this is $(node --version))" "${as_root}npx --yes n 22" "$page"
    fi
}

case "${1-}" in
    python) require_python ;;
    node) require_node ;;
    *)
        echo "usage: require.sh python | node" >&2
        exit 2
        ;;
esac
