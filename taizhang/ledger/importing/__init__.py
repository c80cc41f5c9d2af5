"""Sheets into a ledger: `import_book` reads an open book, registers what is new and reports on the rest."""

from __future__ import annotations

from taizhang.ledger.importing.refusals import ImportRefused
from taizhang.ledger.importing.report import Report
from taizhang.ledger.importing.run import Wishes, import_book

__all__ = ["ImportRefused", "Report", "Wishes", "import_book"]
