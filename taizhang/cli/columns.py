"""Columns that stand straight on a terminal, where a Chinese character is two cells wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import combining, east_asian_width

GAP = "  "


def width(text: str) -> int:
    """Terminal cells the text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def padded(text: str, cells: int, *, right: bool = False) -> str:
    """The text filled up with blanks; longer text is left whole."""
    blanks = " " * (cells - width(text))
    return blanks + text if right else text + blanks


def table(rows: Iterable[Sequence[object]]) -> list[str]:
    """Rows as lines with aligned columns; whole numbers are set to the right, under their heading."""
    rows = [list(row) for row in rows]
    if not rows:
        return []
    texts = [[" ".join(str(cell).split()) for cell in row] for row in rows]
    numbers = [any(isinstance(cell, int) for cell in column) for column in zip(*rows, strict=True)]
    widths = [max(map(width, column)) for column in zip(*texts, strict=True)]
    return [
        GAP.join(
            padded(text, cells, right=right) for text, cells, right in zip(row, widths, numbers, strict=True)
        ).rstrip()
        for row in texts
    ]
