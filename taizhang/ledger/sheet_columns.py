"""What the sheet last imported into a ledger was like: its columns, which an export gives back, and what its
colours meant, which the next import supposes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from taizhang.core.wording import Label
from taizhang.ledger.models import SheetColumns

OWN_NUMBER = Label("台账编号", "Ledger number")
OWN_STAGE = Label("当前环节", "Present stage")
"""The columns an export adds; an import knows them again, and they are no field's."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column by its label and what fills it: the field of this key, a row counter, or nothing the ledger holds."""

    label: str
    field: str = ""
    is_serial: bool = False


def remember_columns(
    site_id: int, ledger_id: int, title: str, columns: Sequence[SheetColumn], marks: Mapping[str, str]
) -> None:
    """Keep the layout of a sheet that was imported, in place of the one before, and what its marks meant."""
    kept = {"title": title, "columns": [asdict(column) for column in columns], "marks": dict(marks)}
    SheetColumns.objects.update_or_create(site_id=site_id, ledger_id=ledger_id, defaults=kept)


def remembered_columns(site_id: int, ledger_id: int) -> tuple[str, Sequence[SheetColumn]]:
    """Title and columns; none where no sheet was imported yet."""
    row = SheetColumns.objects.filter(site_id=site_id, ledger_id=ledger_id).first()
    return ("", ()) if row is None else (row.title, [SheetColumn(**column) for column in row.columns])


def remembered_marks(site_id: int, ledger_id: int) -> dict[str, str]:
    """What colours and struck lines meant: mark → meaning."""
    row = SheetColumns.objects.filter(site_id=site_id, ledger_id=ledger_id).first()
    return {} if row is None else row.marks
