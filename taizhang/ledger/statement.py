"""One SQL statement that writes a whole chunk: insert CTEs over arrays, whatever its size.

Parts with nothing to write are left out, so that a click costs what it writes. The texts are few
and therefore stay prepared. A part of one row is written from scalars: over arrays, whose length no
plan knows, PostgreSQL would plan the statement anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection, RawCursor
from psycopg.errors import DivisionByZero

from taizhang.ledger import rows

STAY_COLUMNS = {
    "entry_id": "uuid",
    "n": "int",
    "ledger_id": "int",
    "stage": "text",
    "unit_id": "bigint",
    "category_id": "int",
    "due_on": "date",
    "hidden": "bool",
    "from_on": "date",
    "known_on": "date",
    "to_on": "date",
    "unknown_on": "date",
}
CONVERSIONS = {
    ("event", "source"): "source::jsonb",
    ("event", "body"): "body::jsonb",
    ("entry", "fields"): "fields::jsonb",
    ("entry", "flags"): "flags::jsonb",
    ("entry", "named_units"): "named_units::bigint[]",
    ("cell_delta", "unit_ids"): "unit_ids::bigint[]",
    ("cell_delta", "category_ids"): "category_ids::int[]",
    ("cell_delta", "n_in"): "n_in::int[]",
    ("cell_delta", "n_out"): "n_out::int[]",
    ("cell_delta", "n_shift"): "n_shift::int[]",
}


class Overtaken(Exception):
    """Somebody else wrote one of these entries between our reading and our writing; read again and retry."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One chunk ready to be written, whole or not at all, in a transaction or without one."""

    sql: str
    parameters: Sequence[Any]

    def execute(self, connection: Connection[Any]) -> None:
        """Write. Raises Overtaken where an entry has moved on; nothing is then written, and a transaction
        around it is unusable.

        A raw cursor: numbered placeholders spare psycopg a search through a statement of this length.
        """
        with RawCursor(connection) as database:
            try:
                database.execute(self.sql, self.parameters)
            except DivisionByZero:
                raise Overtaken from None


class Parts:
    """Collects the CTEs of one statement with their parameters."""

    def __init__(self, site_id: int) -> None:
        self.site_id = site_id
        self.ctes: list[str] = []
        self.parameters: list[Any] = []
        self.counts_updates = False

    def raw(self, name: str, sql: str, *parameters: Any) -> None:
        numbered = sql.format(*(self._place(parameter) for parameter in parameters))
        self.ctes.append(f"put_{name} AS ({numbered})")

    def _place(self, parameter: Any) -> str:
        self.parameters.append(parameter)
        return f"${len(self.parameters)}"

    def _given(self, table: str, columns: Mapping[str, str], values: Sequence[Sequence[Any]]) -> str:
        picked = ", ".join(CONVERSIONS.get((table, column), column) for column in columns)
        if len(values) == 1:
            given = ", ".join(
                f"{self._place(_literal(value))}::{kind} AS {column}"
                for (column, kind), value in zip(columns.items(), values[0], strict=True)
            )
            return f"SELECT {self.site_id}::smallint, {picked} FROM (SELECT {given}) AS given"
        arrays = ", ".join(
            f"{self._place(array(kind, column))}::{kind}[]"
            for kind, column in zip(columns.values(), zip(*values, strict=True), strict=True)
        )
        return (
            f"SELECT {self.site_id}::smallint, {picked} FROM unnest({arrays}) AS given ({', '.join(columns)})"
        )

    def insert(self, table: str, columns: Mapping[str, str], values: Iterable[Sequence[Any]]) -> None:
        values = list(values)
        if values:
            given = self._given(table, columns, values)
            self.ctes.append(f"put_{table} AS (INSERT INTO {table} (site_id, {', '.join(columns)}) {given})")

    def delete(self, table: str, columns: Mapping[str, str], values: Sequence[Sequence[Any]]) -> None:
        if values:
            given = self._given(table, columns, values)
            names = ", ".join(columns)
            self.ctes.append(
                f"lost_{table} (site_id, {names}) AS ({given}), cut_{table} AS (DELETE FROM {table}"
                f" WHERE (site_id, {names}) IN (SELECT * FROM lost_{table}))"
            )

    def update_entries(self, values: Sequence[Sequence[Any]], base_versions: Sequence[int]) -> None:
        if not values:
            return
        columns = {**rows.ENTRY_COLUMNS, "base_version": "int"}
        given = self._given(
            "entry", columns, [(*row, base) for row, base in zip(values, base_versions, strict=True)]
        )
        changed = [name for name in rows.ENTRY_COLUMNS if name != "entry_id"]
        self.ctes.append(
            f"now_entry (site_id, {', '.join(columns)}) AS ({given})"
            f", set_entry AS (UPDATE entry SET {', '.join(f'{name} = now_entry.{name}' for name in changed)}"
            " FROM now_entry WHERE entry.site_id = now_entry.site_id AND entry.entry_id = now_entry.entry_id"
            " AND entry.version = now_entry.base_version RETURNING 1)"
        )
        self.counts_updates = True

    def update_parties(self, values: Sequence[Sequence[Any]], *, of_lost: bool) -> None:
        """Give every party of these entries its facts; what is deleted by the same statement must not be changed
        by it as well."""
        if not values:
            return
        given = self._given("entry_party", {"entry_id": "uuid", **rows.PARTY_FACTS}, values)
        facts = ", ".join(rows.PARTY_FACTS)
        key = "entry_party.site_id, unit_id, ledger_id, entry_party.entry_id, role"
        kept = f" AND ({key}) NOT IN (SELECT * FROM lost_entry_party)" if of_lost else ""
        given_facts = ", ".join(f"now_party.{name}" for name in rows.PARTY_FACTS)
        self.ctes.append(
            f"now_party (site_id, entry_id, {facts}) AS ({given})"
            f", set_party AS (UPDATE entry_party SET ({facts}) = ROW({given_facts}) FROM now_party"
            " WHERE entry_party.site_id = now_party.site_id AND entry_party.entry_id = now_party.entry_id"
            f"{kept})"
        )

    def update_stays(self, values: Sequence[Sequence[Any]]) -> None:
        if not values:
            return
        given = self._given("stay", STAY_COLUMNS, values)
        changed = ("hidden", "to_on", "unknown_on")
        self.ctes.append(
            f"now_stay (site_id, {', '.join(STAY_COLUMNS)}) AS ({given})"
            f", set_stay AS (UPDATE stay SET {', '.join(f'{name} = now_stay.{name}' for name in changed)}"
            " FROM now_stay WHERE stay.site_id = now_stay.site_id AND stay.entry_id = now_stay.entry_id"
            " AND stay.n = now_stay.n)"
        )

    def statement(self, updates: int) -> Statement:
        """`updates`: how many entry rows must be found as they were read. Any other number divides by zero,
        so that the statement fails as a whole and needs no transaction to be taken back."""
        found = (
            f"1 / (count(*) = {self._place(updates)}::int)::int FROM set_entry"
            if self.counts_updates
            else "1"
        )
        return Statement(f"WITH {', '.join(self.ctes)} SELECT {found}", self.parameters)


def array(kind: str, values: Iterable[Any]) -> str:
    """An array in PostgreSQL's text form. By hand because a driver that adapts value by value costs
    more than everything else an import does."""
    if kind == "text":
        return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"
    if kind == "bytea":
        return (
            "{"
            + ",".join(["NULL" if value is None else '"\\\\x' + value.hex() + '"' for value in values])
            + "}"
        )
    if kind == "uuid":
        return "{" + ",".join(["NULL" if value is None else value.hex for value in values]) + "}"
    if kind == "timestamptz":
        return "{" + ",".join([f'"{value.isoformat()}"' for value in values]) + "}"
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _literal(value: Any) -> str | None:
    """One value in PostgreSQL's text form."""
    if value is None or isinstance(value, str):
        return value
    match value:
        case bytes():
            return f"\\x{value.hex()}"
        case datetime():
            return value.isoformat()
        case _:
            return str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
