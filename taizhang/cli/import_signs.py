"""What `taizhang import` says of colours, comments, pictures, hidden rows and columns about persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang.cli.columns import table
from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say

if TYPE_CHECKING:
    from taizhang.ledger.importing import Report


def tell_signs(report: Report, say: Say) -> None:
    if report.remarks:
        say.line(_("批注 {n} 条，随登记原样保留").format(n=report.remarks))
    if report.pictures:
        say.line(_("图片 {n} 张，作为所在行条目的佐证材料").format(n=report.pictures))
    if report.hidden_rows:
        say.line(_("隐藏的行 {n} 行；用 --hidden 决定要不要").format(n=report.hidden_rows))
    for words in report.unread:
        say.line(words)
    _marks(report, say)
    _barred(report, say)


def _marks(report: Report, say: Say) -> None:
    if not report.marks:
        return
    say.line()
    say.line(_("颜色和删除线（用 --mark 颜色=含义 说明表示什么，记到下次导入）"))
    rows = [
        (one["mark"], one["words"], _("共 {n} 行").format(n=one["rows"]), one["cell"], one["meaning"] or "—")
        for one in report.marks
    ]
    for line in table(rows):
        say.line("  " + line)


def _barred(report: Report, say: Say) -> None:
    if not report.barred:
        return
    say.line()
    say.line(_("个人信息列，没有读入（确需导入的，由管理员用 --take-personal 列=理由 说明，只进密封字段）"))
    for one in report.barred:
        cure = f"；{one['cure']}" if one["cure"] else ""
        say.line(f"  {one['column']} {one['label']}  {one['why']}{cure}")
