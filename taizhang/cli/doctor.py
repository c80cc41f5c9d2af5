"""`taizhang doctor`: looks at everything the ledger rests on, and says what to do where it is not right."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from taizhang.cli import examinations
from taizhang.cli.columns import padded
from taizhang.cli.command import DONE, REFUSED, Command, Refused, no_arguments
from taizhang.cli.finding import Finding
from taizhang.cli.say import Say
from taizhang.core.wording import Label
from taizhang.postgres import PostgresUnavailable

MARKS = {"ok": Label("正常", "ok"), "warn": Label("注意", "warn"), "bad": Label("异常", "bad")}


def _run(args: Namespace, say: Say) -> int:
    found = list(_findings(args, say))
    sound = not any(finding.state == "bad" for finding in found)
    if say.as_json:
        checks = [
            {
                "name": finding.name,
                "state": finding.state,
                "found": say.text(finding.found),
                "cure": say.text(finding.cure),
            }
            for finding in found
        ]
        say.json({"ok": sound, "checks": checks})
    for finding in found:
        mark = padded(say.text(MARKS[finding.state]), 4)
        say.line(f"{mark}  {padded(finding.name, 12)}  {say.text(finding.found)}")
        if finding.cure.zh:
            say.line(" " * 20 + "→ " + say.text(finding.cure))
    return DONE if sound else REFUSED


def _findings(args: Namespace, say: Say) -> Iterator[Finding]:
    """The folder first, then the database, so that a server that does not start is explained as well."""
    from taizhang.cli.site import opened

    yield from examinations.of_folder(args.data)
    try:
        with opened(args.data, say, finishes=False):
            yield from examinations.of_database(args.data)
    except (Refused, PostgresUnavailable) as refused:
        zh, _newline, en = str(refused).partition("\n")
        words = Label(refused.zh, refused.en) if isinstance(refused, Refused) else Label(zh, en)
        yield Finding("database", "bad", words)


COMMAND = Command("doctor", "检查运行环境与数据，指出问题和处理办法", no_arguments, _run, needs_site=False)
