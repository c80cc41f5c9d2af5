"""`taizhang demo`: a fictional prefecture to look at, its briefings, and then the running ledger."""

from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from taizhang.cli import serve, worker_lock
from taizhang.cli.command import DONE, Command, Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say

READY = "demo-ready"
"""The file that says the sample site is whole; a preparation that was cut short begins anew."""
FILES = ("keys", "evidence", READY)
"""What a site has in its data folder besides the database."""


class _Collecting(Say):
    """Keeps what is said to machines, because a call answers with one document."""

    def __init__(self, say: Say) -> None:
        super().__init__(as_json=say.as_json, language=say.language)
        self.collected: list[Mapping[str, Any]] = []

    def json(self, value: Mapping[str, Any]) -> None:
        self.collected.append(value)


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("--port", metavar="N", type=int, default=8000, help=_("网页的端口（默认 8000）"))
    parser.add_argument("--no-serve", action="store_true", help=_("只准备站点、打印简报，不运行"))
    parser.add_argument("--fresh", action="store_true", help=_("删去旧的示例站点，重新准备"))


def _run(args: Namespace, say: Say) -> int:
    from taizhang.cli.site import opened

    own_database = not os.environ.get("DATABASE_URL")
    with opened(args.data, say, founding=True, finishes=args.no_serve):
        _make_ready(args.data, say, fresh=args.fresh, own_database=own_database)
        _tell_briefings(args, say)
        return DONE if args.no_serve else serve.run(args, say)


def _make_ready(data: Path, say: Say, *, fresh: bool, own_database: bool) -> None:
    """The whole sample site: the one there is, or a new one. Raises Refused on a site of another kind."""
    from taizhang.demo.prepare import prepare
    from taizhang.org.models import Site

    site = Site.objects.first()
    if site is not None and site.kind != Site.Kind.DEMO:
        raise Refused(
            f"{data} 里是站点“{site.name}”，不是示例站点。请用 --data 换一个文件夹。",
            f"{data} holds the site “{site.name}”, which is no sample site. Choose another folder with --data.",
        )
    if site is not None and not fresh and (data / READY).exists():
        return
    if site is not None:
        _empty(data, own_database)
    with say.progress(_("正在准备示例站点")) as step:
        prepare(progress=step)
    (data / READY).touch(mode=0o600)


def _empty(data: Path, own_database: bool) -> None:
    """Remove the sample site, tables and files. Raises Refused while a `serve` works on it."""
    from django.core.management import call_command
    from django.db import connections

    from taizhang.ledger.roles import grant_application

    if not own_database:
        raise Refused(
            "DATABASE_URL 的数据库里可能还有别的表，不代为清空。请换一个空数据库。",
            "The database of DATABASE_URL may hold other tables and is not emptied. Give an empty one.",
        )
    with worker_lock.held(data) as ours:
        if not ours:
            raise Refused(
                f"{data} 的 taizhang serve 正在运行，请先停止。",
                f"A taizhang serve runs on {data}: stop it first.",
            )
        connections["default"].close()
        with connections["owner"].cursor() as database:
            database.execute("DROP SCHEMA public CASCADE")
            database.execute("CREATE SCHEMA public")
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        grant_application()
        for name in FILES:
            shutil.rmtree(data / name) if (data / name).is_dir() else (data / name).unlink(missing_ok=True)


def _tell_briefings(args: Namespace, say: Say) -> None:
    from taizhang.cli import briefing
    from taizhang.demo.guide import guide
    from taizhang.ledger.ledgers import all_ledgers
    from taizhang.org.sites import the_site

    told = _Collecting(say)
    for ledger in all_ledgers(the_site()):
        briefing.COMMAND.run(Namespace(**{**vars(args), "ledger": ledger.key, "as_of": None}), told)
    for line in guide(say.language):
        say.line(line)
    if say.as_json:
        say.json({"site": the_site().name, "data": str(args.data), "briefings": told.collected})


COMMAND = Command("demo", "准备示例站点，打印简报，然后运行", _configure, _run, needs_site=False)
