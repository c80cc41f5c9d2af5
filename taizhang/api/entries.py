"""Entries: the list of a ledger, and one entry."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import Field as Limited

from taizhang.api import paging
from taizhang.api.answers import SEALED, FieldValue, Named, Shape, Words, answer, etag
from taizhang.api.caller import caller
from taizhang.api.inputs import Given, IdOrNone, Key, ShortText, refuse_unknown
from taizhang.api.ledgers import ledger_named
from taizhang.api.problems import Problem, troubles
from taizhang.core import refusals as r
from taizhang.core.values import Flag
from taizhang.ledger import ledgers, queries
from taizhang.ledger.asking import Asking
from taizhang.ledger.queries import Filters, Listed, Order

router = Router(tags=["entries"])

MOST_AT_ONCE = 200


class ShownEntry(Shape):
    """`ledger` is its key, `stage` one of that ledger's; `flags` give the day each was set; sealed fields say only
    that they are."""

    id: UUID
    ledger: str
    version: int
    number: str
    title: str
    stage: str
    lead_unit: Named | None
    category_id: int | None
    due_on: date | None
    registered_on: date
    closure_claimed: str
    typed_for_another: int
    rework_count: int
    flags: dict[str, date]
    fields: dict[str, FieldValue]


def shown(entry: Listed, asking: Asking) -> dict[str, Any]:
    """As `ShownEntry` declares; a plain dict, because building and checking fifty models is half the cost of a list."""
    lead_unit = entry.lead_unit_id
    return {
        "id": entry.entry_id,
        "ledger": ledgers.of_entry(entry.ledger_id).key,
        "version": entry.version,
        "number": entry.number,
        "title": entry.title,
        "stage": entry.stage,
        "lead_unit": None if lead_unit is None else {"id": lead_unit, "name": asking.units.name(lead_unit)},
        "category_id": entry.category_id,
        "due_on": entry.due_on,
        "registered_on": entry.registered_on,
        "closure_claimed": entry.closure_claimed,
        "typed_for_another": entry.for_another_count,
        "rework_count": entry.rework_count,
        "flags": entry.flags,
        "fields": {key: SEALED if isinstance(raw, dict) else raw for key, raw in entry.fields.items()},
    }


class EntryPage(Shape):
    """`scope`: whose entries these are, in words. `count` is given on request; `next` is `after` of the next page."""

    scope: Words
    entries: list[ShownEntry]
    next: str | None
    count: int | None


class Asked(Given):
    """Which entries; all conditions at once. `lead_unit=0`: nobody answers yet."""

    stage: Annotated[list[Key], Limited(max_length=50)] = []
    lead_unit: Annotated[list[IdOrNone], Limited(max_length=500)] = []
    category: Annotated[list[Annotated[int, Limited(ge=0, le=2**31 - 1)]], Limited(max_length=500)] = []
    due_before: date | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    flag: Flag | None = None
    typed_for_another: bool = False
    claimed: bool | None = None
    search: Annotated[ShortText, Limited(max_length=100)] = ""
    order: Order = "registered"
    descending: bool = False
    after: Annotated[ShortText, Limited(max_length=500)] | None = None
    size: Annotated[int, Limited(ge=1, le=MOST_AT_ONCE)] = 50
    count: bool = False

    def filters(self, ledger_id: int) -> Filters:
        return Filters(
            ledger_id,
            stages=tuple(self.stage),
            lead_units=tuple(self.lead_unit) or None,
            category_ids=tuple(self.category),
            due_before=self.due_before,
            registered_from=self.registered_from,
            registered_to=self.registered_to,
            flag=self.flag or "",
            typed_for_another=self.typed_for_another,
            claimed=self.claimed,
            search=self.search,
        )


@router.get("/ledgers/{key}/entries", response={200: EntryPage, **troubles(404)}, url_name="entries")
def entries_of_a_ledger(request: HttpRequest, key: Key, asked: Query[Asked]) -> HttpResponse:
    """One page of a ledger's entries, in a stable order."""
    refuse_unknown(request, Asked.model_fields)
    asking = caller(request)
    filters = asked.filters(ledger_named(key, asking).ledger_id)
    after = paging.read(asked.after, asked.order, descending=asked.descending)
    found = queries.page(
        asking.site.id,
        asking.scope,
        filters,
        order=asked.order,
        descending=asked.descending,
        after=after,
        size=asked.size,
    )
    return answer(
        {
            "scope": Words.of(asking.scope_in_words),
            "entries": [shown(entry, asking) for entry in found.entries],
            "next": paging.written(found.after, asked.order, descending=asked.descending),
            "count": queries.count(asking.site.id, asking.scope, filters) if asked.count else None,
        }
    )


@router.get("/entries/{uuid:entry_id}", response={200: ShownEntry, **troubles(404)}, url_name="entry")
def one_entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One entry as it stands; its version is the ETag, to be sent back with a move as If-Match."""
    refuse_unknown(request, ())
    asking = caller(request)
    entry = visible(entry_id, asking)
    return answer(shown(entry, asking), ETag=etag(entry.version))


def visible(entry_id: UUID, asking: Asking) -> Listed:
    """The entry where the caller may see it. Raises Problem alike where it does not exist and where not."""
    entry = queries.by_id(asking.site.id, asking.scope, entry_id)
    if entry is None:
        raise Problem.of(r.NoSuchEntry())
    return entry
