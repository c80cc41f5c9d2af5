"""The words of a file whose columns do not fit: what was found and what is missing."""

from __future__ import annotations

from taizhang.core.playbook import Playbook
from taizhang.core.wording import Label
from taizhang.ledger.importing.mapping import ColumnMap, Unmapped


def what_is_wanting(sheet: str, columns: ColumnMap, playbook: Playbook) -> Label:
    unplaced = [each for each in columns.unmapped if not each.left_out]
    total = len(columns.mapped) + len(unplaced)
    zh = [f"工作表“{sheet}”的列与方案“{playbook.name}”不符：{total} 列中对上 {len(columns.mapped)} 列"]
    fit = f"{len(columns.mapped)} of {total} columns map"
    en = [f"sheet `{sheet}` does not fit `{playbook.name.text('en')}`: {fit}"]
    if columns.missing:
        zh.append("缺少必需的列：" + "、".join(str(field.label) for field in columns.missing))
        en.append("columns missing: " + ", ".join(field.label.text("en") for field in columns.missing))
    if unplaced:
        zh.append("没有对上的列：" + "、".join(_named(each, "zh") for each in unplaced))
        en.append("columns without a field: " + ", ".join(_named(each, "en") for each in unplaced))
    return Label("；".join(zh) + "。", "; ".join(en) + ".")


def _named(each: Unmapped, language: str) -> str:
    name = f"{each.column.letter} {each.column.label}"
    if each.nearest is None:
        return name
    return (
        f"{name}（是否“{each.nearest.label}”）"
        if language == "zh"
        else f"{name} ({each.nearest.label.text('en')}?)"
    )
