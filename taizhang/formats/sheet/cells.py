"""What a cell may hold, and the clean-up every text goes through."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell whose formula failed (`#REF!`, `#DIV/0!` …) or was never worked out (`UNCALCULATED`)."""

    code: str

    def __str__(self) -> str:
        return self.code


Cell = None | str | int | float | bool | date | datetime | time | CellError

UNCALCULATED = "#UNCALCULATED"
"""A formula stored without a result, as programs write it. Opening and saving the file cures it."""

_TO_CLEAN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\ufeff]")
_REMOVED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\ufeff]")
_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_SPACE_BY_WIDE = re.compile(f"(?<=[{_WIDE}]) | (?=[{_WIDE}])")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d{2}")

EXACT_DIGITS = 15
"""Excel keeps 15 significant digits of a number; the 16th and later ones are zeros it made up."""
_FIRST_INEXACT = 1_000_000_000_000_000


def clean(text: str) -> str:
    """Text without outer white space (full-width too), NUL, control and direction marks; inner lines stay."""
    if _TO_CLEAN.search(text):
        text = _LINE_END.sub("\n", text).replace("\t", " ")
        text = _REMOVED.sub("", text)
    return text.strip()


def label(text: str) -> str:
    """A header label as one line: no white space beside Chinese characters, single spaces elsewhere."""
    return _SPACE_BY_WIDE.sub("", _SPACE.sub(" ", clean(text)))


def squeezed(text: str) -> str:
    """Text without any white space, for comparing words offices space out (`合　　计`)."""
    return _SPACE.sub("", text)


def column_letter(index: int) -> str:
    """Sheet letters of a 0-based column: 0 → A, 25 → Z, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """0-based column of sheet letters, in either case: A → 0, AA → 26."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def is_damaged_id(cell: Cell) -> bool:
    """Whether a card or account number lost its last digits by being typed into Excel as a number."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float):
        return abs(cell) >= _FIRST_INEXACT
    if not isinstance(cell, str) or not _SCIENTIFIC.fullmatch(cell):
        return False
    return int(cell.lower().partition("e")[2]) >= EXACT_DIGITS
