"""What a pre-scan learns of a sheet that the parser does not tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """Hidden rows (1-based, as the sheet shows them), hidden columns (0-based), and failed formulas.

    `errors` maps a 1-based row to its {0-based column: error code}; the parser reads these cells as empty.
    """

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    errors: Mapping[int, Mapping[int, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BookFacts:
    """`sheets` is keyed by sheet name; a sheet the scan found nothing odd in may be absent."""

    date1904: bool = False
    sheets: Mapping[str, SheetFacts] = field(default_factory=dict)

    def of(self, name: str) -> SheetFacts:
        return self.sheets.get(name, _NOTHING)


_NOTHING = SheetFacts()
