"""The terminal door: `taizhang COMMAND`. Every command lives in a module of its own as `COMMAND`.

Exit code 0: done; 1: refused, with the reason on stderr; 2: wrong use; 130: interrupted. Texts are
Chinese msgids through `cli.language.gettext`; reasons for a refusal are given in both languages.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taizhang.cli.command import Command
    from taizhang.cli.say import Say

DEFAULT_DATA = Path("taizhang-data")


def commands() -> tuple[Command, ...]:
    """Every command, in the order of help: first what starts a site, then daily work."""
    from taizhang.cli import (
        backup,
        briefing,
        deadline,
        demo,
        doctor,
        exporting,
        importing,
        inferring,
        init,
        ledger,
        playbook,
        rebuild,
        restore,
        serve,
        staff,
    )

    return (
        init.COMMAND,
        demo.COMMAND,
        serve.COMMAND,
        *staff.COMMANDS,
        doctor.COMMAND,
        *playbook.COMMANDS,
        inferring.COMMAND,
        deadline.COMMAND,
        *ledger.COMMANDS,
        importing.COMMAND,
        exporting.COMMAND,
        briefing.COMMAND,
        rebuild.COMMAND,
        backup.COMMAND,
        restore.COMMAND,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Carry out one command line; the exit code."""
    from taizhang.cli import language
    from taizhang.cli.say import Say, speak_utf8

    arguments = list(sys.argv[1:] if argv is None else argv)
    speak_utf8()
    spoken = language.asked_for(arguments)
    language.speak(spoken)
    from taizhang.cli.faults import guarded
    from taizhang.cli.parser import parsed

    try:
        args = parsed(commands(), arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    args.data = (args.data or Path(os.environ.get("TAIZHANG_DATA") or DEFAULT_DATA)).absolute()
    return guarded(_run, args, Say(as_json=args.json, language=spoken))


def _run(args: Namespace, say: Say) -> int:
    command: Command = args.command
    if not command.needs_site:
        return command.run(args, say)
    from taizhang.cli.site import opened

    with opened(args.data, say, now=args.now, founding=command.founding, finishes=command.finishes):
        return command.run(args, say)
