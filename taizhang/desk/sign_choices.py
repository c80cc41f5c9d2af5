"""What the preview asks about what a sheet says without words: each colour once, hidden rows and columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from taizhang.core.playbook import Playbook
from taizhang.desk.asking import Asking, listed
from taizhang.ledger.importing.marks import NOTHING, meanings

MARK = "mark-"
"""Before the key of a mark in the form: `mark-FF0000`, `mark-5B9BD5@做`."""
HIDDEN_ROWS, HIDDEN_COLUMNS = "hidden-rows", "hidden-columns"
TAKE, LEAVE = "take", "leave"

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class MarkChoice:
    """One colour (`colour` empty: a struck line) with its rows, the first of them, and what it means now."""

    name: str
    colour: str
    words: str
    rows: int
    cell: str
    example: str
    value: str


@dataclass(frozen=True, slots=True)
class HiddenColumn:
    """A hidden column by its name in the form and in words, and whether it comes in as things stand."""

    name: str
    words: str
    comes_in: bool


@dataclass(frozen=True, slots=True)
class HiddenChoice:
    """Whether hidden rows or columns come in; `what` says how many, or which."""

    name: str
    label: str
    what: str
    value: str


@dataclass(frozen=True, slots=True)
class SignChoices:
    """All there is to ask, and what is merely told."""

    marks: tuple[MarkChoice, ...]
    hidden: tuple[HiddenChoice, ...]
    told: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.marks or self.hidden or self.told)


def sign_choices(
    report: Mapping[str, Any] | None, hidden_columns: Sequence[HiddenColumn], *, leaves_rows: bool
) -> SignChoices:
    report = report or {}
    marks = tuple(
        MarkChoice(
            MARK + one["mark"],
            one["colour"],
            one["words"],
            one["rows"],
            one["cell"],
            one["example"],
            one["meaning"],
        )
        for one in report.get("marks", ())
    )
    return SignChoices(marks, tuple(_hidden(report, hidden_columns, leaves_rows)), tuple(_told(report)))


def _hidden(
    report: Mapping[str, Any], columns: Sequence[HiddenColumn], leaves_rows: bool
) -> Iterable[HiddenChoice]:
    if rows := report.get("hidden_rows", 0):
        what = _("{n} 行").format(n=rows)
        yield HiddenChoice(HIDDEN_ROWS, _("隐藏的行"), what, LEAVE if leaves_rows else TAKE)
    if columns:
        taken = any(column.comes_in for column in columns)
        words = listed(column.words for column in columns)
        yield HiddenChoice(HIDDEN_COLUMNS, _("隐藏的列"), words, TAKE if taken else LEAVE)


def _told(report: Mapping[str, Any]) -> Iterable[str]:
    if n := report.get("remarks", 0):
        yield _("批注 {n} 条，随登记原样保留，显示在条目的经过里。").format(n=n)
    if n := report.get("pictures", 0):
        yield _("图片 {n} 张，作为所在行条目的佐证材料。").format(n=n)
    yield from report.get("unread", ())


def meaning_options(playbook: Playbook, asking: Asking) -> list[tuple[str, list[Option]]]:
    """「表示」, in groups: nothing, a stage, a claim, a flag."""
    groups: dict[str, list[Option]] = {"stage": [], "claim": [], "flag": []}
    for one in meanings(playbook):
        groups[one.kind].append((one.value, asking.word(one.label)))
    return [
        ("", [(NOTHING, _("不表示什么"))]),
        (_("环节"), groups["stage"]),
        (_("自称已了结（作历史销号，仍须核查）"), groups["claim"]),
        (_("标记"), groups["flag"]),
    ]


def hidden_options() -> list[Option]:
    return [(TAKE, _("一并导入")), (LEAVE, _("不导入"))]


def shown_signs(choices: SignChoices) -> dict[str, str]:
    """What the page shows of each, by its name in the form."""
    shown = {one.name: one.value for one in choices.marks}
    return shown | {one.name: one.value for one in choices.hidden}


@dataclass(frozen=True, slots=True)
class MarkTaken:
    """What a mark was taken to mean, when the sheet has been imported."""

    colour: str
    words: str
    meaning: str
    rows: int


def marks_taken(report: Mapping[str, Any], playbook: Playbook, asking: Asking) -> list[MarkTaken]:
    words = {one.value: asking.word(one.label) for one in meanings(playbook)}
    return [
        MarkTaken(one["colour"], one["words"], words.get(one["meaning"], _("不表示什么")), one["rows"])
        for one in report["marks"]
    ]


def told_after(report: Mapping[str, Any]) -> list[str]:
    """What came in beside the rows, and what of the sheet was not read."""
    return list(_told(report))
