"""Drafts a playbook from a sheet no playbook fits, for a person to read, correct and own.

The draft always reads and proves; every guess says in a comment above it what it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from taizhang.core.field_readers import plain, shown
from taizhang.core.parsed import Scalar
from taizhang.core.playbook import Field, FieldKind, StandsFor
from taizhang.core.playbook_draft import Draft, on_one_line
from taizhang.core.playbook_guess import Guess, guess
from taizhang.core.playbook_loop_draft import ADDED_SUMMARY, ADDED_TITLE
from taizhang.core.playbook_tree_draft import category_table

_TITLE_SHARE = 0.9
_PEOPLE = re.compile(r"人$|人员$|领导$|姓名")
_SERIAL = re.compile(r"(?:序号|序|行号|no\.?|#|№)", re.IGNORECASE)
_KEY = re.compile(r"编号|编码|代码|工单号|文号|单号|案号")
_TITLES = (
    re.compile(r"主题|标题|事项名称|问题名称"),
    re.compile(r"隐患内容|隐患描述|问题描述|问题内容|存在问题|问题|隐患|事项"),
    re.compile(r"内容|描述|情况|名称|项目"),
)
_DUE = re.compile(r"时限|期限|限期|到期|截止|计划完成|要求完成")
_CLOSURE = re.compile(r"是否(?:销号|关闭|完成|办结|闭环|整改)|销号情况|销号状态|状态")
_CLOSED = re.compile(
    r"(?!未|不|否|没|待|正在).*(?:关闭|销号|办结|完成|已整改|整改到位|归档|闭环|核销).*|是|√|✓|已"
)

_STANDING: tuple[tuple[StandsFor, tuple[FieldKind, ...], re.Pattern[str] | None], ...] = (
    ("lead_unit", ("unit",), None),
    ("assisting_units", ("units",), None),
    ("due_on", ("date",), _DUE),
    ("category", ("choice",), None),
)
_STANDING_WORDS: dict[StandsFor, str] = {
    "lead_unit": "责任单位",
    "assisting_units": "配合单位",
    "due_on": "到期日",
    "category": "类别",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: its header as flattened by the reader, and its cells below."""

    label: str
    samples: Sequence[Scalar]


def draft(key: str, name: str, columns: Sequence[Column]) -> dict[str, str]:
    """The texts of a playbook folder whose fields are the columns. `key` is the slug the caller chose."""
    return infer(key, name, columns).texts()


def infer(key: str, name: str, columns: Sequence[Column]) -> Draft:
    """The draft of a playbook whose fields are the columns, each called by its place: `column_3`."""
    labels = _distinct_labels(columns)
    guesses = [
        guess(f"column_{place}", label, column.samples)
        for place, (label, column) in enumerate(zip(labels, columns, strict=True), start=1)
    ]
    kept = [place for place, column in enumerate(columns) if not _SERIAL.fullmatch(plain(column.label))]
    serials = frozenset(item.field.key for place, item in enumerate(guesses) if place not in kept)
    tree = category_table(
        [columns[place].label for place in kept], [columns[place].samples for place in kept]
    )
    for place, item in enumerate(guesses):
        if item.field.key in serials:
            guesses[place] = Guess(item.field, "序号只是行号，不登记")
    name = on_one_line(name) or key
    if tree is not None:
        levels = frozenset(item.field.key for item in guesses)
        return Draft(key, name, tuple(guesses), left_out=levels, tree=tree)
    chosen, below = [guesses[place] for place in kept], [columns[place] for place in kept]
    closed_words = _mark_closure(chosen, below)
    _mark_standing(chosen, below)
    for place, item in zip(kept, chosen, strict=True):
        guesses[place] = item
    pairs = zip(chosen, below, strict=True)
    row_key = next(((item.field.key,) for item, column in pairs if _is_key(item, column)), ())
    return Draft(key, name, tuple(guesses), serials, row_key, tuple(closed_words))


def _distinct_labels(columns: Sequence[Column]) -> list[str]:
    """Headers made storable, filled in where empty, and told apart where they repeat."""
    taken = {plain(ADDED_TITLE), plain(ADDED_SUMMARY)}
    distinct: list[str] = []
    for place, column in enumerate(columns, start=1):
        clean = on_one_line(column.label) or f"第{place}列"
        wanted, count = clean, 1
        while plain(wanted) in taken:
            count += 1
            wanted = f"{clean}（{count}）"
        taken.add(plain(wanted))
        distinct.append(wanted)
    return distinct


def _mark_closure(guesses: list[Guess], columns: Sequence[Column]) -> list[str]:
    """Let one column claim closures, and give the words in it that do."""
    for place, (item, column) in enumerate(zip(guesses, columns, strict=True)):
        words = list(dict.fromkeys(on_one_line(shown(cell)) for cell in column.samples))
        closed = [word for word in words if len(word) <= 20 and _CLOSED.fullmatch(plain(word))]
        if closed and not item.field.is_sealed and _CLOSURE.search(plain(item.field.label.zh)):
            field = Field(item.field.key, item.field.label, stands_for="closure")
            guesses[place] = Guess(
                field, f"看内容是说明是否已了结的一列，其中 {'、'.join(closed)} 当作已了结，见 [sheet]"
            )
            return closed
    return []


def _mark_standing(guesses: list[Guess], columns: Sequence[Column]) -> None:
    """Which field is the title, the lead unit, the due date and so on: the first that can be."""
    if (title := _title_place(guesses, columns)) is not None:
        guesses[title] = _as_title(guesses[title], columns[title])
    for what, kinds, words in _STANDING:
        _mark_first(guesses, what, kinds, words)


def _mark_first(
    guesses: list[Guess], what: StandsFor, kinds: tuple[FieldKind, ...], words: re.Pattern[str] | None
) -> None:
    for place, item in enumerate(guesses):
        named = words is None or words.search(plain(item.field.label.zh))
        if item.field.stands_for is None and item.field.kind in kinds and named:
            guesses[place] = _standing(item, what)
            return


def _standing(item: Guess, what: StandsFor) -> Guess:
    return Guess(replace(item.field, stands_for=what), f"{item.why}；当作{_STANDING_WORDS[what]}，请核对")


def _title_place(guesses: Sequence[Guess], columns: Sequence[Column]) -> int | None:
    """A column (nearly) every row fills: a text by its header, else the longest text, else any."""
    able = [
        place
        for place, item in enumerate(guesses)
        if not item.field.is_sealed and item.field.stands_for is None and _filled_share(columns[place]) > 0
    ]
    well_filled = [place for place in able if _filled_share(columns[place]) >= _TITLE_SHARE]
    texts = [place for place in well_filled if guesses[place].field.kind in ("text", "longtext")]
    for words in _TITLES:
        if named := [place for place in texts if words.search(plain(guesses[place].field.label.zh))]:
            return named[0]
    things = [place for place in texts if not _PEOPLE.search(plain(guesses[place].field.label.zh))]
    for choice in (things, texts, well_filled, able):
        if choice:
            return max(choice, key=lambda place: sum(map(len, map(shown, columns[place].samples))))
    return None


def _filled_share(column: Column) -> float:
    filled = sum(bool(shown(cell).strip()) for cell in column.samples)
    return filled / max(1, len(column.samples))


def _as_title(item: Guess, column: Column) -> Guess:
    """The column as a required text, saying how many rows an import will give back for lack of one."""
    kind: FieldKind = item.field.kind if item.field.kind in ("text", "longtext") else "longtext"
    field = Field(item.field.key, item.field.label, kind=kind, required=True, stands_for="title")
    empty = sum(not shown(cell).strip() for cell in column.samples)
    lacking = f"；有 {empty} 行空着，导入时会退回" if empty else ""
    return Guess(field, f"{item.why}；当作标题，请核对{lacking}")


def _is_key(item: Guess, column: Column) -> bool:
    cells = [shown(cell).strip() for cell in column.samples]
    named = _KEY.search(plain(item.field.label.zh)) and item.field.kind == "text" and not item.field.is_sealed
    return bool(named) and len(cells) > 1 and all(cells) and len(set(cells)) == len(cells)
