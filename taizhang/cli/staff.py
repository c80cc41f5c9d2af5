"""`taizhang staff`: units and people from a sheet, and one-time passwords for who has lost theirs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from taizhang.cli import slips, unit_sheet
from taizhang.cli.command import DONE, Command, Refused
from taizhang.cli.language import gettext as _
from taizhang.cli.parser import text
from taizhang.cli.say import Say


def _configure_import(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=_("单位和人员的表格"))
    slips.configure(parser)


def _import(args: Namespace, say: Say) -> int:
    from django.db import transaction

    rows = unit_sheet.rows_of(args.file)
    with slips.paper(args.slips) as paper:
        with transaction.atomic():
            founded = unit_sheet.founded(rows, say, with_slips=args.slips is not None)
        if say.as_json:
            say.json({"units": unit_sheet.facts(founded, say, with_slips=args.slips == slips.TERMINAL)})
        unit_sheet.tell(founded, say)
        slips.hand_out(founded.slips, paper, args.address, say)
    return DONE


def _configure_slips(parser: ArgumentParser) -> None:
    parser.add_argument("username", metavar="USERNAME", nargs="+", type=text, help=_("用户名或工号"))
    slips.configure(parser)


def _slips(args: Namespace, say: Say) -> int:
    """Whoever has the terminal has the data; so the operators' own passwords are given out here too."""
    from taizhang.org.agents import agent_of, operator
    from taizhang.org.reach import Reach
    from taizhang.org.signing_in import account_called
    from taizhang.org.sites import now, the_site, today
    from taizhang.org.staffing import Staffing

    found = {given: account_called(given) for given in args.username}
    if unknown := "、".join(given for given, person in found.items() if person is None):
        raise Refused(
            f"没有用户名或工号为“{unknown}”的人员。", f"Nobody has the user name or staff number “{unknown}”."
        )
    site = the_site()
    reach = Reach(agent_of(operator(), on=today(site)), None, at_terminal=True)
    with slips.paper(args.slips) as paper:
        made = Staffing(reach, now(site)).reset(
            {person.id for person in found.values() if person is not None}
        )
        if say.as_json:
            say.json({"slips": slips.facts(made) if paper is None else len(made)})
        slips.hand_out(made, paper, args.address, say)
        if paper is not None:
            say.line(_("口令条 {n} 张，写在 {file}；打印后请删掉").format(n=len(made), file=args.slips))
    return DONE


COMMANDS = (
    Command("staff import", "从表格导入单位和人员，可发一次性口令条", _configure_import, _import),
    Command("staff slips", "给忘了密码的人（含操作员）发一次性口令条", _configure_slips, _slips),
)
