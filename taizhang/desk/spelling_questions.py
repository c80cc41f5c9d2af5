"""The names of units that were not recognised, as questions: what each may mean, the surest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from taizhang.desk.asking import listed
from taizhang.org.cell_units import CellReader
from taizhang.org.groups import KINDS, Group
from taizhang.org.spellings import LONGEST, Answer
from taizhang.org.suggesting import Band, Suggestion, Why

BANDS: tuple[Band, ...] = ("sure", "likely", "perhaps", "none")
WHOLE: tuple[Band, ...] = ("sure", "likely")
"""Bands that can be accepted as a whole, whether or not all of it was looked at."""
MOST = 2_000
"""Different spellings asked about at once; a sheet with more has no unit in that column."""
BEGIN = 10
"""Rows of a band that can be accepted as a whole, where all bands stand on one page."""
PAGE_SIZE = 50
NAMED = 5
"""Units of an answer that are named one by one."""

DIRECT = "direct"
"""In place of a kind: whatever stands directly below."""
_OF_MANY = re.compile("各|诸|所有|有关|相关|全(?:省|市|县|区|部|体)")
_KIND_WORDS = (
    ("towns", re.compile(r"[镇乡街]")),
    ("villages", re.compile(r"村|社区")),
    ("offices", re.compile(r"局|委|办|部门|单位")),
    ("counties", re.compile(r"[县区市旗]")),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A name as sheets write it: how many rows have it, where one of them is, and what that row is about."""

    text: str
    rows: int
    where: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One spelling to be settled. `group` is the group of this name; `kind` what a group it may become consists of."""

    asked: Asked
    band: Band
    suggestions: tuple[Suggestion, ...]
    group: Group | None
    kind: str

    @property
    def best(self) -> int | None:
        """The unit a band's acceptance takes; a group is asked about in any case."""
        return (
            self.suggestions[0].unit_id if self.suggestions and self.group is None and not self.kind else None
        )

    def chosen(self, unit: str) -> Answer | None:
        """The answer that takes a suggestion by its unit's number."""
        found = (each.unit_id for each in self.suggestions if str(each.unit_id) == unit)
        return next((Answer((each,)) for each in found), None)


@dataclass(frozen=True)
class Questions:
    """What of the asked is still to be settled, in bands."""

    asked: Sequence[Asked]
    reader: CellReader

    @cached_property
    def open(self) -> list[Question]:
        known = self.reader.read
        return [self.question(one) for one in self.asked[:MOST] if known(one.text).unknown]

    @cached_property
    def bands(self) -> dict[Band, list[Question]]:
        """Those of one band with the most rows first."""
        found: dict[Band, list[Question]] = {band: [] for band in BANDS}
        for question in sorted(self.open, key=lambda one: (-one.asked.rows, one.asked.text)):
            found[question.band].append(question)
        return found

    def question(self, asked: Asked) -> Question:
        group, kind = self.reader.groups.named(asked.text), group_kind(asked.text)
        suggested = self.reader.names.suggester.suggest(asked.text)
        by_name = group is None and not kind
        return Question(
            asked, suggested.band if by_name else "none", suggested.units if by_name else (), group, kind
        )

    def of(self, text: str) -> Question | None:
        """The question about this text, settled or not."""
        return next((self.question(one) for one in self.asked[:MOST] if one.text == text), None)


def group_kind(text: str) -> str:
    """The kind of units a text speaks of that means many (各乡镇); empty for one that does not."""
    if not _OF_MANY.match(text):
        return ""
    return next((kind for kind, words in _KIND_WORDS if words.search(text)), "")


def asked_in(report: Mapping[str, Any]) -> list[Asked]:
    """The names an import did not know, in the order of the sheet. What is too long for a name stays text."""
    found = (one for one in report["suspicions"] if "text" in one and len(one["text"]) <= LONGEST)
    return [Asked(one["text"], one["rows"], one["cell"], one["example"]) for one in found]


def why_words() -> dict[Why, str]:
    """Why a unit is suggested."""
    return {
        "bare": _("只差机关、地名字样"),
        "short": _("简写"),
        "sound": _("读音相同"),
        "initials": _("拼音首字母"),
        "slip": _("只差一字或一个字母"),
        "abbreviation": _("缩写"),
        "namesake": _("同名，请选"),
        "near": _("相近"),
        "code": _("代码相同而名称不同，代码逐年变动"),
    }


def band_words() -> dict[Band, str]:
    """What the bands are called."""
    return {
        "sure": _("只差机关、地名字样或简写"),
        "likely": _("读音、首字母相同，缩写，或只差一字"),
        "perhaps": _("只是相近，请逐个看"),
        "none": _("没有建议，请填写"),
    }


def kind_words() -> dict[str, str]:
    """Kinds of units below another one, for a group."""
    return {
        "towns": _("各乡镇、街道"),
        "counties": _("各县、市、区"),
        "villages": _("各村、社区"),
        "offices": _("各局、委、办、中心"),
        DIRECT: _("直接下属的各单位"),
    }


def kind_of(endings: tuple[str, ...]) -> str:
    """What units with such endings of their names are called."""
    kind = next((kind for kind, known in KINDS.items() if known == endings), DIRECT)
    return kind_words()[kind] if kind != DIRECT or not endings else listed(endings)


def endings_of(kind: str) -> tuple[str, ...]:
    return KINDS.get(kind, ())


def answer_words(answer: Answer, reader: CellReader) -> str:
    """What an answer means, in words."""
    if answer.group_id is not None:
        group = reader.groups.by_id.get(answer.group_id)
        if group is None:
            return _("单位组")
        how = _("每个单位一条") if answer.each else _("合登一条")
        return _("{group}，{how}").format(group=group_words(group, reader), how=how)
    if not answer.unit_ids:
        return _("留作文字")
    lead, *others = answer.unit_ids
    if not others:
        return _name(lead, reader)
    return _("牵头 {lead}；协办 {others}").format(lead=_name(lead, reader), others=_listed(others, reader))


def group_words(group: Group, reader: CellReader) -> str:
    """A group with who belongs to it."""
    members = _listed(group.unit_ids, reader)
    return _("{group}（{n} 个单位：{members}）").format(
        group=group.name, n=len(group.unit_ids), members=members
    )


def _listed(units: Iterable[int], reader: CellReader) -> str:
    names = list(_names(units, reader))
    return listed(names[:NAMED]) + ("……" if len(names) > NAMED else "")


def _names(units: Iterable[int], reader: CellReader) -> Iterator[str]:
    return (_name(unit, reader) for unit in units)


def _name(unit: int, reader: CellReader) -> str:
    """Of a dissolved unit its last name."""
    return reader.names.label(unit) if unit in reader.names.units else reader.units.name(unit)
