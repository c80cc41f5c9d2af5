"""Backups and tried restores as they are asked for, run and end: what the page shows and `doctor` reads."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connections
from django.db.models import Q
from psycopg import sql

from taizhang.backup import keys
from taizhang.backup.making import Step
from taizhang.backup.models import BackupRun
from taizhang.core.wording import Label
from taizhang.ledger.whole_file import draft_of

Kind, Origin, State = BackupRun.Kind, BackupRun.Origin, BackupRun.State
BEATS_EVERY = 1.0
"""Seconds between two notes of how far a run is."""
SILENT_FOR = timedelta(minutes=10)
"""After which a run that says nothing is gone: its process was killed, or the machine went down."""
ENDED = (State.GOOD, State.FAILED, State.CUT)
WAITING = (State.ASKED, State.RUNNING)


def ask(kind: str, origin: str, path: Path) -> BackupRun:
    """Ask for a run; whoever carries it out finds it by `next_asked`."""
    return BackupRun.objects.create(
        kind=kind, origin=origin, state=State.ASKED, path=str(path), asked_at=datetime.now(UTC)
    )


def next_asked() -> BackupRun | None:
    """What was asked for longest ago, by the page or by the plan."""
    asked = BackupRun.objects.filter(state=State.ASKED).exclude(origin=Origin.TERMINAL)
    return asked.order_by("asked_at").first()


def is_busy() -> bool:
    return BackupRun.objects.filter(state__in=WAITING).exists()


class Recording:
    """A run while it is carried out: `step` tells how far it is, `say` what is to be known of it.

    On a connection of its own, because a tried restore turns the others to the database it makes.
    """

    def __init__(self, run: BackupRun, step: Step) -> None:
        self.run, self._step = run, step
        self._due = 0.0
        self._own = connections["default"].copy()

    def step(self, done: int, total: int) -> None:
        self._step(done, total)
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + BEATS_EVERY
            self.note(done=done, total=total, beat_at=datetime.now(UTC))

    def say(self, label: Label) -> None:
        self.note(zh=label.zh, en=label.en)

    def note(self, **values: object) -> None:
        columns = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in values)
        statement = sql.SQL("UPDATE backup_run SET {} WHERE id = %s").format(columns)
        self._own.ensure_connection()
        self._own.connection.execute(statement, [*values.values(), self.run.pk])

    def close(self) -> None:
        self._own.close()


@contextmanager
def recorded(run: BackupRun, step: Step) -> Iterator[Recording]:
    """Carry a run out: it began, how far it is, and how it ended, also where that is by an exception."""
    recording = Recording(run, step)
    began = datetime.now(UTC)
    recording.note(state=State.RUNNING, started_at=began, beat_at=began)
    try:
        yield recording
    except BaseException as error:
        # Cut off, not failed: somebody wished it to end.
        state = State.FAILED if isinstance(error, Exception) else State.CUT
        label = getattr(error, "message", None)
        if not isinstance(label, Label):
            label = Label(str(error)) if isinstance(error, OSError) else Label("")
        recording.note(state=state, zh=label.zh, en=label.en, ended_at=datetime.now(UTC))
        raise
    else:
        recording.note(state=State.GOOD, ended_at=datetime.now(UTC))
    finally:
        recording.close()


def clear_up() -> None:
    """Call what fell silent cut off, and remove what it left half written."""
    silent = datetime.now(UTC) - SILENT_FOR
    for run in BackupRun.objects.filter(state=State.RUNNING, beat_at__lt=silent):
        cut(run)


def cut(run: BackupRun) -> None:
    """A run whose process is gone."""
    BackupRun.objects.filter(pk=run.pk).update(state=State.CUT, ended_at=datetime.now(UTC))
    path = Path(run.path)
    if run.kind == Kind.BACKUP and path.parent.is_dir():
        for target in (path, keys.beside(path)):
            for draft in path.parent.glob(draft_of(target, "*").name):
                draft.unlink(missing_ok=True)


def last(kind: str, *, good: bool = False, **where: object) -> BackupRun | None:
    """The last that ended, or the last that went well."""
    state = Q(state=State.GOOD) if good else Q(state__in=ENDED)
    return BackupRun.objects.filter(state, kind=kind, **where).order_by("-asked_at").first()
