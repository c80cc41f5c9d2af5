"""Importing a book: choose its tables, read them, register what is new in one call, report."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from taizhang.core import commands as c
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.playbook import Playbook
from taizhang.core.wording import Label, Language
from taizhang.formats.sheet.book import Book, Sheet
from taizhang.formats.sheet.grid import Row, Skipped
from taizhang.ledger import ledgers
from taizhang.ledger.database import cursor
from taizhang.ledger.handle import handle
from taizhang.ledger.importing.choosing import ColumnChoice, map_sheet
from taizhang.ledger.importing.give_back import give_back
from taizhang.ledger.importing.hanging import NO_ROW
from taizhang.ledger.importing.mapping import LEFT_OUT, check_given
from taizhang.ledger.importing.marks import meaning_named
from taizhang.ledger.importing.personal import check_reasons, without_numbers
from taizhang.ledger.importing.plan import Job, Plan, Table
from taizhang.ledger.importing.refusals import ColumnsDoNotFit, MayNotImport, NoSuchSheet, NothingToImport
from taizhang.ledger.importing.report import Fault, Report
from taizhang.ledger.importing.rows import ReadRow, RowReader, columns_of
from taizhang.ledger.importing.telling import barred_told, decoration_told, marks_told, unread_told
from taizhang.ledger.importing.wanting import what_is_wanting
from taizhang.ledger.outcome import Result
from taizhang.ledger.sheet_columns import SheetColumn, remember_columns, remembered_marks
from taizhang.org.sites import the_site, today

CHUNK = 2_000

Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a file is to be imported.

    columns: the user's own word on columns. sheet: only this one; empty for every sheet that fits.
    marks: what colours and struck lines mean, mark → meaning; the others mean what they did last time. Where none
    bears one of them, the import is refused, unless insists_on_marks is off.
    takes_hidden_rows: whether rows that are hidden in the sheet come in.
    sends_claims: closures claimed before are sent to verification at once. give_back: where to write
    the rows that were not taken. progress: told the number of rows read so far.
    """

    columns: ColumnChoice = field(default_factory=ColumnChoice)
    sheet: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    insists_on_marks: bool = True
    takes_hidden_rows: bool = True
    sends_claims: bool = False
    dry_run: bool = False
    give_back: Path | None = None
    language: Language = "zh"
    progress: Progress = lambda _: None


def import_book(book: Book, file: str, ledger: ledgers.OpenLedger, actor: Actor, wishes: Wishes) -> Report:
    """Import an open book called `file` into a ledger. Raises ImportRefused, or SheetRefused from reading."""
    site = the_site()
    playbook = ledgers.playbook(ledger.playbook_sha)
    _check_duty(actor, playbook)
    check_reasons(wishes.columns.reasons, actor)
    report = Report(wishes.language, wishes.dry_run)
    tables = _tables(book, playbook, wishes, report)
    job = Job(
        site=site,
        ledger=ledger,
        playbook=playbook,
        actor=actor,
        file=without_numbers(file),
        today=today(site),
        language=wishes.language,
        sends_claims=wishes.sends_claims,
        meanings=_meanings(wishes, ledger, playbook),
    )
    with _alone(ledger):
        plan = Plan(job, report)
        for table in tables:
            _read(book.sheets[table.index], table, plan, wishes)
        if wishes.insists_on_marks:
            plan.marks.check(wishes.marks)
        if not wishes.dry_run:
            _write(plan, book)
            _remember(book, tables, job, report)
    report.marks += marks_told(plan.marks)
    report.unread += decoration_told(plan.marks, report.language)
    report.suspicious = len(plan.suspicious)
    if wishes.give_back is not None and give_back(
        book, report.reasons(), _barred(tables), wishes.give_back, job.language
    ):
        report.returned = str(wishes.give_back)
    return report


def _check_duty(actor: Actor, playbook: Playbook) -> None:
    roles = [playbook.role_of[role] for role in playbook.register_move.who]
    if not {role.duty for role in roles} & actor.acting.duties:
        raise MayNotImport(r.NotYourDuty(playbook.role_words(playbook.register_move.who)).message)
    if actor.for_another and not actor.typing.may_type_for_others:
        raise MayNotImport(r.MayNotTypeForOthers().message)


@contextmanager
def _alone(ledger: ledgers.OpenLedger) -> Iterator[None]:
    """One import into a ledger at a time: two of the same file at once would each find nothing known."""
    with cursor() as database:
        database.execute("SELECT pg_advisory_lock(hashtext('import'), %s::int)", [ledger.ledger_id])
    try:
        yield
    finally:
        with cursor() as database:
            database.execute("SELECT pg_advisory_unlock(hashtext('import'), %s::int)", [ledger.ledger_id])


def _tables(book: Book, playbook: Playbook, wishes: Wishes, report: Report) -> list[Table]:
    """The sheets to import; the others are listed as skipped with the reason."""
    sheets = [sheet for sheet in book.sheets if not sheet.empty]
    if not sheets:
        raise NothingToImport(Label("文件里的工作表都是空的", "every sheet of the file is empty"))
    if wishes.sheet:
        sheets = [sheet for sheet in sheets if sheet.name == wishes.sheet]
        if not sheets:
            names = "、".join(sheet.name for sheet in book.sheets if not sheet.empty)
            raise NoSuchSheet(
                Label(
                    f"没有工作表“{wishes.sheet}”；有：{names}",
                    f"no sheet `{wishes.sheet}`; there are: {names}",
                )
            )
    named = {**dict.fromkeys(wishes.columns.reasons, LEFT_OUT), **wishes.columns.given}
    check_given(named, {sheet.name: sheet.columns for sheet in sheets}, playbook)
    maps = {sheet.name: map_sheet(sheet, playbook, wishes.columns) for sheet in sheets}
    shown = [sheet for sheet in sheets if wishes.sheet or not sheet.hidden]
    fitting = [sheet for sheet in shown if maps[sheet.name].fits]
    if not fitting:
        best = max(shown or sheets, key=lambda sheet: len(maps[sheet.name].mapped))
        raise ColumnsDoNotFit(what_is_wanting(best.name, maps[best.name], playbook))
    for sheet in (sheet for sheet in sheets if sheet not in fitting):
        report.skipped.append({"row": 0, "why": _why_not(sheet, wishes.language), "sheet": sheet.name})
    return [
        Table(book.sheets.index(sheet), sheet.name, maps[sheet.name], len(fitting) > 1) for sheet in fitting
    ]


def _why_not(sheet: Sheet, language: Language) -> str:
    if sheet.hidden:
        return Label("隐藏的工作表，未导入", "a hidden sheet, not imported").text(language)
    return Label("列与方案不符，未导入", "not imported, because its columns do not fit the playbook").text(
        language
    )


def _meanings(wishes: Wishes, ledger: ledgers.OpenLedger, playbook: Playbook) -> Mapping[str, str]:
    """What marks meant last time in this ledger, and what the user says of them now."""
    given = {mark: meaning_named(meaning, playbook) for mark, meaning in wishes.marks.items()}
    return {**remembered_marks(the_site().id, ledger.ledger_id), **given}


def _barred(tables: Sequence[Table]) -> dict[int, set[str]]:
    return {table.index: {each.column.label for each in table.columns.barred} for table in tables}


def _read(sheet: Sheet, table: Table, plan: Plan, wishes: Wishes) -> None:
    reader = RowReader(sheet, table.columns, plan.job.playbook, plan.job.today)
    filled: Counter[int] = Counter()
    before, report = plan.report.read, plan.report
    rows = _data_rows(sheet, table, reader, plan, filled, takes_hidden=wishes.takes_hidden_rows)
    while chunk := list(islice(rows, CHUNK)):
        plan.take(table, chunk)
        wishes.progress(report.read)
    report.sheets.append(
        {"name": sheet.name, "read": report.read - before, "columns": _mapped(table, report)}
    )
    report.unmapped += _unmapped(table, report, filled)
    report.barred += barred_told(table.name, table.columns, report.language)
    report.unread += [words for words in unread_told(sheet, report.language) if words not in report.unread]


def _data_rows(
    sheet: Sheet, table: Table, reader: RowReader, plan: Plan, filled: Counter[int], *, takes_hidden: bool
) -> Iterator[ReadRow]:
    unmapped = [each.column.index for each in table.columns.unmapped]
    report = plan.report
    for row in sheet.rows():
        if isinstance(row, Row):
            report.hidden_rows += row.hidden
            if row.hidden and not takes_hidden:
                report.skip(Skipped(row.number, "hidden", ""), sheet.name)
                continue
            if unmapped:
                filled.update([place for place in unmapped if row.cells[place] is not None])
            yield reader.read(row)
        else:
            report.skip(row, sheet.name)
            for one in sheet.hanging_on(row.row):
                plan.remarks.not_taken(table.named(one.cell), NO_ROW)


def _mapped(table: Table, report: Report) -> list[dict[str, str]]:
    return [
        {
            "column": each.column.letter,
            "label": each.column.label,
            "field": each.field.label.text(report.language),
        }
        for each in table.columns.mapped
    ]


def _unmapped(table: Table, report: Report, filled: Mapping[int, int]) -> list[dict[str, Any]]:
    listed = []
    for each in table.columns.unmapped:
        column = each.column
        item = {
            "sheet": table.name,
            "column": column.letter,
            "label": column.label,
            "filled": filled[column.index],
        }
        if each.left_out:
            item["left_out"] = True
        if each.taken_by is not None:
            item["taken_by"] = each.taken_by.letter
        if each.nearest is not None:
            item["nearest"] = each.nearest.label.text(report.language)
        listed.append(item)
    return listed


def _remember(book: Book, tables: Sequence[Table], job: Job, report: Report) -> None:
    """Keep the layout of the first table with rows, for exports."""
    filled = {sheet["name"] for sheet in report.sheets if sheet["read"]}
    table = next((table for table in tables if table.name in filled), None)
    if table is None:
        return
    fields = {each.column.index: each.field.key for each in table.columns.mapped}
    columns = [
        SheetColumn(column.label, fields.get(column.index, ""), column in table.columns.serials)
        for column in columns_of(table.columns)
        if column is not table.columns.own_number
    ]
    title = without_numbers(next(iter(book.sheets[table.index].titles), ""))
    remember_columns(job.site.id, job.ledger.ledger_id, title, columns, job.meanings)


def _write(plan: Plan, book: Book) -> None:
    if not plan.commands:
        return
    commands = plan.commands
    if plan.pictures.of:
        commands = list(plan.pictures.commands(book, commands))
    result = handle(commands, plan.job.actor, on_refusal="skip")
    plan.report.batch = result.batch_id
    _settle(plan, commands, result)


def _settle(plan: Plan, commands: Sequence[c.AnyCommand], result: Result) -> None:
    """Take back what the ledger refused after all, and say why."""
    made: dict[UUID, tuple[Table, int]] = {}
    refused: defaultdict[tuple[str, int], list[c.RegisterEntry]] = defaultdict(list)
    for command, outcome in zip(commands, result.outcomes, strict=True):
        if isinstance(command, c.RegisterEntry):
            assert command.origin is not None, "every registration of an import says where its row stood"
            place = plan.tables[command.origin.sheet], command.origin.row
            if outcome.refusal is None:
                made[command.entry_id] = place
            else:
                refused[command.origin.sheet, command.origin.row].append(command)
                _say_refused(plan, command, outcome.refusal, *place)
        elif isinstance(command, c.AttachEvidence):
            if outcome.refusal is not None:
                plan.report.pictures -= 1
                if command.entry_id in made:
                    plan.remarks.picture_refused(*made[command.entry_id], outcome.refusal.message)
        elif outcome.refusal is None:
            plan.report.claims_sent += 1
        elif command.entry_id in made:
            plan.remarks.claim_kept(*made[command.entry_id], outcome.refusal.message)
    registered = {(table.name, row) for table, row in made.values()}
    for row, entries in refused.items():
        _take_back(plan, entries, is_whole=row not in registered)


def _say_refused(plan: Plan, command: c.RegisterEntry, refusal: r.Refusal, table: Table, row: int) -> None:
    """With the unit, where the row becomes an entry for each of several."""
    own = command.lead_unit if plan.is_spread(command) else None
    field = plan.unit_name(own) if own is not None else ""
    text = refusal.message.text(plan.report.language)
    plan.report.errors.append(Fault(table.cell(table.first, row), field, text, (table.index, row)))


def _take_back(plan: Plan, entries: Sequence[c.RegisterEntry], *, is_whole: bool) -> None:
    """Out of the counts with these entries of one row; with the row itself where none of its entries was made."""
    report = plan.report
    report.spread -= len(entries) - is_whole
    report.registered -= is_whole
    report.refused += is_whole
    report.claimed -= is_whole and bool(entries[0].closure_claimed)
    plan.suspicious.difference_update(entry.entry_id for entry in entries)
