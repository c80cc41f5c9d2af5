"""`taizhang demo`: a fictional prefecture to look at, its briefing, and then the running ledger."""

from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.cli import briefing, serve
from taizhang.cli.command import DONE, Command, Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say

if TYPE_CHECKING:
    from taizhang.ledger.ledgers import OpenLedger

READY = "demo-ready"
"""The file that says the sample site is whole; a preparation that was cut short begins anew."""
OURS = ("postgres", "keys", "evidence", "secret-key", READY)
"""What a site consists of in its data folder, besides locks and logs."""


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--port", metavar="N", type=int, default=8000, help=_("网页端口（默认 8000，随下一版本启用）"))
    parser.add_argument("--no-serve", action="store_true", help=_("只准备站点并打印简报"))
    parser.add_argument("--fresh", action="store_true", help=_("删去旧的示例站点，重新准备"))


def _run(args: Namespace, say: Say) -> int:
    from taizhang.cli.site import opened

    if _must_begin_anew(args, say):
        _remove(args.data)
    with opened(args.data, say, founding=True):
        _prepare(args.data, say)
        for ledger in _ledgers():
            briefing.run(Namespace(**{**vars(args), "ledger": ledger.key, "as_of": None}), say)
    if args.no_serve:
        return DONE
    with opened(args.data, say, finishes=False):
        return serve.run(args, say)


COMMAND = Command("demo", "准备示例站点，打印简报，然后运行", _configure, _run, needs_site=False)
