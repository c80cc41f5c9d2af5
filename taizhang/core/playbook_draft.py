"""A playbook in the making: what each column of a sheet becomes, as far as it was guessed or chosen, and its text.

The text says above each field what it rests on, and is an ordinary playbook folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from taizhang.core.playbook import Field, Stage
from taizhang.core.playbook_guess import Guess
from taizhang.core.playbook_loop_draft import BRIEFING, LOOP, STAGES, SUMMARY_FIELD, TITLE_FIELD
from taizhang.core.playbook_table import MAIN_FILE
from taizhang.core.playbook_tree_draft import CATEGORY_FIELD

CATEGORY_FILE = "categories.csv"
_LISTED = 6
"""Fields shown as columns of the list, besides number and stage."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`fields` are the columns in the order of the sheet, those of the keys in `left_out` not registered;
    `row_key` the fields by which a row is known again; `tree` the text of a category table, all of whose columns
    are levels and no fields."""

    key: str
    name: str
    fields: tuple[Guess, ...]
    left_out: frozenset[str] = frozenset()
    row_key: tuple[str, ...] = ()
    closed_words: tuple[str, ...] = ()
    tree: str = ""
    stages: tuple[Stage, ...] = STAGES

    @property
    def taken(self) -> tuple[Guess, ...]:
        """The columns that become fields."""
        return tuple(item for item in self.fields if item.field.key not in self.left_out)

    def texts(self) -> dict[str, str]:
        """The texts of the playbook's folder by name."""
        main = "\n".join((self._head(), *self._fields(), _stages(self.stages), LOOP, self._tail()))
        tree = {CATEGORY_FILE: self.tree} if self.tree else {}
        return {MAIN_FILE: main, "papers/briefing.txt": BRIEFING, **tree}

    def _head(self) -> str:
        return (
            "# 按一份表格起草，请逐条核对后使用；每个键的含义见 docs/playbooks.md。\n"
            f"# 改完先运行 taizhang playbook check 本文件夹。\n{self._left_out_note()}\n"
            f'[playbook]\nschema = 1\nkey = {_toml(self.key)}\nversion = "1"\nname = {_toml(self.name)}\n'
        )

    def _left_out_note(self) -> str:
        labels = [on_one_line(item.field.label.zh) for item in self.fields if item.field.key in self.left_out]
        listed = f"# 不登记的列：{'、'.join(labels)}。表里的序号列只是行号，从不用来认行。\n"
        return listed if labels and not self.tree else ""

    def _fields(self) -> Iterator[str]:
        if not any(item.field.stands_for == "title" for item in self.taken):
            yield TITLE_FIELD
        if self.tree:
            yield CATEGORY_FIELD
        yield from map(_field_text, self.taken)
        if any(item.field.original for item in self.taken):
            yield SUMMARY_FIELD

    def _tail(self) -> str:
        open_keys = [item.field.key for item in self.taken if not item.field.is_sealed]
        why = (
            "这一列每行都有且各不相同，用来认行"
            if self.row_key
            else "没有每行都有且各不相同的编号列，按整行内容认行"
        )
        shown_columns = ["number", *open_keys[:_LISTED], "stage"]
        return (
            f"[list]\ncolumns = {_toml(shown_columns)}\n\n"
            f"# {why}。\n[sheet]\nkey = {_toml(list(self.row_key))}\nclosed_words = {_toml(list(self.closed_words))}\n"
        )


def on_one_line(text: str) -> str:
    """The text as a comment or a name may hold it: no line breaks, nothing that cannot be printed."""
    return "".join(character for character in " ".join(text.split()) if character.isprintable()).strip()


def _field_text(item: Guess) -> str:
    return f"# {on_one_line(item.why)}\n[[field]]\n{_lines(_field_pairs(item.field))}"


def _field_pairs(field: Field) -> Iterator[tuple[str, object]]:
    """What has to be written of the field: keys that say what would hold anyway are left out."""
    yield from (("key", field.key), ("label", field.label.zh), ("kind", field.kind))
    if field.choices:
        yield "choices", list(field.choices)
    if field.unit:
        yield "unit", field.unit
    if field.kind in ("number", "money"):
        yield "decimals", field.decimals
    if field.required:
        yield "required", True
    if field.visibility != "internal":
        yield "visibility", field.visibility
    if field.original:
        yield "original", True
    if field.stands_for:
        yield "stands_for", field.stands_for
    if field.synonyms:
        yield "synonyms", list(field.synonyms)


def _stages(stages: tuple[Stage, ...]) -> str:
    notes = "# 下面的环节、角色和动作是通用的，请按本单位的实际流程和时限改。\n"
    return notes + "\n".join(f"[[stage]]\n{_lines(_stage_pairs(stage))}" for stage in stages)


def _stage_pairs(stage: Stage) -> Iterator[tuple[str, object]]:
    yield from (("key", stage.key), ("label", stage.label.zh))
    if stage.kind != "open":
        yield "kind", stage.kind
    if stage.clock:
        yield "clock", stage.clock


def _lines(pairs: Iterator[tuple[str, object]]) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in pairs)


def _toml(value: object) -> str:
    """A TOML value: JSON's strings, lists and booleans are TOML's too, but for the DEL character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
