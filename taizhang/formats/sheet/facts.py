"""What a pre-scan learns of a sheet that the parser does not tell, and the size no sheet may exceed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from taizhang.formats.sheet.cells import column_letter
from taizhang.formats.sheet.limits import Limits
from taizhang.formats.sheet.refusals import FarCell, TooLarge
from taizhang.formats.sheet.signs import SheetSigns

_FAR_AREA = 2_000_000
_FAR_EMPTINESS = 50
"""A large area this many times larger than its cells is nearly empty: a stray cell, not a large table."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Hidden rows (1-based, as the sheet shows them), hidden columns (0-based), failed formulas, and what the
    sheet says without words.

    `errors` maps a 1-based row to its {0-based column: error code}; the parser reads these cells as empty.
    """

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    errors: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    signs: SheetSigns = field(default_factory=SheetSigns)


@dataclass(frozen=True, slots=True)
class BookFacts:
    """`sheets` is keyed by sheet name; a sheet the scan found nothing odd in may be absent."""

    date1904: bool = False
    sheets: Mapping[str, SheetFacts] = field(default_factory=dict)

    def of(self, name: str) -> SheetFacts:
        return self.sheets.get(name, _NOTHING)


_NOTHING = SheetFacts()


def check_area(sheet: str, rows: int, columns: int, cells: int, limits: Limits) -> None:
    """Refuse a used area a parser would have to hold in full. Raises `FarCell` or `TooLarge`."""
    area = rows * columns
    is_wide = columns > limits.columns
    if (area > _FAR_AREA or is_wide) and area > _FAR_EMPTINESS * max(1, cells):
        raise FarCell(sheet=sheet, cell=f"{column_letter(columns - 1)}{rows}")
    if area > limits.cells or is_wide:
        raise TooLarge(detail=f"{rows} 行 × {columns} 列 / rows × columns")
