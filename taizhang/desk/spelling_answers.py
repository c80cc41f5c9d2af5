"""Reading what was chosen for a spelling on its row of the page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from taizhang.core.actor import Agent
from taizhang.desk.asking import listed
from taizhang.desk.spelling_questions import Question, endings_of
from taizhang.org.cell_names import split_units
from taizhang.org.cell_units import CellReader
from taizhang.org.founding import add_unit
from taizhang.org.groups import Members, define
from taizhang.org.refusals import MayNotChangeUnits
from taizhang.org.spellings import Answer


class Unclear(Exception):
    """What was typed names no unit; the words say what to do."""


@dataclass(frozen=True)
class RowAnswer:
    """One row as it was sent: `pick` says which of its buttons."""

    question: Question
    posted: QueryDict
    reader: CellReader
    agent: Agent

    def read(self) -> Answer:
        """The answer. Raises Unclear, OrgRefused, and Http404 for a form that was made up."""
        pick, _dash, value = self.posted.get("pick", "").partition("-")
        match pick:
            case "enter":
                return self._typed() if self._text("typed") else self._best()
            case "typed":
                return self._typed()
            case "text":
                return Answer()
            case "unit":
                return self._known(self.question.chosen(value))
            case "together" | "each":
                return self._group(value, each=pick == "each")
            case "new":
                return self._new_unit()
            case "newgroup":
                return self._new_group(each=value == "each")
            case _:
                raise Http404

    def _text(self, name: str) -> str:
        return self.posted.get(name, "").strip()

    def _known(self, answer: Answer | None) -> Answer:
        if answer is None:
            raise Http404
        return answer

    def _best(self) -> Answer:
        if self.question.best is None:
            raise Unclear(_("请填单位名、拼音或首字母，或选“留作文字”"))
        return Answer((self.question.best,))

    def _typed(self) -> Answer:
        """Units by the names they bear; several in their order, the first or the one marked 牵头 leading."""
        text = self._text("typed")
        if self.reader.groups.named(text) is not None:
            raise Unclear(_("“{text}”是单位组：请选合登一条，还是每个单位一条").format(text=text))
        whole = self.reader.names.find(text)
        names = [text] if whole is not None else split_units(text)
        return (
            Answer(tuple(dict.fromkeys(unit_typed(name, self.reader) for name in names)))
            if names
            else self._best()
        )

    def _group(self, value: str, *, each: bool) -> Answer:
        groups = self.reader.groups.by_id
        group = groups.get(int(value)) if value.isdecimal() and len(value) < 16 else None
        if group is None:
            raise Http404
        return Answer(group_id=group.group_id, each=each)

    def _new_unit(self) -> Answer:
        if "administer" not in self.agent.duties:
            raise MayNotChangeUnits
        name, parent = self._text("name"), unit_typed(self._text("parent"), self.reader)
        below = {self.reader.names.units[unit].parent_id: unit for unit in self.reader.names.bearing(name)}
        if parent in below:
            raise Unclear(_("那里已有“{name}”，请直接选它").format(name=name))
        return Answer((add_unit(name, parent).id,))

    def _new_group(self, *, each: bool) -> Answer:
        members = group_members(self.posted, self.reader)
        group = define(self._text("group"), members, self.reader.day, self.agent, self.reader.units)
        return Answer(group_id=group.id, each=each)


def unit_typed(name: str, reader: CellReader) -> int:
    """The unit of this name, or the only one that begins so, also by sound or initials. Raises Unclear."""
    unit = reader.names.find(name)
    if unit is not None:
        return unit
    begun = reader.names.suggester.complete(name)
    if len(begun) == 1:
        return begun[0]
    words = _("没有叫“{name}”的单位").format(name=name)
    near = listed([*map(reader.names.label, begun)] or reader.names.nearest(name))
    raise Unclear(words + (_("；是否：{near}").format(near=near) if near else ""))


def group_members(posted: QueryDict, reader: CellReader) -> Members:
    """Who a group is said to consist of: the units listed, else a kind of units below one. Raises Unclear."""
    names = split_units(posted.get("members", ""))
    if names:
        return Members(tuple(dict.fromkeys(unit_typed(name, reader) for name in names)))
    below = unit_typed(posted.get("below", "").strip(), reader)
    return Members(below=below, endings=endings_of(posted.get("kind", "")))
