"""What the fields must be together: a title, two texts where a person wrote, sealed things kept sealed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from taizhang.core.playbook import Field, FieldKind, Playbook, StandsFor
from taizhang.core.playbook_fault import Fault
from taizhang.core.wording import Label

KINDS_FOR: dict[StandsFor, tuple[FieldKind, ...]] = {
    "title": ("text", "longtext"),
    "summary": ("text", "longtext"),
    "lead_unit": ("unit",),
    "assisting_units": ("units",),
    "due_on": ("date",),
    "category": ("category", "choice"),
    "closure": ("text", "choice"),
}
"""Kinds of field that may stand for something."""


def field_faults(playbook: Playbook) -> Iterator[Fault]:
    """Faults of the fields, each alone and all together."""
    counts = Counter(item.stands_for for item in playbook.fields if item.stands_for)
    for row, item in enumerate(playbook.fields):
        yield from _standing_faults(row, item, counts)
        yield from _exposed(playbook, item)
    yield from _title_faults(playbook)
    yield from _closure_faults(playbook)
    if any(item.original for item in playbook.fields) and playbook.field_standing_for("summary") is None:
        row = next(row for row, item in enumerate(playbook.fields) if item.original)
        yield Fault(
            "field",
            row,
            "original",
            Label(
                '有原文就要有办理摘要：另设一个字段，写 stands_for = "summary"，单位只看摘要',
                'an original needs a summary, all that units see: a field with stands_for = "summary"',
            ),
        )


def _standing_faults(row: int, item: Field, counts: Counter[StandsFor]) -> Iterator[Fault]:
    what = item.stands_for
    if what is None:
        return
    if counts[what] > 1:
        yield Fault(
            "field", row, "stands_for", Label(f"有两个字段写了“{what}”", f"two fields stand for `{what}`")
        )
    if item.kind not in KINDS_FOR[what]:
        kinds = KINDS_FOR[what]
        yield Fault(
            "field",
            row,
            "stands_for",
            Label(
                f"“{what}”的 kind 应是 {' 或 '.join(kinds)}",
                f"what stands for `{what}` must be of kind {' or '.join(kinds)}",
            ),
        )
    if item.is_sealed:
        yield Fault(
            "field",
            row,
            "stands_for",
            Label(
                "密封字段不能充当标题、单位、日期等，它们会出现在清单和统计里",
                "a sealed field stands for nothing: titles, units and dates appear in lists and figures",
            ),
        )


def _exposed(playbook: Playbook, item: Field) -> Iterator[Fault]:
    if not item.is_sealed:
        return
    if item.key in playbook.list_columns:
        yield Fault(
            "list",
            None,
            "columns",
            Label(
                f"“{item.label}”是密封字段，不能作清单的列",
                f"`{item.key}` is sealed and cannot be a list column",
            ),
        )
    if item.key in playbook.sheet.key:
        yield Fault(
            "sheet",
            None,
            "key",
            Label(
                f"“{item.label}”是密封字段：用它认行，改动时就得把它显示出来",
                f"`{item.key}` is sealed: naming the rows by it would show it",
            ),
        )


def _title_faults(playbook: Playbook) -> Iterator[Fault]:
    titles = [(row, item) for row, item in enumerate(playbook.fields) if item.stands_for == "title"]
    if not titles:
        yield Fault(
            "field",
            0,
            "stands_for",
            Label(
                '没有标题：在一个必填的文字字段上写 stands_for = "title"',
                'there is no title: give one required text field stands_for = "title"',
            ),
        )
    for row, item in titles:
        if not item.required:
            yield Fault(
                "field",
                row,
                "required",
                Label("标题必须必填：required = true", "a title must be required = true"),
            )


def _closure_faults(playbook: Playbook) -> Iterator[Fault]:
    closure = playbook.field_standing_for("closure")
    if (closure is None) != (not playbook.sheet.closed_words):
        yield Fault(
            "sheet",
            None,
            "closed_words",
            Label(
                '说明“已销号”的字段（stands_for = "closure"）和 closed_words 要同时有',
                'a field with stands_for = "closure" and closed_words need each other',
            ),
        )
    if closure is not None and not any(move.verb == "send_claim" for move in playbook.moves):
        row = playbook.fields.index(closure)
        yield Fault(
            "field",
            row,
            "stands_for",
            Label(
                "会导入历史销号，就要有把它送去核查的动作 send_claim",
                "closures from before come in: a `send_claim` move must send them to verification",
            ),
        )
