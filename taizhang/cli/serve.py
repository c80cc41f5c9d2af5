"""`taizhang serve`: keeps the data folder's server and works in the background until it is stopped."""

from __future__ import annotations

import os
import signal
from argparse import Namespace
from threading import Event, Thread
from typing import TYPE_CHECKING

from taizhang.cli import worker_lock
from taizhang.cli.command import DONE, Command, Refused, no_arguments
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say

if TYPE_CHECKING:
    from taizhang.org.models import Site

STOPPING = frozenset({signal.SIGINT, signal.SIGTERM})
PATIENCE = 1.0
"""Seconds the work under way has to finish; the database rolls back what takes longer."""


class Worker(Thread):
    """The work loop in a thread of its own, with a connection of its own. `fault` is what ended it early."""

    def __init__(self, site: Site) -> None:
        super().__init__(name="worker", daemon=True)
        self.site, self.stopped = site, Event()
        self.fault: Exception | None = None

    def run(self) -> None:
        from django.db import connections

        from taizhang.ledger.work import work_until

        try:
            work_until(self.stopped, self.site)
        except Exception as error:  # noqa: BLE001 - told by the main thread, which has to stop as well
            self.fault = error
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            connections.close_all()


def run(args: Namespace, say: Say) -> int:
    """Serve until SIGTERM or SIGINT, on the site that is open."""
    from taizhang.org.sites import the_site

    with worker_lock.held(args.data) as ours:
        if not ours:
            raise Refused(
                f"{args.data} 已有一个 taizhang serve 在运行。",
                f"A taizhang serve runs on {args.data} already.",
            )
        # Blocked, so that whichever thread they reach they wait for `sigwait`.
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
        worker = Worker(the_site())
        worker.start()
        say.line(
            _("{site}：后台工作已启动。网页随下一版本提供。按 Ctrl+C 停止。").format(site=the_site().name)
        )
        if say.as_json:
            say.json({"serving": {"site": the_site().name, "data": str(args.data), "pid": os.getpid()}})
        signal.sigwait(STOPPING)
        worker.stopped.set()
        worker.join(PATIENCE)
    if worker.fault is not None:
        raise worker.fault
    return DONE


COMMAND = Command("serve", "运行台账：数据库与后台工作，直到被停止", no_arguments, run, finishes=False)
