"""Registrations (登记): how an entry comes onto a ledger through the API. One address with the list of entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from pydantic import Field as Limited

from taizhang.api.answers import answer, etag
from taizhang.api.caller import caller
from taizhang.api.contents import Contents, read_contents
from taizhang.api.entries import router
from taizhang.api.inputs import Given, Id, Key, ShortText, refuse, refuse_unknown
from taizhang.api.ledgers import ledger_named
from taizhang.api.problems import troubles
from taizhang.api.writing import GivenSource, KeyHeader, Written, carry_out
from taizhang.core import commands as c
from taizhang.core.playbook import Playbook
from taizhang.core.values import Flag, Value
from taizhang.core.wording import Label
from taizhang.ledger import ledgers
from taizhang.ledger.asking import Asking
from taizhang.ledger.identity import new_id
from taizhang.org.cell_units import CellReader
from taizhang.org.matching import UnitNames
from taizhang.org.spellings import settled

Units = Annotated[list[Id], Limited(max_length=100)]


class Registration(Given):
    """`fields`: content by field key. Where `lead_unit` or `due_on` is not given, the field that stands for it
    counts. `acted_by`: the person this is recorded for (代录), which needs a `source`."""

    fields: Contents
    lead_unit: Id | None = None
    assisting_units: Units = []
    due_on: date | None = None
    closure_claimed: ShortText = ""
    flags: Annotated[list[Flag], Limited(max_length=5)] = []
    named_units: Units = []
    occurred_on: date | None = None
    source: GivenSource | None = None
    acted_by: Id | None = None


@router.post("/ledgers/{key}/entries", response={201: Written, **troubles(404, 409, 413)})
def register(
    request: HttpRequest, key: Key, given: Registration, idempotency_key: KeyHeader = None
) -> HttpResponse:
    """Put an entry on the ledger."""
    refuse_unknown(request, ())
    asking = caller(request)
    ledger = ledger_named(key, asking)
    playbook = ledgers.playbook(ledger.playbook_sha)
    read = read_contents(given.fields, playbook, asking.today, "body.fields")
    values = {name: value for name, value in read.values.items() if value is not None}
    command = _command(given, ledger.ledger_id, values, playbook, _reader(values, playbook, asking))
    done = carry_out(command, asking, idempotency_key, acted_by=given.acted_by, remarks=read.remarks)
    return answer(done, 201, ETag=etag(done.version), Location=reverse("api:entry", args=[done.id]))


def _command(
    given: Registration, ledger_id: int, values: Mapping[str, Value], playbook: Playbook, reader: CellReader
) -> c.RegisterEntry:
    return c.RegisterEntry(
        entry_id=new_id(),
        ledger_id=ledger_id,
        fields=values,
        lead_unit=given.lead_unit or _unit_in(values, playbook, reader),
        assisting_units=tuple(given.assisting_units),
        due_on=given.due_on or _day_in(values, playbook),
        closure_claimed=given.closure_claimed,
        flags=tuple(given.flags),
        named_units=tuple(given.named_units),
        occurred_on=given.occurred_on,
        source=given.source.plain() if given.source is not None else None,
    )


def _reader(values: Mapping[str, Value], playbook: Playbook, asking: Asking) -> CellReader:
    """Reads the lead unit's name as an import would: as it was settled, else as it is called."""
    item = playbook.field_standing_for("lead_unit")
    text = values.get(item.key) if item is not None else None
    answers = settled([text]) if isinstance(text, str) else {}
    return CellReader(UnitNames.of(asking.units), answers=answers, units=asking.units, day=asking.today)


def _unit_in(values: Mapping[str, Value], playbook: Playbook, reader: CellReader) -> int | None:
    """The unit the field that stands for the lead unit names. Raises Problem where it names none."""
    item = playbook.field_standing_for("lead_unit")
    text = values.get(item.key) if item is not None else None
    if item is None or not isinstance(text, str):
        return None
    unit = reader.unit(text)
    if unit is None:
        near = reader.names.nearest(text)
        zh = "没有这个单位" + (f"；是否：{'、'.join(near)}" if near else "")
        en = "there is no such unit" + (f"; near it: {', '.join(near)}" if near else "")
        raise refuse(f"body.fields.{item.key}", "unit_unknown", Label(zh, en))
    return unit


def _day_in(values: Mapping[str, Value], playbook: Playbook) -> date | None:
    """The day of the field that stands for the due date; words that name no day were refused in reading."""
    item = playbook.field_standing_for("due_on")
    text = values.get(item.key) if item is not None else None
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None
