"""What `serve` does besides the ledger's own work: backups when they are due or asked for, a look at the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from django.conf import settings

from taizhang.backup import room, runs, schedule
from taizhang.backup.models import BackupRun

if TYPE_CHECKING:
    from taizhang.org.models import Site

EVERY = 2.0
"""Seconds between two looks."""
PATIENCE = 1.0
"""Seconds a run under way has to remove what it has half written."""


def watch_until(stopped: Event, site: Site) -> None:
    """Look whether something is due or asked for, and carry it out, one at a time."""
    looked_on: date | None = None
    while not stopped.wait(EVERY):
        today = datetime.now(UTC).astimezone(site.zone).date()
        if looked_on != today:
            room.sample(Path(settings.DATA), today)
            looked_on = today
        runs.clear_up()
        schedule.ask_for_what_is_due(site.zone)
        if run := runs.next_asked():
            _carry_out(run, stopped)


def _carry_out(run: BackupRun, stopped: Event) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "taizhang.cli.errand", str(run.pk)],
        env={**os.environ, "TAIZHANG_DATA": str(settings.DATA)},
        stdout=subprocess.DEVNULL,
    )
    while process.poll() is None:
        if stopped.wait(EVERY / 4):
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    run.refresh_from_db()
    if run.state in runs.WAITING:
        runs.cut(run)
