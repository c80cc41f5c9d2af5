"""`taizhang demo`: a fictional place to look at, its briefings, and then the running ledger."""

from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taizhang.cli import serve, worker_lock
from taizhang.cli.command import DONE, Command, Refused
from taizhang.cli.init import PAPERS
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say

if TYPE_CHECKING:
    from taizhang.org.models import Site

READY = "demo-ready"
"""The file that says the sample site is whole; a preparation that was cut short begins anew."""
STORY = "story"
"""The folder of the story's sheet; while it is there, the story is told."""
FILES = ("keys", "evidence", STORY, READY)
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
    parser.add_argument(
        "--reset", action="store_true", help=_("回到最初：删去示例站点里做过的一切，重新准备")
    )
    parser.add_argument(
        "--story", action="store_true", help=_("备好十分钟演示要用的条目和样表（docs/demo.md）")
    )
    parser.add_argument(
        "--paper", choices=PAPERS, help=_("示例站点的纸张（默认随语言：中文 A4，英文 Letter）")
    )


def _run(args: Namespace, say: Say) -> int:
    from taizhang.cli.site import opened

    own_database = not os.environ.get("DATABASE_URL")
    with opened(args.data, say, founding=True, finishes=args.no_serve):
        wants_story = args.story or (args.data / STORY).exists()
        _make_ready(args, say, own_database=own_database)
        if wants_story:
            _tell_story(args.data, say)
        _tell_briefings(args, say)
        return DONE if args.no_serve else serve.run(args, say)


def _make_ready(args: Namespace, say: Say, *, own_database: bool) -> None:
    """The whole sample site: the one there is, or a new one. Raises Refused on a site of another kind."""
    from taizhang.demo.prepare import prepare
    from taizhang.org.models import Site

    site, data = Site.objects.first(), args.data
    if site is not None and site.kind != Site.Kind.DEMO:
        raise Refused(
            f"{data} 里是站点“{site.name}”，不是示例站点。请用 --data 换一个文件夹。",
            f"{data} holds the site “{site.name}”, which is no sample site. Choose another folder with --data.",
        )
    if site is not None and not args.reset and (data / READY).exists():
        _prove_it_is_the_one(site, args, say)
        return
    if site is not None:
        _empty(data, own_database)
    with say.progress(_("正在准备示例站点")) as step:
        prepare(progress=step, language=say.language, paper=args.paper)
    (data / READY).touch(mode=0o600)


def _prove_it_is_the_one(site: Site, args: Namespace, say: Say) -> None:
    """Raises Refused where another sample site was asked for than the one that stands there."""
    if site.spoken == say.language and args.paper in (None, site.paper):
        return
    raise Refused(
        f"{args.data} 里已有示例站点“{site.name}”，语言或纸张与这次要的不同。"
        "请加 --reset 重新准备（做过的会删去），或用 --data 换一个文件夹。",
        f"{args.data} holds the sample site “{site.name}”, in another language or on other paper."
        " Add --reset to make it anew (what was done in it goes), or choose another folder with --data.",
    )


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


def _tell_story(data: Path, say: Say) -> None:
    """The story on the site that stands there, unless it was told before."""
    from taizhang.demo.story import tell
    from taizhang.org.sites import the_site

    if (data / STORY).exists():
        return
    told = tell(the_site(), data / STORY)
    say.note(_("演示故事已备好，讲稿是 docs/demo.md。样表：{path}").format(path=told.sheet))
    for number, title, about in told.entries:
        say.note(f"  {number}  {title}\n      {about}")


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
