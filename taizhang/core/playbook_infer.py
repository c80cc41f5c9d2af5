"""Drafts a playbook from a sheet no playbook fits, for a person to read, correct and own.

The draft always reads and proves; every guess says in a comment above it what it rests on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from taizhang.core.field_readers import plain, shown
from taizhang.core.parsed import Scalar
from taizhang.core.playbook import Field, FieldKind, StandsFor
from taizhang.core.playbook_guess import Guess, guess
from taizhang.core.playbook_loop_draft import (
    ADDED_SUMMARY,
    ADDED_TITLE,
    BRIEFING,
    LOOP,
    SUMMARY_FIELD,
    TITLE_FIELD,
)
from taizhang.core.playbook_table import MAIN_FILE
from taizhang.core.playbook_tree_draft import CATEGORY_FIELD, category_table

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


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet: its header as flattened by the reader, and its cells below."""

    label: str
    samples: Sequence[Scalar]


def draft(key: str, name: str, columns: Sequence[Column]) -> dict[str, str]:
    """The texts of a playbook folder whose fields are the columns. `key` is the slug the caller chose."""
    kept = [column for column in columns if not _SERIAL.fullmatch(plain(column.label))]
    tree = category_table([column.label for column in kept], [column.samples for column in kept])
    if tree is not None:
        parts = [
            _head(key, name, len(columns) - len(kept)),
            TITLE_FIELD,
            CATEGORY_FIELD,
            LOOP,
            _tail([], [], ()),
        ]
        return {MAIN_FILE: "\n".join(parts), "papers/briefing.txt": BRIEFING, "categories.csv": tree}
    labels = _distinct_labels([column.label for column in kept])
    guesses = [
        guess(f"column_{place}", label, column.samples)
        for place, (label, column) in enumerate(zip(labels, kept, strict=True), start=1)
    ]
    closed_words = _mark_closure(guesses, kept)
    _mark_standing(guesses, kept)
    parts = [
        _head(key, name, len(columns) - len(kept)),
        *([] if any(item.field.stands_for == "title" for item in guesses) else [TITLE_FIELD]),
        *map(_field_text, guesses),
        *([SUMMARY_FIELD] if any(item.field.original for item in guesses) else []),
        LOOP,
        _tail(guesses, kept, closed_words),
    ]
    return {MAIN_FILE: "\n".join(parts), "papers/briefing.txt": BRIEFING}


def _distinct_labels(labels: Iterable[str]) -> list[str]:
    """Headers made storable, filled in where empty, and told apart where they repeat."""
    taken = {plain(ADDED_TITLE), plain(ADDED_SUMMARY)}
    distinct: list[str] = []
    for place, label in enumerate(labels, start=1):
        clean = _on_one_line(label) or f"第{place}列"
        wanted, count = clean, 1
        while plain(wanted) in taken:
            count += 1
            wanted = f"{clean}（{count}）"
        taken.add(plain(wanted))
        distinct.append(wanted)
    return distinct


def _on_one_line(text: str) -> str:
    return "".join(character for character in " ".join(text.split()) if character.isprintable()).strip()


def _mark_closure(guesses: list[Guess], columns: Sequence[Column]) -> list[str]:
    """Let one column claim closures, and give the words in it that do."""
    for place, (item, column) in enumerate(zip(guesses, columns, strict=True)):
        words = list(dict.fromkeys(_on_one_line(shown(cell)) for cell in column.samples))
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
    return Guess(replace(item.field, stands_for=what), f"{item.why}；当作 {what}，请核对")


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


def _head(key: str, name: str, serials: int) -> str:
    title = _on_one_line(name) or key
    note = "# 表里的序号列只是行号，不作字段，也从不用来认行。\n" if serials else ""
    return (
        "# 由 taizhang playbook infer 按一份表格起草，请逐条核对后使用；每个键的含义见 docs/playbooks.md。\n"
        f"# 改完先运行 taizhang playbook check 本文件夹。\n{note}\n"
        f'[playbook]\nschema = 1\nkey = {_toml(key)}\nversion = "1"\nname = {_toml(title)}\n'
    )


def _field_text(item: Guess) -> str:
    field = item.field
    pairs: list[tuple[str, object]] = [("key", field.key), ("label", field.label.zh), ("kind", field.kind)]
    pairs += [("choices", list(field.choices))] if field.choices else []
    pairs += [("unit", field.unit)] if field.unit else []
    pairs += [("decimals", field.decimals)] if field.kind in ("number", "money") else []
    pairs += [("required", True)] if field.required else []
    pairs += [("visibility", field.visibility)] if field.visibility != "internal" else []
    pairs += [("original", True)] if field.original else []
    pairs += [("stands_for", field.stands_for)] if field.stands_for else []
    lines = "\n".join(f"{key} = {_toml(value)}" for key, value in pairs)
    return f"# {_on_one_line(item.why)}\n[[field]]\n{lines}\n"


def _tail(guesses: Sequence[Guess], columns: Sequence[Column], closed_words: Sequence[str]) -> str:
    open_keys = [item.field.key for item in guesses if not item.field.is_sealed]
    pairs = zip(guesses, columns, strict=True)
    key = next(([item.field.key] for item, column in pairs if _is_key(item, column)), [])
    why = "这一列每行都有且各不相同，用来认行" if key else "没有每行都有且各不相同的编号列，按整行内容认行"
    shown_columns = ["number", *open_keys[:6], "stage"]
    return (
        f"[list]\ncolumns = {_toml(shown_columns)}\n\n"
        f"# {why}。\n[sheet]\nkey = {_toml(key)}\nclosed_words = {_toml(list(closed_words))}\n"
    )


def _toml(value: object) -> str:
    """A TOML value: JSON's strings, lists and booleans are TOML's too, but for the DEL character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
