"""`taizhang rebuild`: every projection anew from the events alone."""

from __future__ import annotations

from argparse import Namespace

from taizhang.cli.command import DONE, Command, no_arguments
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say


def _run(_args: Namespace, say: Say) -> int:
    from taizhang.ledger.rebuild import rebuild
    from taizhang.org.sites import the_site

    with say.progress(_("正在由事件重建")) as step:
        entries = rebuild(the_site(), step)
    if say.as_json:
        say.json({"entries": entries})
    say.line(_("已由事件重建 {count} 个条目的列表与统计。").format(count=entries))
    return DONE


COMMAND = Command("rebuild", "由事件重建全部列表与统计", no_arguments, _run)
