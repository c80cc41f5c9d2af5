"""The words of a file whose columns do not fit: what was found, what is missing, what to do."""

from __future__ import annotations

from taizhang.core.playbook import Playbook
from taizhang.core.wording import Label
from taizhang.ledger.importing.mapping import ColumnMap, Unmapped


def what_is_wanting(sheet: str, columns: ColumnMap, playbook: Playbook) -> Label:
    total = len(columns.mapped) + len(columns.unmapped)
    zh = [f"工作表“{sheet}”的列与方案“{playbook.name}”不符：{total} 列中对上 {len(columns.mapped)} 列"]
    fit = f"{len(columns.mapped)} of {total} columns map"
    en = [f"sheet `{sheet}` does not fit `{playbook.name.text('en')}`: {fit}"]
    if columns.missing:
        zh.append("缺少必需的列：" + "、".join(str(field.label) for field in columns.missing))
        en.append("columns missing: " + ", ".join(field.label.text("en") for field in columns.missing))
    if columns.unmapped:
        zh.append("没有对上的列：" + "、".join(_named(each, "zh") for each in columns.unmapped))
        en.append("columns without a field: " + ", ".join(_named(each, "en") for each in columns.unmapped))
    zh.append("可用 --map 列=字段 指定，或用 taizhang playbook infer 从这张表起草一个方案")
    en.append(
        "assign columns by --map COLUMN=FIELD, or draft a playbook from this sheet: taizhang playbook infer"
    )
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
