#!/bin/sh
# Taizhang with the settings of taizhang.env; what is given here as an argument goes before them.
set -a
. "@PREFIX@/taizhang.env"
exec "@PREFIX@/current/bin/taizhang" "$@"
