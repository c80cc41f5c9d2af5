"""A sheet with one column per level (一级分类, 二级分类 …) is no list of entries but a category tree."""

from __future__ import annotations

import re
from collections.abc import Sequence

from taizhang.core.field_readers import shown
from taizhang.core.parsed import Scalar

_LEVEL = re.compile(r"第?[一二三四五六1-6]级.{0,8}|level ?[1-6]", re.IGNORECASE)

CATEGORY_FIELD = """\
# 分类树取自这张表，在 categories.csv 里；可以用表格软件改。
[[field]]
key = "category"
label = "分类"
kind = "category"
categories = "categories.csv"
stands_for = "category"
"""


def category_table(labels: Sequence[str], columns: Sequence[Sequence[Scalar]]) -> str | None:
    """The tree as the CSV text of `categories.csv`, or None where the columns are not its levels."""
    if len(labels) < 2 or not all(_LEVEL.fullmatch(label.strip()) for label in labels):
        return None
    rows = [labels, *([shown(cell).strip() for cell in row] for row in zip(*columns, strict=True))]
    return "".join(",".join(map(_quoted, row)) + "\n" for row in rows)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if re.search(r'[",\r\n]', cell) else cell
