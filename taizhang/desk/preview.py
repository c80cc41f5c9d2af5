"""What the preview of an import shows: the first rows, what each column is registered as, and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from taizhang.core.playbook import Field, Playbook
from taizhang.desk.asking import Asking, listed
from taizhang.desk.sign_choices import HiddenColumn, Option
from taizhang.ledger.importing import SeenColumn, SeenSheet
from taizhang.ledger.importing.mapping import LEFT_OUT

REASON = "reason-"
CHOICE = "column-"
"""Before the name of a column in the form, which is its cell's name without the row: `表一!B`."""
UNPLACED = "?"
"""Chosen where no field was found and none was wished for."""
MOST_COLUMNS = 400
"""Columns of one file that can be assigned in a page."""
LISTED = 10
"""Lines of each list; the list's own page has all."""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One column with what it is registered as (`value`), a content of it, and what there is to say."""

    name: str
    letter: str
    label: str
    value: str
    example: str
    note: str
    options: Sequence[Option]
    is_hidden: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a column about persons is taken, to be said by an administrator."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SheetChoices:
    """`more`: columns there are too many of."""

    name: str
    fits: bool
    missing: str
    columns: tuple[ColumnChoice, ...]
    more: int
    header: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    barred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundList:
    """The beginning of a list of the report, and how long it is."""

    name: str
    title: str
    rows: Sequence[Mapping[str, Any]]
    total: int


def choices_of(
    seen: Sequence[SeenSheet], playbook: Playbook, asking: Asking, report: Mapping[str, Any] | None
) -> list[SheetChoices]:
    """Every sheet with its columns, as far as a page takes them; the sheets that fit first."""
    filled = {(one["sheet"], one["column"]): one["filled"] for one in (report or {}).get("unmapped", ())}
    options = _Options(playbook, asking)
    left, found = MOST_COLUMNS, []
    for sheet in sorted(seen, key=lambda one: not one.fits):
        columns = [
            _choice(sheet, place, filled.get((sheet.name, one.column.letter), 0), options)
            for place, one in enumerate(sheet.columns[:left])
        ]
        left -= len(columns)
        found.append(
            SheetChoices(
                sheet.name,
                sheet.fits,
                listed(asking.word(field.label) for field in sheet.missing),
                tuple(columns),
                len(sheet.columns) - len(columns),
                tuple(f"{one.column.letter} {one.column.label}" for one in sheet.columns[: len(columns)]),
                tuple(row[: len(columns)] for row in sheet.samples),
                tuple(
                    f"{one.column.letter} {one.column.label}" + _("（") + asking.word(one.why) + _("）")
                    for one in sheet.columns
                    if one.why is not None
                ),
            )
        )
    return found


def shown_values(sheets: Iterable[SheetChoices]) -> dict[str, str]:
    """What the page shows of each column that can be chosen, by its name in the form."""
    columns = [column for sheet in sheets for column in sheet.columns]
    shown = {CHOICE + column.name: column.value for column in columns if column.options}
    return shown | {
        column.reason.name: column.reason.value for column in columns if column.reason is not None
    }


def hidden_columns(sheets: Iterable[SheetChoices]) -> list[HiddenColumn]:
    """The hidden columns of the sheets that fit, those about persons and row counters aside."""
    return [
        HiddenColumn(column.name, f"{column.letter} {column.label}", column.value != LEFT_OUT)
        for sheet in sheets
        if sheet.fits
        for column in sheet.columns
        if column.is_hidden
    ]


class _Options:
    """「登记为」: 不导入, or a field; what must be there is marked. Columns about persons go into sealed fields
    alone, and are an administrator's to choose."""

    def __init__(self, playbook: Playbook, asking: Asking) -> None:
        self.asking = asking
        self._all = [(LEFT_OUT, _("不导入")), *(self._option(field) for field in playbook.fields)]
        sealed = [self._option(field) for field in playbook.sealed_fields]
        self._sealed = [(UNPLACED, _("不导入")), *sealed] if "administer" in asking.agent.duties else []

    def of(self, one: SeenColumn) -> list[Option]:
        return self._sealed if one.why is not None or one.reason else self._all

    def _option(self, field: Field) -> Option:
        return field.key, self.asking.word(field.label) + (" *" if field.required else "")


def lists_of(report: Mapping[str, Any]) -> list[FoundList]:
    """The beginnings of the lists that hold anything."""
    return [
        FoundList(name, title, report[name][:LISTED], len(report[name]))
        for name, title in titles().items()
        if report[name]
    ]


def titles() -> dict[str, str]:
    """The lists of a report that may be long."""
    return {
        "errors": _("未采用的单元格"),
        "suspicions": _("需要核对"),
        "several": _("一格多个单位：谁牵头、谁协办"),
        "notes": _("读法说明"),
        "skipped": _("不是数据、未导入的行和工作表"),
    }


def unknown_names(report: Mapping[str, Any]) -> str:
    """How many spellings of units the import did not know, in words; empty where it knew all."""
    n = sum("text" in one for one in report["suspicions"])
    return _("有 {n} 种单位写法要认").format(n=n) if n else ""


def counts_of(report: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [
        (_("读到"), report["read"]),
        (_("新登记"), report["registered"]),
        (_("已有且相同"), report["unchanged"]),
        (_("已有而不同，未采用"), report["changed"]),
        *([(_("分给各单位，另增"), report["spread"])] if report["spread"] else []),
        (_("未登记"), report["refused"]),
        (_("需要核对"), report["suspicious"]),
        (_("自称已了结，作历史销号"), report["claimed"]),
    ]


def _choice(sheet: SeenSheet, place: int, filled: int, options: _Options) -> ColumnChoice:
    one = sheet.columns[place]
    name, asking = f"{sheet.name}!{one.column.letter}", options.asking
    offered = options.of(one)
    about_persons = one.why is not None or bool(one.reason)
    return ColumnChoice(
        name,
        one.column.letter,
        one.column.label,
        _value(one),
        next((row[place] for row in sheet.samples if row[place].strip()), ""),
        _("；").join(_notes(one, filled, asking)),
        offered,
        one.column.hidden and one.standing in ("fills", "left_out", "unplaced") and not about_persons,
        Reason(REASON + name, one.reason) if about_persons and offered else None,
    )


def _value(one: SeenColumn) -> str:
    if one.field is not None:
        return one.field.key
    return UNPLACED if one.standing in ("unplaced", "barred") else LEFT_OUT


def _notes(one: SeenColumn, filled: int, asking: Asking) -> Iterator[str]:
    if one.standing == "serial":
        yield _("行号，不登记")
    if one.standing == "own":
        yield _("本台账导出时加的列，不登记")
    if one.why is not None:
        yield _("{what}，不导入；须由管理员写明理由，并放进密封字段").format(what=asking.word(one.why))
        if one.reason:
            yield _("理由已写，还要选一个密封字段")
    if one.standing == "unplaced":
        yield _("没有对上字段，内容不登记")
    if one.taken_by is not None:
        yield _("该字段已由 {column} 列填写").format(column=one.taken_by.letter)
    if one.nearest is not None:
        yield _("是否“{field}”").format(field=asking.word(one.nearest.label))
    if filled:
        yield _("填有 {n} 格").format(n=filled)
    if one.column.hidden:
        yield _("隐藏列")
