"""How the names of units stand in a cell: compared without their dress, and several of them told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_CHINESE = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_PART = r"(牵头|主办|主责|责任|协办|协助|配合|参与|lead|assisting)(?:单位|部门)?"
_MARK = re.compile(rf"\s*\({_PART}\)\s*")
_LABEL = re.compile(rf"{_PART}:")
_LEADS = {"牵头", "主办", "主责", "lead"}
_PLAIN = {"", "责任"}
_SEPARATOR = re.compile(r"[、,;/\n\r|]+")
_GAP = re.compile(rf"(?<={_CHINESE}|\))\s+(?={_CHINESE})")


def name_key(name: str) -> str:
    """A name as it is compared: full-width folded, no white space, no case."""
    return _INVISIBLE.sub("", normalize("NFKC", name)).casefold()


def split_units(text: str) -> list[str]:
    """The names in a cell that holds several, each once: the one that leads first, those marked as helping last.

    Marks such as (牵头) are taken off, and so are labels such as 配合单位：, which hold until the next one. A gap
    between Chinese names separates them, unless single characters are merely spaced out (住 建 局). A name that
    itself contains a separator is for the caller to try whole, first.
    """
    leading: list[str] = []
    unmarked: list[str] = []
    helping: list[str] = []
    under = ""
    for piece in _pieces(normalize("NFKC", text)):
        if label := _LABEL.match(piece):
            under = label[1]
        marks = set(_MARK.findall(piece)) or {under}
        name = _MARK.sub("", _LABEL.sub("", piece, count=1)).strip()
        (leading if marks & _LEADS else unmarked if marks & _PLAIN else helping).append(name)
    return [name for name in dict.fromkeys([*leading, *unmarked, *helping]) if name]


def _pieces(text: str) -> Iterator[str]:
    for piece in _SEPARATOR.split(text):
        words = _GAP.split(piece.strip())
        if all(len(word) > 1 for word in words):
            yield from words
        else:
            yield "".join(words)
