"""One backup or tried restore that `serve` carries out, in a process of its own: `python -m taizhang.cli.errand RUN`.

Apart, because it takes minutes and turns to another database; the sealer beside it waits for neither.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from taizhang.cli import backing_up
from taizhang.cli.command import DONE, Command, no_arguments
from taizhang.cli.faults import guarded
from taizhang.cli.say import Say


def _run(args: Namespace, say: Say) -> int:
    from taizhang.cli.site import opened

    with opened(args.data, say, finishes=False):
        from taizhang.backup import runs, schedule
        from taizhang.backup.models import BackupRun

        run = BackupRun.objects.get(pk=args.run)
        if run.kind == runs.Kind.BACKUP:
            backing_up.back_up(run, _quietly)
            if plan := schedule.the_plan():
                schedule.prune(plan, datetime.now(UTC))
        else:
            with runs.recorded(run, _quietly) as recording:
                missing = backing_up.try_backup(Path(run.path), args.data, say, recording.step)
                for label in backing_up.unreadable(missing):
                    recording.say(label)
    return DONE


def _quietly(done: int, total: int) -> None:
    """The page reads how far it is from the run itself."""


COMMAND = Command("errand", "", no_arguments, _run, needs_site=False)

if __name__ == "__main__":
    backing_up.end_in_order()
    given = Namespace(command=COMMAND, data=Path(os.environ["TAIZHANG_DATA"]), run=int(sys.argv[1]))
    sys.exit(guarded(_run, given, Say()))
