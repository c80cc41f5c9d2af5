"""Sheets into a ledger: `look` shows what an open book holds and what would become of each column, `import_book`
reads it, registers what is new and reports on the rest."""

from __future__ import annotations

from taizhang.ledger.importing.choosing import ColumnChoice
from taizhang.ledger.importing.looking import SeenColumn, SeenSheet, look
from taizhang.ledger.importing.refusals import ImportRefused
from taizhang.ledger.importing.report import Report
from taizhang.ledger.importing.run import Wishes, import_book

__all__ = [
    "ColumnChoice",
    "ImportRefused",
    "Report",
    "SeenColumn",
    "SeenSheet",
    "Wishes",
    "import_book",
    "look",
]
