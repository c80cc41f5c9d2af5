"""The web server, as a process of its own beside the worker: `python -m taizhang.cli.web`, started by `serve`.

It lives as long as its standard input is open: when `serve` ends, however it ends, the pipe closes and the
web server stops. What to listen on comes as arguments, the database and the secret in the environment.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from threading import Thread

STATIC = Path(__file__).parent.parent / "static"
A_YEAR = 365 * 24 * 60 * 60
THREADS = 4
KILL_AFTER = 1
"""Seconds a request under way has before its worker process is ended."""


CERTIFICATE, KEY = "TAIZHANG_CERTIFICATE", "TAIZHANG_CERTIFICATE_KEY"
"""Where the environment names the two PEM files of HTTPS."""


def main(host: str, port: str, workers: str) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    Thread(target=_stop_with_parent, daemon=True).start()
    Server(
        "taizhang.cli.web_worker:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(workers),
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER,
        # Every file below has the hash of its content in its name.
        static_path_route=["/static"],
        static_path_mount=[STATIC],
        static_path_expires=A_YEAR,
        ssl_cert=_file(CERTIFICATE),
        ssl_key=_file(KEY),
    ).serve()


def _file(variable: str) -> Path | None:
    given = os.environ.get(variable)
    return Path(given) if given else None


def _stop_with_parent() -> None:
    # Not through sys.stdin: its lock, held here while waiting, would be held for ever in a forked worker.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(*sys.argv[1:])
