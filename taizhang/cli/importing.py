"""`taizhang import`: a sheet into a ledger."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taizhang.cli.columns import table
from taizhang.cli.command import DONE, REFUSED, Command
from taizhang.cli.import_signs import tell_signs
from taizhang.cli.language import gettext as _
from taizhang.cli.parser import text
from taizhang.cli.say import Say
from taizhang.core.wording import Label

if TYPE_CHECKING:
    from taizhang.formats.sheet.book import Book
    from taizhang.ledger.importing import Report, Wishes

SHOWN = 20
"""Lines of a list a terminal shows; `--json` gives all of them."""

_HIDDEN = frozenset({"rows", "columns"})

_ADVICE = Label(
    "可用 --map 列=字段 指定，“列=”表示不导入；或用 taizhang playbook infer 从这张表起草一个方案。",
    "Assign columns by --map COLUMN=FIELD, leave them out by COLUMN=, or draft a playbook from this sheet:"
    " taizhang playbook infer.",
)


def _assignment(given: str) -> tuple[str, str]:
    column, equals, field = text(given).rpartition("=")
    if not (column.strip() and equals):
        raise ArgumentTypeError(f"invalid assignment value: {given!r}")
    return column.strip(), field.strip()


def _meaning(given: str) -> tuple[str, str]:
    """`FF0000=整改中`: what a mark means; the mark may hold a column's label, so that the last sign divides."""
    mark, equals, meaning = text(given).rpartition("=")
    if not (mark.strip() and equals):
        raise ArgumentTypeError(f"invalid meaning value: {given!r}")
    return mark.strip(), meaning.strip()


def _reason(given: str) -> tuple[str, str]:
    """`证件号=理由`: the reason may hold the sign itself."""
    column, equals, reason = text(given).partition("=")
    if not (column.strip() and equals):
        raise ArgumentTypeError(f"invalid reason value: {given!r}")
    return column.strip(), reason.strip()


def _hidden(given: str) -> frozenset[str]:
    parts = frozenset() if given == "none" else frozenset(given.split(","))
    if not parts <= _HIDDEN:
        raise ArgumentTypeError(f"invalid hidden value: {given!r}")
    return parts


def _configure(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help=_("表格：.xlsx、.xls 或 .csv"))
    parser.add_argument("--ledger", metavar="KEY", type=text, required=True, help=_("台账代号"))
    parser.add_argument("--dry-run", action="store_true", help=_("只看结果，不登记"))
    parser.add_argument(
        "--as", dest="person", metavar="PERSON", type=text, help=_("以此人（用户名）的名义登记")
    )
    parser.add_argument("--sheet", metavar="NAME", default="", help=_("只导入这张工作表（默认各张都导入）"))
    parser.add_argument(
        "--map",
        metavar=_("列=字段"),
        type=_assignment,
        action="append",
        default=[],
        help=_("指定一列对应的字段；“列=”表示不导入这一列"),
    )
    parser.add_argument(
        "--mark",
        metavar=_("颜色=含义"),
        type=_meaning,
        action="append",
        default=[],
        help=_(
            "颜色或删除线表示什么：环节、标记，或空（不表示什么）；颜色的叫法见 --dry-run，如 FF0000=整改中"
        ),
    )
    parser.add_argument(
        "--hidden",
        metavar="rows,columns",
        type=_hidden,
        default=_HIDDEN,
        help=_("隐藏的行和列哪些一并导入：rows,columns（默认）、rows、columns 或 none"),
    )
    parser.add_argument(
        "--take-personal",
        metavar=_("列=理由"),
        type=_reason,
        action="append",
        default=[],
        help=_("导入一列证件号、住址之类个人信息的理由（须有“管理”职责，只进密封字段）"),
    )
    parser.add_argument(
        "--claims",
        choices=["keep", "verify"],
        default="keep",
        help=_("表里自称已了结的：keep 只作历史销号（默认），verify 一律送核查"),
    )
    parser.add_argument(
        "--give-back", metavar="FILE.xlsx", type=Path, help=_("把未采用的行连同原因写入此文件")
    )
    parser.add_argument("--now", metavar="TIME", default=SUPPRESS, help=_("演示或演练站点的当前时间"))


def _run(args: Namespace, say: Say) -> int:
    """The file is looked at before the site is opened: a bad one is refused without waiting for a database."""
    from taizhang.cli.site import opened
    from taizhang.formats.sheet.book import open_book
    from taizhang.formats.sheet.refusals import SheetRefused

    try:
        with open_book(args.file) as book, opened(args.data, say, now=args.now):
            return _imported(book, args, say)
    except SheetRefused as refused:
        return _refused(refused.code, Label(refused.zh, refused.en), say)


def _imported(book: Book, args: Namespace, say: Say) -> int:
    from taizhang.cli.acting import actor_for, ledger_named
    from taizhang.ledger.importing import ColumnChoice, ImportRefused, Wishes, import_book
    from taizhang.ledger.importing.refusals import ColumnsDoNotFit

    ledger, actor = ledger_named(args.ledger), actor_for(args.person)
    try:
        with say.progress(_("正在导入")) as step:
            wishes = Wishes(
                columns=ColumnChoice(
                    given=dict(args.map),
                    reasons=dict(args.take_personal),
                    takes_hidden="columns" in args.hidden,
                ),
                marks=dict(args.mark),
                takes_hidden_rows="rows" in args.hidden,
                sheet=args.sheet,
                sends_claims=args.claims == "verify",
                dry_run=args.dry_run,
                give_back=args.give_back,
                language=say.language,
                progress=lambda rows: step(_("已读 {n} 行").format(n=rows)),
            )
            report = import_book(book, args.file.name, ledger, actor, wishes)
    except ColumnsDoNotFit as refused:
        message = refused.message
        return _refused(refused.code, Label(message.zh + _ADVICE.zh, f"{message.en} {_ADVICE.en}"), say)
    except ImportRefused as refused:
        return _refused(refused.code, refused.message, say)
    if say.as_json:
        say.json(report.as_json())
    _tell(report, wishes, say)
    return DONE


def _refused(code: str, message: Label, say: Say) -> int:
    if say.as_json:
        say.json({"error": {"code": code, "message": say.text(message)}})
    say.refuse(message.zh, message.en)
    return REFUSED


def _tell(report: Report, wishes: Wishes, say: Say) -> None:
    head = _("试导入，未写入：") if report.dry_run else ""
    say.line(
        head
        + _(
            "读到 {read} 行：新登记 {registered}，已有且相同 {unchanged}，已有而不同（未采用）{changed}，"
            "未登记 {refused}"
        ).format(
            read=report.read,
            registered=report.registered,
            unchanged=report.unchanged,
            changed=report.changed,
            refused=report.refused,
        )
    )
    if report.spread:
        say.line(_("其中的行分给各单位各登一条，另增 {n} 条").format(n=report.spread))
    if report.suspicious:
        say.line(_("新登记中有 {n} 行需要核对").format(n=report.suspicious))
    if report.claimed:
        sent = _("，已送核查 {n} 行").format(n=report.claims_sent) if report.claims_sent else ""
        say.line(
            _("新登记中有 {n} 行自称已了结，作“历史销号·未经本平台核查”").format(n=report.claimed) + sent
        )
    tell_signs(report, say)
    _list(_("未采用的单元格"), [fault.as_json() for fault in report.errors], say)
    _list(_("需要核对"), report.suspicions, say)
    _unknown_names(report, say)
    _list(_("一格多个单位：谁牵头、谁协办"), report.several, say)
    _list(_("读法说明"), report.notes, say)
    _unmapped(report, say)
    _skipped(report, say)
    _returned(report, wishes, say)


def _list(title: str, found: list[Any], say: Say) -> None:
    if not found:
        return
    say.line()
    say.line(_("{title}（{n}）").format(title=title, n=len(found)))
    rows = [(one["cell"], one["field"], one["message"], _rows_told(one)) for one in found[:SHOWN]]
    for line in table(rows):
        say.line("  " + line)
    if len(found) > SHOWN:
        say.line("  " + _("另有 {n} 项，加 --json 可看全部").format(n=len(found) - SHOWN))


def _unknown_names(report: Report, say: Say) -> None:
    n = sum("text" in one for one in report.suspicions)
    if n:
        say.line()
        say.line(_("有 {n} 种单位写法没有认出；在网页的“单位写法”里认一次，以后导入就照此认").format(n=n))


def _rows_told(one: dict[str, Any]) -> str:
    return _("共 {n} 行").format(n=one["rows"]) if one.get("rows", 1) > 1 else ""


def _unmapped(report: Report, say: Say) -> None:
    if not report.unmapped:
        return
    say.line()
    say.line(_("没有字段接收的列，内容未登记（可用 --map 列=字段 指定）"))
    for one in report.unmapped:
        hint = ""
        if "left_out" in one:
            hint = _("；按指定不导入")
        elif "taken_by" in one:
            hint = _("；该字段已由 {column} 列填写").format(column=one["taken_by"])
        elif "nearest" in one:
            hint = _("；是否“{field}”").format(field=one["nearest"])
        filled = _("填有 {n} 格").format(n=one["filled"])
        say.line(f"  {one['column']} {one['label']}  {filled}{hint}")


def _skipped(report: Report, say: Say) -> None:
    if not report.skipped:
        return
    say.line()
    say.line(_("不是数据、未导入的行和工作表"))
    for one in report.skipped[:SHOWN]:
        until = f"–{one['until']}" if "until" in one else ""
        row = _("第 {row} 行").format(row=f"{one['row']}{until}") if one["row"] else ""
        say.line("  " + " ".join(filter(None, (one["sheet"], row, one["why"]))))
    if any(not one["row"] for one in report.skipped):
        say.line("  " + _("要单独导入其中一张工作表，加 --sheet 工作表名"))
    if len(report.skipped) > SHOWN:
        say.line("  " + _("另有 {n} 项，加 --json 可看全部").format(n=len(report.skipped) - SHOWN))


def _returned(report: Report, wishes: Wishes, say: Say) -> None:
    if not report.errors:
        return
    say.line()
    if report.returned is not None:
        say.line(_("未采用的行连同原因已写入 {file}").format(file=report.returned))
    elif wishes.give_back is None:
        say.line(_("加 --give-back 文件.xlsx 可得到未采用的行和原因"))


COMMAND = Command("import", "把表格导入台账", _configure, _run, needs_site=False)
