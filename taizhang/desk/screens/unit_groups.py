"""单位组: named groups such as 各乡镇, who belongs to them today, and defining them anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.desk import spelling_questions as q
from taizhang.desk.asking import Asking, listed, screen
from taizhang.desk.picking import unit_options
from taizhang.desk.screens.spellings import check_may_settle
from taizhang.desk.spelling_answers import Unclear, group_members
from taizhang.org.cell_units import CellReader
from taizhang.org.groups import Group, define
from taizhang.org.refusals import OrgRefused

NAMED = 60
"""Units of a group that are named; how many there are stands beside its name."""


@screen
def show(asking: Asking) -> HttpResponse:
    """GET lists them; POST defines one, new or as it is from today on."""
    check_may_settle(asking)
    reader = CellReader.load()
    if asking.request.method != "POST":
        return _page(asking, reader, "", 200)
    posted = asking.request.POST
    try:
        define(posted.get("group", ""), group_members(posted, reader), reader.day, asking.agent, reader.units)
    except Unclear as unclear:
        return _page(asking, reader, str(unclear), 422)
    except OrgRefused as refused:
        return _page(asking, reader, asking.word(refused.message), 422)
    messages.success(asking.request, _("单位组“{name}”已定").format(name=posted.get("group", "").strip()))
    return redirect("unit-groups")


def _page(asking: Asking, reader: CellReader, problem: str, status: int) -> HttpResponse:
    given = {
        "groups": [_told(group, reader) for group in reader.groups.by_id.values()],
        "kinds": q.kind_words().items(),
        "may_found": "administer" in asking.agent.duties,
        "problem": problem,
        "typed": asking.request.POST,
        "units": unit_options(asking),
    }
    return render(asking.request, "desk/unit_groups.html", given, status=status)


def _told(group: Group, reader: CellReader) -> dict[str, object]:
    below, endings = group.members.below, group.members.endings
    rule = _("逐个列出")
    if below is not None:
        rule = _("{unit}以下：{kind}").format(unit=reader.units.name(below), kind=q.kind_of(endings))
    names = listed(reader.units.name(unit) for unit in group.unit_ids[:NAMED])
    more = "……" if len(group.unit_ids) > NAMED else ""
    return {"name": group.name, "rule": rule, "n": len(group.unit_ids), "names": names + more}
