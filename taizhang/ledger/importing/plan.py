"""Deciding row by row what an import does: register, leave as it is, or give back with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache, partial
from uuid import UUID

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.core.playbook import CLAIMED_STAGE, Playbook
from taizhang.core.values import CellRemark, RowOrigin, Source
from taizhang.core.wording import Label, Language
from taizhang.formats.sheet.attached import Picture
from taizhang.formats.sheet.grid import Column
from taizhang.ledger.identity import new_id
from taizhang.ledger.importing.comparing import Comparison
from taizhang.ledger.importing.hanging import Pictures, pictures_of, remarks_of
from taizhang.ledger.importing.identity import Identities, RowIdentity, unit_of
from taizhang.ledger.importing.known import KnownRow, KnownRows
from taizhang.ledger.importing.mapping import ColumnMap
from taizhang.ledger.importing.marks import Marks, Said
from taizhang.ledger.importing.personal import without_numbers
from taizhang.ledger.importing.remarks import Remarks
from taizhang.ledger.importing.report import Fault, Report
from taizhang.ledger.importing.rows import ReadRow, columns_of, squeezed
from taizhang.ledger.importing.starting import Start, starting
from taizhang.ledger.importing.units import UnitFinder
from taizhang.ledger.ledgers import OpenLedger
from taizhang.org.models import Site

_SHEET = Source("sheet")
TAKEN_BECAUSE = Label("导入“{column}”列的理由：{reason}", "column “{column}” was taken because: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One import: of which file into which ledger, for whom, on which day."""

    site: Site
    ledger: OpenLedger
    playbook: Playbook
    actor: Actor
    file: str
    today: date
    language: Language
    sends_claims: bool
    meanings: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """One sheet of the file that is imported: its place in the book, its name and its columns."""

    index: int
    name: str
    columns: ColumnMap
    in_cells: bool

    @cached_property
    def first(self) -> Column:
        return columns_of(self.columns)[0]

    def cell(self, column: Column, row: int) -> str:
        return self.named(f"{column.letter}{row}")

    def cell_under(self, label: str, row: int) -> str:
        """A cell by its column's label; of the first column where none is called so."""
        labelled = (column for column in columns_of(self.columns) if column.label == label)
        return self.cell(next(labelled, self.first), row)

    def named(self, cell: str) -> str:
        return f"{self.name}!{cell}" if self.in_cells else cell


@dataclass(slots=True)
class Plan:
    """The commands of one file and the report on it, filled chunk by chunk."""

    job: Job
    report: Report
    commands: list[c.AnyCommand] = field(default_factory=list)
    suspicious: set[UUID] = field(default_factory=set)
    tables: dict[str, Table] = field(default_factory=dict)
    pictures: Pictures = field(default_factory=Pictures)
    remarks: Remarks = field(init=False)
    marks: Marks = field(init=False)
    _units: UnitFinder = field(init=False)
    _identities: Identities = field(init=False)
    _known: KnownRows = field(init=False)
    _first: dict[bytes, tuple[bytes, str]] = field(default_factory=dict)
    _closed_words: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        job = self.job
        self._units = UnitFinder(job.playbook)
        self._identities = Identities(job.playbook)
        self._known = KnownRows(job.site.id, job.ledger.ledger_id, job.actor)
        self._closed_words = frozenset(map(squeezed, job.playbook.sheet.closed_words))
        self.remarks = Remarks(self.report, self._units.reader.names, job.playbook)
        self.marks = Marks(job.playbook, job.meanings, job.language)

    def take(self, table: Table, rows: Sequence[ReadRow]) -> None:
        """Decide on a chunk of rows of one table."""
        self.tables[table.name] = table
        self.report.read += len(rows)
        for row in rows:
            if row.marks:
                self.marks.note(row.marks, partial(table.cell_under, row=row.number), self._title(row))
        ours = self._known.numbers({row.own_number for row in rows if row.own_number})
        good = [row for row in rows if not self._refuses(table, row, ours)]
        identities = [self._identities.of(row) for row in good]
        known = self._known.of(identities)
        compare = Comparison(table.columns, self.job.language, table.first)
        for place, (row, identity) in enumerate(zip(good, identities, strict=True)):
            self._decide(table, row, identity, known.get(place), compare)

    def _refuses(self, table: Table, row: ReadRow, ours: set[str]) -> bool:
        if row.own_number in ours:
            message = Label(
                f"这一行是从本台账导出的（编号 {row.own_number}），不重复登记",
                f"this row was exported from this ledger (number {row.own_number}); not registered again",
            )
            column = table.columns.own_number or table.first
            self._refuse([(table.cell(column, row.number), "", message)], table, row)
        elif row.errors:
            language = self.job.language
            self._refuse(
                [
                    (table.cell(mapped.column, row.number), mapped.field.label.text(language), message)
                    for mapped, message in row.errors
                ],
                table,
                row,
            )
        else:
            return False
        return True

    def _refuse(self, faults: Sequence[tuple[str, str, Label]], table: Table, row: ReadRow) -> None:
        self.report.refused += 1
        self._list(faults, table, row)

    def _list(self, faults: Sequence[tuple[str, str, Label]], table: Table, row: ReadRow) -> None:
        place = table.index, row.number
        self.report.errors += [
            Fault(cell, field, message.text(self.job.language), place) for cell, field, message in faults
        ]

    def _decide(
        self, table: Table, row: ReadRow, identity: RowIdentity, known: KnownRow | None, compare: Comparison
    ) -> None:
        digest, first_cell = self._first.get(identity.key, (identity.digest, ""))
        # Without declared keys every row has one of its own, and there is nothing to remember.
        key_cell = self._key_cell(table, row) if self._identities.are_declared else ""
        if digest != identity.digest:
            message = Label(
                f"与 {first_cell} 同一标识而内容不同，未登记；请确定以哪一行为准",
                f"has the key of {first_cell} with other contents; not registered, settle on one of them",
            )
            self._refuse([(key_cell, self._key_label(), message)], table, row)
            return
        if key_cell and not first_cell:
            self._first[identity.key] = identity.digest, key_cell
        if known is not None:
            self._compare(table, row, compare.of(row, identity, known))
            self.remarks.missing(table, row, self._not_yet(row, known))
            if row.signs is not None and (row.signs.comments or row.signs.pictures):
                self.remarks.of_known_row(table, row.number)
        elif first_cell:
            self.report.unchanged += 1
            self.remarks.repeated(key_cell, first_cell)
        else:
            self._register(table, row, identity)

    def _compare(self, table: Table, row: ReadRow, found: Sequence[tuple[Column, str, Label]]) -> None:
        if not found:
            self.report.unchanged += 1
            return
        self.report.changed += 1
        faults = [(table.cell(column, row.number), label, message) for column, label, message in found]
        self._list(faults, table, row)

    def _key_cell(self, table: Table, row: ReadRow) -> str:
        key = self.job.playbook.sheet.key[0]
        column = table.columns.column_of(self.job.playbook.field_of[key])
        return table.cell(column or table.first, row.number)

    def _key_label(self) -> str:
        playbook = self.job.playbook
        return "、".join(playbook.field_of[key].label.text(self.job.language) for key in playbook.sheet.key)

    def is_spread(self, command: c.RegisterEntry) -> bool:
        """Whether its row becomes an entry for each of several units."""
        return command.origin is not None and unit_of(bytes.fromhex(command.origin.digest)) is not None

    def unit_name(self, unit_id: int) -> str:
        return self._units.reader.names.label(unit_id)

    def _not_yet(self, row: ReadRow, known: KnownRow) -> list[int]:
        """Units the row would become an entry each for today and has none of; nor has one whose place they took."""
        if not known.units:
            return []
        reader = self._units.reader
        return [unit for unit in self._units.of(row).each if not reader.units.places(unit) & known.units]

    def _register(self, table: Table, row: ReadRow, identity: RowIdentity) -> None:
        units = self._units.of(row)
        said = self.marks.said(row.marks)
        start = starting(
            row, units.each[0] if units.each else units.lead, said, self._claim(row), self.job.playbook
        )
        remarks, pictures = self._hanging(table, row, start)
        whole: list[tuple[int | None, bytes]] = [(units.lead, identity.digest)]
        made = [
            replace(
                self._registration(table, row, start, lead, identity.key, digest),
                assisting_units=units.assisting,
                flags=said.flags,
                remarks=remarks,
                source=_source(row, said, table.columns, self.job.language),
            )
            for lead, digest in [(unit, identity.digest_for(unit)) for unit in units.each] or whole
        ]
        self.commands += made
        if pictures:
            self.pictures.of |= dict.fromkeys((one.entry_id for one in made), pictures)
            self.report.pictures += len(pictures) * len(made)
        self.report.registered += 1
        self.report.spread += len(made) - 1
        if start.claim:
            self.report.claimed += 1
            if self.job.sends_claims:
                self.commands += [
                    c.SendClaimToVerification(entry_id=one.entry_id, source=_SHEET) for one in made
                ]
        if self.remarks.of_row(table, row, units, start.doubt):
            self.suspicious.add(made[0].entry_id)

    def _registration(
        self, table: Table, row: ReadRow, start: Start, lead: int | None, key: bytes, digest: bytes
    ) -> c.RegisterEntry:
        return c.RegisterEntry(
            entry_id=new_id(),
            ledger_id=self.job.ledger.ledger_id,
            fields=row.fields,
            lead_unit=lead,
            due_on=self._due_on(row),
            closure_claimed=start.claim,
            stage=start.stage,
            origin=RowOrigin(key.hex(), digest.hex(), self.job.file, table.name, row.number, row.hidden),
        )

    def _hanging(
        self, table: Table, row: ReadRow, start: Start
    ) -> tuple[tuple[CellRemark, ...], list[Picture]]:
        """The remarks on the row, and the pictures its entries take as evidence."""
        if row.signs is None or not (row.signs.comments or row.signs.pictures):
            return (), []
        stage = CLAIMED_STAGE if start.claim else start.stage or self.job.playbook.first_stage
        remarks, unsaid = remarks_of(row.signs.comments, table.columns)
        pictures, unseen = pictures_of(row.signs.pictures, stage, self.job.playbook, self.job.actor)
        self.report.remarks += len(remarks)
        for cell, why in (*unsaid, *unseen):
            self.remarks.not_taken(table.named(cell), why)
        return remarks, pictures

    def _title(self, row: ReadRow) -> str:
        title = self.job.playbook.field_standing_for("title")
        return str(row.fields.get(title.key, "")) if title is not None else ""

    def _claim(self, row: ReadRow) -> str:
        """The row's own words for being closed, where the playbook takes them so."""
        closure = self.job.playbook.field_standing_for("closure")
        value = row.fields.get(closure.key) if closure is not None else None
        if value is None or isinstance(value, tuple):
            return ""
        text = ("否", "是")[value] if isinstance(value, bool) else str(value)
        return text if squeezed(text) in self._closed_words else ""

    def _due_on(self, row: ReadRow) -> date | None:
        due = self.job.playbook.field_standing_for("due_on")
        value = row.fields.get(due.key) if due is not None else None
        return _day(value) if isinstance(value, str) else None


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    """The day of a date or moment; other text standing for one (a field of kind text) names none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _source(row: ReadRow, said: Said, columns: ColumnMap, language: Language) -> Source:
    """A sheet, with what no value holds: words beside one (立行立改), what a colour was said to mean, and why a
    column about persons was taken."""
    if not (row.said or said.words or columns.admitted):
        return _SHEET
    notes = [f"{mapped.field.label.text(language)}：{text}" for mapped, text in row.said]
    notes += [said.words] if said.words else []
    for mapped in columns.mapped:
        reason = columns.admitted.get(mapped.column.index)
        if reason and mapped.field.key in row.fields:
            notes.append(TAKEN_BECAUSE.text(language).format(column=mapped.column.label, reason=reason))
    return Source("sheet", without_numbers("；".join(notes))) if notes else _SHEET
