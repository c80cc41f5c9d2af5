"""What a report says of a sheet as a whole: its marks, its columns about persons, and what of it was not read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taizhang.core.wording import Label, Language
from taizhang.formats.sheet.book import Sheet
from taizhang.formats.sheet.signs import Unread
from taizhang.ledger.importing.mapping import ColumnMap
from taizhang.ledger.importing.marks import MOST, NOTHING, STRUCK, Marks

_UNREAD: dict[Unread, Label] = {
    "looks": Label(
        "这个文件的填充颜色和删除线没有读出；需要的话请另存为 .xlsx 再导入",
        "the fill colours and struck lines of this file were not read; save it as .xlsx if they matter",
    ),
    "rules": Label(
        "表里有条件格式，由它产生的颜色不读；需要的话请改成直接填充的颜色",
        "colours made by conditional formatting are not read; fill the cells themselves if they matter",
    ),
    "comments": Label(
        "表里有批注没有读出；需要的话请另存为 .xlsx 再导入",
        "comments of this file were not read; save it as .xlsx if they matter",
    ),
    "pictures": Label(
        "表里有图片没有读出；需要的话请另存为 .xlsx 再导入",
        "pictures of this file were not read; save it as .xlsx if they matter",
    ),
}
NOT_SEALED = Label(
    "方案里没有接收这一列的密封字段，写明理由也不能导入；请先在方案里加一个密封字段",
    "the playbook has no sealed field for this column, so that no reason lets it in; declare one first",
)


def marks_told(marks: Marks) -> list[dict[str, Any]]:
    """The marks of rows, then those of columns, the frequent ones first; `colour` is empty for a struck line."""
    seen_marks = sorted(marks.seen.items(), key=lambda one: (bool(one[1].mark.column), -one[1].rows))
    return [
        {
            "mark": key,
            "colour": "" if seen.mark.sign == STRUCK else seen.mark.sign,
            "words": seen.mark.words.text(marks.language),
            "rows": seen.rows,
            "cell": seen.cell,
            "example": seen.example,
            "meaning": marks.given.get(key, NOTHING),
        }
        for key, seen in seen_marks
    ]


def barred_told(sheet: str, columns: ColumnMap, language: Language) -> list[dict[str, Any]]:
    """The columns about persons that are not taken, and why a reason would not help, if it would not."""
    return [
        {
            "sheet": sheet,
            "column": each.column.letter,
            "label": each.column.label,
            "why": each.why.text(language),
            "field": each.field.label.text(language) if each.field is not None else "",
            "cure": "" if each.field is not None else NOT_SEALED.text(language),
        }
        for each in columns.barred
    ]


def decoration_told(marks: Marks, language: Language) -> Iterator[str]:
    """That a sheet has more marks than anybody could be asked about."""
    if marks.uncounted:
        yield Label(
            f"颜色超过 {MOST} 种，只问了先遇到的 {MOST} 种",
            f"more than {MOST} marks; only the first {MOST} were asked about",
        ).text(language)


def unread_told(sheet: Sheet, language: Language) -> Iterator[str]:
    return (_UNREAD[what].text(language) for what in sorted(sheet.unread))
