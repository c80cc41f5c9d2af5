#!/bin/sh
# Writes the two lock files from the ranges in pyproject.toml: one answer for Python 3.11 to 3.14 on every system.
# Needs uv, from its maker's page: https://docs.astral.sh/uv/
# Give --upgrade to move to newer versions; without it what is locked stays, as far as the ranges allow.
set -eu
cd "$(dirname "$0")/.."

lock() {
    out=$1
    shift
    UV_CUSTOM_COMPILE_COMMAND="make lock" uv pip compile pyproject.toml "$@" --quiet \
        --no-config --universal --python-version 3.11 --generate-hashes --no-annotate --output-file "$out" > /dev/null
}

lock requirements/lock.txt --group build "$@"
lock requirements/dev.txt --group dev --constraint requirements/lock.txt "$@"
