"""What a sheet says without words: fill colours, text struck through, comments, pictures.

`SheetSigns` is what a scan finds, by the sheet's own rows and columns; `Signs` is what one data row of the
table says. A plain sheet costs a look for a few bytes in each piece of it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from taizhang.formats.sheet.attached import (
    Comment,
    Picture,
    comments_of,
    excel_images,
    laid_over,
    wps_images,
)
from taizhang.formats.sheet.cells import column_index
from taizhang.formats.sheet.package import Package
from taizhang.formats.sheet.refusals import Corrupt, TooLarge
from taizhang.formats.sheet.styles import Look, looks_of

T = TypeVar("T")
Unread = Literal["looks", "rules", "comments", "pictures"]
"""What could not be read: colours and lines, colours made by rules (条件格式), comments, pictures."""
Pattern = tuple[tuple[int, tuple[int, ...]], ...]
"""A row's styles that say something, each with the columns it stands in."""


@dataclass(frozen=True, slots=True)
class SheetSigns:
    """By the sheet's 1-based rows. Rows that look the same share one pattern."""

    patterns: Mapping[int, Pattern] = field(default_factory=dict)
    looks: Mapping[int, Look] = field(default_factory=dict)
    comments: Mapping[int, tuple[Comment, ...]] = field(default_factory=dict)
    pictures: Mapping[int, tuple[Picture, ...]] = field(default_factory=dict)
    unread: frozenset[Unread] = frozenset()


@dataclass(frozen=True, slots=True)
class Signs:
    """What one row says beside its values. Columns are places in `Row.cells`; comments and pictures also
    come from columns that are none of the table's."""

    colours: tuple[tuple[str, tuple[int, ...]], ...] = ()
    struck: tuple[int, ...] = ()
    comments: tuple[Comment, ...] = ()
    pictures: tuple[Picture, ...] = ()


class RowSigns:
    """The signs of a table's rows. `rows` are those there is anything to say of."""

    def __init__(self, signs: SheetSigns, places: Iterable[int]) -> None:
        self._signs, self._place_of = signs, {place: index for index, place in enumerate(places)}
        self._known: dict[Pattern, Signs] = {}
        self.rows = signs.patterns.keys() | signs.comments.keys() | signs.pictures.keys()

    def of(self, row: int) -> Signs | None:
        pattern = self._signs.patterns.get(row, ())
        found = self._known.get(pattern)
        if found is None:
            found = self._known[pattern] = self._looks(pattern)
        comments, pictures = self._signs.comments.get(row, ()), self._signs.pictures.get(row, ())
        if comments or pictures:
            return Signs(found.colours, found.struck, comments, pictures)
        return found if found.colours or found.struck else None

    def filled_by_pictures(self, row: int) -> list[int]:
        """The sheet's columns whose cell holds a picture instead of a value."""
        return [picture.column for picture in self._signs.pictures.get(row, ()) if picture.fills]

    def _looks(self, pattern: Pattern) -> Signs:
        colours: dict[str, list[int]] = {}
        struck: list[int] = []
        for style, columns in pattern:
            look = self._signs.looks[style]
            places = [self._place_of[column] for column in columns if column in self._place_of]
            if look.colour and places:
                colours.setdefault(look.colour, []).extend(places)
            if look.struck:
                struck += places
        found = tuple((colour, tuple(sorted(places))) for colour, places in colours.items())
        return Signs(found, tuple(sorted(struck)))


class PatternFinder:
    """Collects the styles of cells as they come, row by row; rows that look the same share one pattern."""

    def __init__(self) -> None:
        self._row, self._styles = 0, dict[int, list[int]]()
        self._shared: dict[Pattern, Pattern] = {}
        self._found: dict[int, Pattern] = {}

    def note(self, row: int, column: int, style: int) -> None:
        if row != self._row:
            self._settle()
            self._row = row
        self._styles.setdefault(style, []).append(column)

    def patterns(self) -> dict[int, Pattern]:
        self._settle()
        return self._found

    def _settle(self) -> None:
        if self._styles:
            pattern = self._found.get(self._row, ())
            pattern += tuple((style, tuple(columns)) for style, columns in sorted(self._styles.items()))
            self._found[self._row] = self._shared.setdefault(pattern, pattern)
            self._styles = {}


_FEW = 64
"""Styles a pattern is made to look for by number; of more it takes all, to be sifted."""
_NS = rb"(?:\w{1,32}:)?"
_PLACE = rb"[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,9})[\"'][^<>]*>"
_RICH = re.compile(rb"<" + _NS + rb"c\b(?=[^<>]*\bvm=[\"'](\d{1,9})[\"'])" + _PLACE)
_DISPIMG = re.compile(
    rb"<" + _NS + rb"c\b" + _PLACE + rb"\s{0,64}<" + _NS
    + rb"f\b[^<>]*>[^<]{0,40}DISPIMG\((?:&quot;|\")([^<&\"]{1,80})"
)  # fmt: skip


class BookSigns:
    """What the worksheets of one `.xlsx` refer to: its styles, and the pictures kept for its cells."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._unread: set[Unread] = set()
        styles = next(
            (part for kind, part in package.links("xl/workbook.xml").values() if kind == "styles"), ""
        )
        self.looks = self._read("looks", lambda: looks_of(package, styles), dict[int, Look]())
        self.wps = self._read("pictures", lambda: wps_images(package), dict[str, str]())
        self.excel = self._read("pictures", lambda: excel_images(package), dict[int, str]())

    def finder(self) -> "SignFinder":
        return SignFinder(self)

    def comments(self, sheet: str, unread: set[Unread]) -> list[Comment]:
        return self._read("comments", lambda: comments_of(self._package, sheet), [], unread)

    def pictures(self, sheet: str, unread: set[Unread]) -> list[Picture]:
        return self._read("pictures", lambda: list(laid_over(self._package, sheet)), [], unread)

    def size_of(self, part: str) -> int:
        return self._package.parts[part].file_size

    @property
    def unread(self) -> frozenset[Unread]:
        return frozenset(self._unread)

    def _read(
        self, what: Unread, read: Callable[[], T], otherwise: T, unread: set[Unread] | None = None
    ) -> T:
        """A damaged drawing is no reason to refuse the words beside it; what was not read is said."""
        try:
            return read()
        except (Corrupt, TooLarge, ValueError, IndexError):
            (self._unread if unread is None else unread).add(what)
            return otherwise


class SignFinder:
    """Looks at one worksheet, piece by piece."""

    def __init__(self, book: BookSigns) -> None:
        self._book, self._patterns = book, PatternFinder()
        self._pictures: list[Picture] = []
        self._unread: set[Unread] = set(book.unread)
        styles = sorted(book.looks, reverse=True)
        numbers = b"|".join(b"%d" % style for style in styles) if len(styles) <= _FEW else rb"\d{1,6}"
        self._needle = re.compile(rb" s=[\"'](?:" + numbers + rb")[\"']")
        self._plain = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,9})" s="(' + numbers + rb')"')
        self._any = re.compile(
            rb"<"
            + _NS
            + rb"c\b(?=[^<>]*\bs=[\"']("
            + numbers
            + rb")[\"'])[^<>]*?\br=[\"']([A-Z]{1,3})(\d{1,9})[\"']"
        )

    def look_at(self, chunk: bytes) -> None:
        if self._book.looks:
            self._note_looks(chunk)
        if self._book.excel and b"vm=" in chunk:
            for number, letters, row in _RICH.findall(chunk):
                self._note_picture(letters, row, self._book.excel.get(int(number)))
        if self._book.wps and b"DISPIMG" in chunk:
            for letters, row, name in _DISPIMG.findall(chunk):
                self._note_picture(letters, row, self._book.wps.get(name.decode("utf-8", "replace")))
        if b"conditionalFormatting" in chunk:
            self._unread.add("rules")

    def _note_looks(self, chunk: bytes) -> None:
        said = len(self._needle.findall(chunk))
        if not said:
            return
        found = self._plain.findall(chunk)
        if len(found) != said:
            found = [(letters, row, style) for style, letters, row in self._any.findall(chunk)]
        note, looks = self._patterns.note, self._book.looks
        for letters, row, style in found:
            if int(style) in looks:
                note(int(row), column_index(letters.decode()), int(style))

    def _note_picture(self, letters: bytes, row: bytes, part: str | None) -> None:
        if part is not None:
            column, size = column_index(letters.decode()), self._book.size_of(part)
            self._pictures.append(Picture(int(row), column, part, size, fills=True))

    def signs(self, sheet: str) -> SheetSigns:
        """All that was found, with what hangs on the cells of the worksheet that is this part."""
        comments = self._book.comments(sheet, self._unread)
        pictures = self._pictures + self._book.pictures(sheet, self._unread)
        return SheetSigns(
            self._patterns.patterns(), self._book.looks, _by_row(comments), _by_row(pictures), frozenset(self._unread)
        )  # fmt: skip


Hanging = TypeVar("Hanging", Comment, Picture)


def _by_row(found: Iterable[Hanging]) -> dict[int, tuple[Hanging, ...]]:
    rows: dict[int, list[Hanging]] = {}
    for one in found:
        rows.setdefault(one.row, []).append(one)
    return {row: tuple(ones) for row, ones in rows.items()}
