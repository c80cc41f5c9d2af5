"""Imports: a sheet of an office into a ledger, tried first where so asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile
from pydantic import Field as Limited

from taizhang.api.answers import Shape, answer
from taizhang.api.caller import caller
from taizhang.api.inputs import Given, Key, ShortText, refuse, refuse_unknown, refuse_unknown_members
from taizhang.api.ledgers import ledger_named
from taizhang.api.problems import Problem, troubles
from taizhang.core.wording import Label, Language, is_storable
from taizhang.formats.sheet.book import open_book
from taizhang.formats.sheet.refusals import SheetRefused
from taizhang.ledger.asking import Asking
from taizhang.ledger.importing import ColumnChoice, ImportRefused, Report, Wishes, import_book
from taizhang.ledger.importing.refusals import MayNotImport, MayNotTakePersonal
from taizhang.ledger.ledgers import OpenLedger

router = Router(tags=["ledgers"])

Column = Annotated[ShortText, Limited(min_length=2)]


class Wish(Given):
    """How the file is to be taken. `map`: `column=field`, as often as needed; `column=` leaves it out. `mark`:
    `colour=meaning`, a stage, a flag or nothing, by the names of `marks` in the answer. `hidden`: whether hidden rows
    and columns come in. `take_personal`: `column=reason`, why a column about persons is taken into a sealed field;
    an administrator's to say. `claims`: closures the sheet claims are kept as claims, or sent to verification at
    once."""

    dry_run: bool = False
    sheet: ShortText = ""
    map: Annotated[list[Column], Limited(max_length=500)] = []
    mark: Annotated[list[Column], Limited(max_length=100)] = []
    hidden: Literal["take", "leave"] = "take"
    take_personal: Annotated[list[Column], Limited(max_length=100)] = []
    claims: Literal["keep", "verify"] = "keep"
    language: Language = "zh"


class FaultInCell(Shape):
    cell: str
    field: str
    message: str


class Imported(Shape):
    """`read` = `registered` + `unchanged` + `changed` + `refused`; the lists name cells as the sheet does. `spread`:
    entries beyond one for each row, where a row becomes one for each of several units."""

    read: int
    registered: int
    unchanged: int
    changed: int
    refused: int
    suspicious: int
    claimed: int
    claims_sent: int
    spread: int
    dry_run: bool
    batch: UUID | None
    errors: list[FaultInCell]
    suspicions: list[dict[str, Any]]
    several: list[dict[str, Any]]
    notes: list[dict[str, Any]]
    skipped: list[dict[str, Any]]
    unmapped: list[dict[str, Any]]
    sheets: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    barred: list[dict[str, Any]]
    unread: list[str]
    remarks: int
    pictures: int
    hidden_rows: int


@router.post("/ledgers/{key}/import", response={200: Imported, **troubles(404, 413)}, url_name="imports")
def import_a_sheet(
    request: HttpRequest, key: Key, wish: Form[Wish], file: File[UploadedFile]
) -> HttpResponse:
    """Register what is new in a sheet, and say of every row what became of it."""
    refuse_unknown(request, ())
    refuse_unknown_members(request, Wish.model_fields)
    asking = caller(request)
    ledger = ledger_named(key, asking)
    return answer(_imported(file, ledger, asking, wish))


def _imported(file: UploadedFile, ledger: OpenLedger, asking: Asking, wish: Wish) -> Imported:
    name = file.name or ""
    if not is_storable(name):
        raise refuse(
            "body.file", "not_storable", Label("文件名中有无法保存的字符", "its name cannot be stored")
        )
    wishes = Wishes(
        columns=ColumnChoice(
            given=dict(_assignment(one, "map") for one in wish.map),
            reasons=dict(_assignment(one, "take_personal") for one in wish.take_personal),
            takes_hidden=wish.hidden == "take",
        ),
        marks=dict(_assignment(one, "mark") for one in wish.mark),
        takes_hidden_rows=wish.hidden == "take",
        sheet=wish.sheet,
        sends_claims=wish.claims == "verify",
        dry_run=wish.dry_run,
        language=wish.language,
    )
    try:
        report = _read(file, name, ledger, asking, wishes)
    except SheetRefused as refused:
        raise refuse("body.file", refused.code, Label(refused.zh, refused.en)) from None
    except (MayNotImport, MayNotTakePersonal) as refused:
        raise Problem(403, refused.code, refused.message) from None
    except ImportRefused as refused:
        raise refuse("body.file", refused.code, refused.message) from None
    return _told(report)


def _read(file: UploadedFile, name: str, ledger: OpenLedger, asking: Asking, wishes: Wishes) -> Report:
    """The parser runs in a process of its own and needs a file it can open."""
    with NamedTemporaryFile(prefix="taizhang-import-") as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        with open_book(Path(kept.name)) as book:
            return import_book(book, name, ledger, asking.actor, wishes)


_FORMS = {
    "map": Label("须写成“列=字段”", "write it as column=field"),
    "mark": Label("须写成“颜色=含义”", "write it as colour=meaning"),
    "take_personal": Label("须写成“列=理由”", "write it as column=reason"),
}


def _assignment(given: str, name: str) -> tuple[str, str]:
    parts = given.partition("=") if name == "take_personal" else given.rpartition("=")
    left, equals, right = (part.strip() for part in parts)
    if not (left and equals):
        raise refuse(f"body.{name}", "invalid", _FORMS[name])
    return left, right


def _told(report: Report) -> Imported:
    told: Mapping[str, Any] = report.as_json()
    return Imported.model_validate({name: told[name] for name in Imported.model_fields})
