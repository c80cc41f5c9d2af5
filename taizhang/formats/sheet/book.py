"""Opening a file of sheets. The one door for reading: `open_book`."""

import hashlib
from collections.abc import Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from taizhang.formats.sheet.attached import Comment, Picture
from taizhang.formats.sheet.biff import scan_xls
from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.facts import BookFacts, SheetFacts
from taizhang.formats.sheet.grid import Column, Grid, Merge, Row, Skipped
from taizhang.formats.sheet.layout import find_layout
from taizhang.formats.sheet.limits import Limits
from taizhang.formats.sheet.package import ZIP_ERRORS, Package
from taizhang.formats.sheet.refusals import Corrupt, NoSheets, NotAFile
from taizhang.formats.sheet.rows import read_rows
from taizhang.formats.sheet.scan import scan_xlsx
from taizhang.formats.sheet.sniff import Kind, Sniffed, sniff
from taizhang.formats.sheet.supervise import Child, Message, cells_of

_HASH_CHUNK = 1 << 20


class Sheet:
    """One sheet of an open book, with its layout found.

    name, hidden: as the file has them; a CSV file's one sheet is called `CSV`.
    titles: texts above the table. meta: filled-in lines above it, label → text (`填报单位` → `某局`).
    columns: the table's columns, empty when the sheet is. empty: no cell of the sheet holds anything.
    height: rows of the sheet, all kinds counted. date1904: dates count from 1904 (already allowed for).
    unread: what the sheet says without words and this reader cannot hear.
    """

    def __init__(self, book: "Book", index: int, message: Message, facts: SheetFacts, date1904: bool) -> None:
        head = [cells_of(row) for row in message["head"]]
        used = frozenset(message["used"]) | {column for row in facts.errors.values() for column in row}
        self.name: str = message["name"]
        self.hidden: bool = message["hidden"]
        self.height: int = message["height"]
        self.date1904 = date1904
        self._chunks, self._facts = partial(book.chunks, index), facts
        grid = Grid(head, [_merge(merge) for merge in message["merges"]])
        self._layout = find_layout(grid, used, facts.hidden_columns)
        self.unread = facts.signs.unread
        self.titles = self._layout.titles
        self.meta = self._layout.meta
        self.columns: tuple[Column, ...] = self._layout.columns
        self._first = [
            tuple(row[place] if place < len(row) else None for place in self._layout.places)
            for row in head[self._layout.start :]
        ]
        self.empty = not used and not any(cell is not None for row in head for cell in row)

    def rows(self) -> Generator[Row | Skipped, None, None]:
        """Every row of the sheet in order, data or the reason it is none. May be called again; streams, and
        whoever stops early closes it.

        Raises a `SheetRefused` when the parser fails after all, and ValueError when the book is closed.
        """
        if not self.empty:
            yield from read_rows(self._chunks(), self._layout, self._facts)

    def first_cells(self) -> Sequence[tuple[Cell, ...]]:
        """The table's cells of the first rows under the header, data or not, without reading on."""
        return self._first

    def hanging_on(self, row: int) -> tuple[Comment | Picture, ...]:
        """The comments and pictures on the cells of a row that is no data."""
        signs = self._facts.signs
        return (*signs.comments.get(row, ()), *signs.pictures.get(row, ()))


class Book:
    """An open file; leaving the context ends the parsing child. `sha256` is of the file's bytes, in hex."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._limits = file, limits
        self._idle: Child | None = None
        self._package: Package | None = None
        self._sniffed = sniff(file, limits)
        self.kind: Kind = self._sniffed.kind
        facts = _scan(file, self._sniffed, limits)
        self.sha256 = _sha256(file)
        self._idle, heads = self._start()
        self.sheets: tuple[Sheet, ...] = tuple(
            Sheet(self, index, head, facts.of(head["name"]), facts.date1904)
            for index, head in enumerate(heads)
        )
        if not self.sheets:
            self.close()
            raise NoSheets

    def _start(self) -> tuple[Child, list[Message]]:
        if self._file.closed:
            raise ValueError("the book is closed")
        child = Child(self._file, self._sniffed, self._limits)
        try:
            return child, child.heads()
        except BaseException:
            child.close()
            raise

    def chunks(self, sheet: int) -> Iterator[tuple[int, Sequence[list[Cell]], Sequence[Merge]]]:
        """The raw rows of a sheet by its index, as `read_rows` takes them; callers want `Sheet.rows`."""
        child, self._idle = self._idle, None
        if child is None:
            child, _ = self._start()
        try:
            for message in child.chunks(sheet):
                rows = [cells_of(row) for row in message["rows"]]
                yield message["first"], rows, [_merge(merge) for merge in message["merges"]]
        finally:
            self._give_back(child)

    def picture(self, picture: Picture) -> bytes:
        """The content of a picture that a row of one of the sheets has."""
        if self._package is None:
            self._package = Package(self._file)
        try:
            return b"".join(self._package.stream(picture.part))
        except ZIP_ERRORS as error:
            raise Corrupt(detail=f"{picture.part}: {error}") from error

    def _give_back(self, child: Child) -> None:
        """Keep one child that finished its sheet for the next; one left in the middle is of no use."""
        if child.busy or self._idle is not None or self._file.closed:
            child.close()
        else:
            self._idle = child

    def close(self) -> None:
        child, self._idle = self._idle, None
        if child is not None:
            child.close()
        if self._package is not None:
            self._package.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_book(path: Path, *, limits: Limits = Limits()) -> Book:  # noqa: B008 - frozen
    """The sheets of a file, as a context manager. Raises `SheetRefused`, or OSError if there is no file."""
    # Asked before opening, which for a pipe nobody writes to would never end; a folder is open()'s own to refuse.
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise NotAFile
    file = path.open("rb")
    try:
        return Book(file, limits)
    except BaseException:
        file.close()
        raise


def _scan(file: BinaryIO, sniffed: Sniffed, limits: Limits) -> BookFacts:
    match sniffed.kind:
        case "xlsx":
            return scan_xlsx(file, limits)
        case "xls":
            return scan_xls(sniffed.stream, limits)
        case "csv":
            return BookFacts()


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_HASH_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _merge(values: list[int]) -> Merge:
    top, left, bottom, right = values
    return top, left, bottom, right
