"""`import`: an .xlsx of fifteen columns through the door, beside a raw COPY of the same final rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from bench.entries import HEADER, cells
from bench.machine import Cost, measured, summed
from bench.office import Office
from bench.report import Benchmark, Report

SHEETS = Path(__file__).parent / "results"
BASE = date(2026, 6, 1)
"""The cached sheet's dates count from here, so that it need not be made anew."""
ROWS_A_SECOND, SHARE_OF_COPY = 6_000, 1 / 3
COPIED = ("event", "entry", "entry_party", "stay", "sealed", "entry_search")
"""Where the rows of an import end up, the search index included."""
COPIES = 3
"""How often the COPY is tried; the fastest counts, which is the hardest to keep up with."""
BLOCK = 256 * 1024


def run(office: Office, sizes: Sequence[int], report: Report) -> None:
    size = sizes[0]
    sheet = _sheet(size, office.names)
    imported = _import(sheet, office, report)
    report.rows.append(imported.row("import", rows=size, **_speed(size, imported)))
    with measured() as after:
        office.follow()
    report.rows.append(after.row("seal, pack, index", rows=size))
    office.settle()
    copies = {table: _best_copy(table) for table in COPIED}
    for table, cost in copies.items():
        report.rows.append(cost.row(f"COPY {table}", rows=size, **_speed(size, cost)))
    raw, whole = summed(copies.values()), summed([imported, after])
    report.rows.append(raw.row("COPY of all these", rows=size, **_speed(size, raw)))
    report.want("rows/s of the import", size / imported.wall, least=ROWS_A_SECOND)
    report.want("import and index as a share of that COPY", raw.wall / whole.wall, least=SHARE_OF_COPY)
    report.want("the same by CPU of both sides", raw.cpu / whole.cpu, least=SHARE_OF_COPY)


def _speed(size: int, cost: Cost) -> dict[str, int]:
    return {"rows/s": round(size / cost.wall), "rows/CPU s": round(size / cost.cpu)}


def _sheet(size: int, units: Sequence[str]) -> Path:
    """The sheet of this size, made when it is not there yet."""
    import xlsxwriter

    path = SHEETS / f"sheet-{size}.xlsx"
    if path.exists():
        return path
    SHEETS.mkdir(exist_ok=True)
    draft = path.with_suffix(".part")
    with xlsxwriter.Workbook(
        str(draft), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    ) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, HEADER)
        for n in range(size):
            sheet.write_row(n + 1, 0, cells(n, units, BASE))
    return draft.rename(path)


def _import(sheet: Path, office: Office, report: Report) -> Cost:
    """From opening the file to the report on it. Raises where a row was not registered."""
    from taizhang.formats.sheet.book import open_book
    from taizhang.ledger.importing import Wishes, import_book

    with measured() as cost, report.profiled(), open_book(sheet) as book:
        done = import_book(book, sheet.name, office.ledger, office.desk, Wishes())
    if done.registered != done.read or done.errors:
        raise ValueError(f"{done.registered} of {done.read} rows registered: {done.errors[:1]}")
    return cost


def _best_copy(table: str) -> Cost:
    """COPY all rows of a table into a copy with all its indexes and constraints, from text made beforehand."""
    from taizhang.ledger.database import raw_connection

    owner = raw_connection("owner")
    with owner.cursor() as database, database.copy(f"COPY {table} TO STDOUT") as out:
        blocks = list(_blocks(out))
    costs = []
    for _ in range(COPIES):
        owner.execute(f"CREATE TABLE bench_copy (LIKE {table} INCLUDING ALL)")
        with (
            measured() as cost,
            owner.cursor() as database,
            database.copy("COPY bench_copy FROM STDIN") as into,
        ):
            for block in blocks:
                into.write(block)
        costs.append(cost)
        owner.execute("DROP TABLE bench_copy")
    return min(costs, key=lambda cost: cost.wall)


def _blocks(rows: Iterable[bytes | bytearray | memoryview]) -> Iterator[bytes]:
    """Rows joined, so that handing them over costs next to nothing."""
    joined = bytearray()
    for row in rows:
        joined += row
        if len(joined) > BLOCK:
            yield bytes(joined)
            joined.clear()
    yield bytes(joined)


BENCHMARK = Benchmark("import", "rows/s and memory of importing a sheet, beside a raw COPY", (100_000,), run)
