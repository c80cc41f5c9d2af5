"""The parsing child: `python -m taizhang.formats.sheet.child JOB`.

JOB is a JSON object (`size`, `kind`, `encoding`, `delimiter`, `head`, `memory`, `cpu`, `lifeline`). The
child takes `size` bytes of the file from standard input, answers one JSON line per sheet and a closing
`{"ready": …}`, and then, for each line `N` it reads, streams the rows of sheet N.

A parser fed a hostile file may eat memory, loop or abort; here that costs one process with nothing in its
hands but its pipes. Cells travel as JSON values, typed ones as `["d"|"s"|"t"|"e", text]`.
"""

import fcntl
import json
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import Any, Protocol

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
    ZipError,
)

from taizhang.formats.sheet.cells import clean

Merge = tuple[int, int, int, int]
_CHUNK_ROWS = 256
_CHUNK_CHARACTERS = 256 * 1024
_LARGEST_INT = 1e21
_FIELD_CHARACTERS = 1 << 20


class _Source(Protocol):
    """One sheet: its merges, 0-based (top, left, bottom, right) sorted by top, and its raw rows."""

    name: str
    hidden: bool
    merges: list[Merge]

    def rows(self) -> Iterator[list[Any]]: ...


class _BookSheet:
    def __init__(self, book: CalamineWorkbook, index: int) -> None:
        facts = book.sheets_metadata[index]
        self.name, self.hidden = facts.name, facts.visible is not SheetVisibleEnum.Visible
        self._sheet: CalamineSheet | None = None
        self.merges: list[Merge] = []
        if facts.typ == SheetTypeEnum.WorkSheet:
            self._sheet = book.get_sheet_by_index(index)
            found = self._sheet.merged_cell_ranges or []
            self.merges = sorted((top, left, bottom, right) for (top, left), (bottom, right) in found)

    def rows(self) -> Iterator[list[Any]]:
        if self._sheet is None or self._sheet.start is None:
            return
        before = [None] * self._sheet.start[
            1
        ]  # the rows above the first used one are given, the columns are not
        for row in self._sheet.iter_rows():
            yield before + row


class _TextSheet:
    name, hidden = "CSV", False

    def __init__(self, data: BytesIO, encoding: str, delimiter: str) -> None:
        self.merges: list[Merge] = []
        self._data, self._encoding, self._delimiter = data, encoding, delimiter

    def rows(self) -> Iterator[list[Any]]:
        import csv  # here, because workbooks, the common case, start faster without it

        csv.field_size_limit(_FIELD_CHARACTERS)
        self._data.seek(0)
        text = TextIOWrapper(self._data, encoding=self._encoding, newline="")
        try:
            yield from csv.reader(text, delimiter=self._delimiter)
        finally:
            text.detach()


def _number(value: float) -> Any:
    if value.is_integer():
        return int(value) if abs(value) < _LARGEST_INT else value
    if value - value != 0.0:
        return ["e", "#NUM!"]
    return value


def _duration(value: timedelta) -> str:
    """A span of `[h]:mm:ss` as the sheet shows it."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


_TYPED: dict[type, Callable[[Any], Any]] = {
    float: _number,
    date: lambda value: ["d", value.isoformat()],
    datetime: lambda value: ["s", value.isoformat()],
    time: lambda value: ["t", value.isoformat()],
    timedelta: _duration,
}


def _wire(cell: Any) -> Any:
    kind = cell.__class__
    if kind is str:
        return clean(cell) or None
    convert = _TYPED.get(kind)
    return convert(cell) if convert else cell


def _is_filled(cell: Any) -> bool:
    return not (cell is None or (cell.__class__ is str and (not cell or cell.isspace())))


def _head_of(source: _Source, rows_wanted: int) -> dict[str, Any]:
    """What layout needs to see first: the head rows, and which columns are used in rows after them."""
    rows = source.rows()
    head = [[_wire(cell) for cell in row] for row in islice(rows, rows_wanted)]
    unseen = {*range(16384)}
    used: set[int] = set()
    height = len(head)
    for row in rows:
        height += 1
        if len(row) > len(used):
            found = [column for column in unseen.intersection(range(len(row))) if _is_filled(row[column])]
            used.update(found)
            unseen.difference_update(found)
    merges = [merge for merge in source.merges if merge[0] < rows_wanted]
    return {
        "name": source.name, "hidden": source.hidden, "height": height,
        "head": head, "merges": merges, "used": sorted(used),
    }  # fmt: skip


def _chunks(source: _Source) -> Iterator[dict[str, Any]]:
    merges, next_merge = source.merges, 0
    rows: list[list[Any]] = []
    first, characters = 0, 0
    for index, raw in enumerate(source.rows()):
        row = [_wire(cell) for cell in raw]
        rows.append(row)
        characters += sum([len(cell) for cell in row if cell.__class__ is str])
        if len(rows) < _CHUNK_ROWS and characters < _CHUNK_CHARACTERS:
            continue
        begun = next_merge
        while next_merge < len(merges) and merges[next_merge][0] <= index:
            next_merge += 1
        yield {"first": first, "rows": rows, "merges": merges[begun:next_merge]}
        rows, first, characters = [], index + 1, 0
    yield {"first": first, "rows": rows, "merges": merges[next_merge:], "last": True}


def _limit(job: dict[str, Any]) -> None:
    for kind, soft, hard in (
        (resource.RLIMIT_AS, job["memory"], job["memory"]),
        (resource.RLIMIT_CPU, job["cpu"], job["cpu"] + 1),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
    ):
        most = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (_within(soft, most), _within(hard, most)))


def _within(wanted: int, most: int) -> int:
    """A limit no higher than the one already set from outside, which only root could raise."""
    return wanted if most == resource.RLIM_INFINITY else min(wanted, most)


def _die_with(lifeline: int) -> None:
    """End at once when the parent, which holds the other end, is gone, even in the middle of native code."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


def _open(job: dict[str, Any], data: BytesIO) -> list[_Source]:
    if job["kind"] == "csv":
        return [_TextSheet(data, job["encoding"], job["delimiter"])]
    book = CalamineWorkbook.from_filelike(data)
    return [_BookSheet(book, index) for index in range(len(book.sheets_metadata))]


def _send(message: dict[str, Any]) -> None:
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    sys.stdout.buffer.write(line.encode("utf-8") + b"\n")
    sys.stdout.buffer.flush()


def _serve(job: dict[str, Any]) -> None:
    data = BytesIO(sys.stdin.buffer.read(job["size"]))
    sources = _open(job, data)
    for source in sources:
        _send(_head_of(source, job["head"]))
    _send({"ready": len(sources)})
    for line in sys.stdin.buffer:
        for chunk in _chunks(sources[int(line)]):
            _send(chunk)


def main(job: dict[str, Any]) -> None:
    _die_with(job["lifeline"])
    _limit(job)
    try:
        _serve(job)
    except BrokenPipeError:
        os._exit(0)  # the parent stopped listening; a normal exit would complain of the unflushed rest
    except PasswordError:
        _send({"error": "password", "detail": ""})
    except MemoryError:
        _send({"error": "memory", "detail": ""})
    except (CalamineError, ZipError, ValueError, OSError) as error:
        _send({"error": "corrupt", "detail": str(error)[:200]})
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the native parser's, which has no importable name
            raise
        _send({"error": "corrupt", "detail": str(error)[:200]})


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
