"""What people ask a web server for, at random: the requests of the benchmark `web`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from bench.entries import CATEGORIES, registration
from bench.history import WEEKS
from bench.office import Office
from bench.visitors import Request

COMMON = (
    "路灯", "积水", "垃圾", "井盖", "消防通道", "电线", "裂缝", "水压", "河道", "护栏", "施工队", "巡查",
)  # fmt: skip
"""Words of a fifth to a half of all entries."""
STAGES = ("registered", "assigned", "mending", "reported", "verified", "struck")
ORDERS = {"registered": 70, "due": 15, "title": 8, "number": 7}
"""Of a hundred lists, how many are in which order: most are left as they come."""
FILTERED = 0.5
"""Share of lists that are filtered; the others show everything within scope."""
FIRST_PAGE = 0.3
"""Share of lists that begin at the beginning; the others go on from a random entry."""


PLACES = 2_000
"""Entries to choose from; a page of any of them is as good as another."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: an entry and its value in each order."""

    entry_id: UUID
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list, as either door may be asked for it."""

    order: str
    descending: bool
    after: Place | None
    conditions: dict[str, Any]


class Traffic:
    """Requests of somebody who sees the entries in which these units have a part."""

    def __init__(self, office: Office, units: Sequence[int], dice: Random) -> None:
        self._office, self._units, self._dice, self._key = office, units, dice, office.ledger.key
        self._places = _places(units, dice)
        self._serials = count(dice.randrange(10**6, 10**7))

    def lists(self, wanted: int) -> list[Request]:
        return [self._page(self._listing()) for _ in range(wanted)]

    def json_lists(self, wanted: int, **more: str) -> list[Request]:
        return [self._json(self._listing(), **more) for _ in range(wanted)]

    def entries(self, wanted: int) -> list[Request]:
        return [Request(f"/entries/{self._place().entry_id}/") for _ in range(wanted)]

    def json_entries(self, wanted: int) -> list[Request]:
        return [Request(f"/api/entries/{self._place().entry_id}") for _ in range(wanted)]

    def boards(self, wanted: int) -> list[Request]:
        """Of any unit within scope."""
        units = (self._dice.choice(self._units) for _ in range(wanted))
        return [Request.of(f"/ledgers/{self._key}/board/", {"unit": unit}) for unit in units]

    def json_boards(self, wanted: int) -> list[Request]:
        """Half of today, half of past days."""
        return [
            Request.of(f"/api/ledgers/{self._key}/board", {"as_of": self._day()} if n % 2 else {})
            for n in range(wanted)
        ]

    def searches(self, wanted: int, *vocabularies: Sequence[str]) -> list[Request]:
        """One word of each vocabulary."""
        words = (" ".join(map(self._dice.choice, vocabularies)) for _ in range(wanted))
        return [Request.of(f"/ledgers/{self._key}/", {"q": text}) for text in words]

    def creations(self, wanted: int) -> list[Request]:
        return [self._creation(next(self._serials)) for _ in range(wanted)]

    def _creation(self, n: int) -> Request:
        made = registration(n, self._office.ledger.ledger_id, self._office.names, self._office.today)
        fields = {key: [*value] if isinstance(value, tuple) else value for key, value in made.fields.items()}
        return Request(f"/api/ledgers/{self._key}/entries", {"fields": fields})

    def _listing(self) -> Listing:
        dice = self._dice
        (order,) = dice.choices(list(ORDERS), list(ORDERS.values()))
        after = None if dice.random() < FIRST_PAGE else self._place()
        if order == "due" and after is not None and after.values["due"] is None:
            after = None
        conditions = self._conditions() if dice.random() < FILTERED else {}
        return Listing(order, dice.random() < 0.5, after, conditions)

    def _conditions(self) -> dict[str, Any]:
        dice = self._dice
        return dice.choice(
            (
                {"stage": dice.choice(STAGES)},
                {"category": dice.choice(CATEGORIES)},
                {"overdue": True},
                {"registered_from": self._day()},
            )
        )

    def _page(self, listing: Listing) -> Request:
        from taizhang.desk.wishes import cursor_text

        query = {"order": ("-" if listing.descending else "") + listing.order}
        if listing.after is not None:
            query["after"] = cursor_text((listing.after.values[listing.order], listing.after.entry_id))
        names = {"registered_from": "from"}
        for name, value in listing.conditions.items():
            query |= {"due": "overdue"} if name == "overdue" else {names.get(name, name): value}
        return Request.of(f"/ledgers/{self._key}/", query)

    def _json(self, listing: Listing, **more: str) -> Request:
        from taizhang.api import paging
        from taizhang.ledger import queries

        query: dict[str, Any] = {"order": listing.order, "descending": listing.descending, **more}
        if listing.after is not None:
            place = listing.after.values[listing.order], listing.after.entry_id
            query["after"] = paging.written(place, listing.order, descending=listing.descending)  # type: ignore[arg-type]
        for name, value in listing.conditions.items():
            match name:
                case "overdue":
                    query |= {"due_before": self._office.today, "stage": STAGES[:-1]}
                case "category":
                    query["category"] = queries.category_ids(self._office.site.id, value)
                case _:
                    query[name] = value
        return Request.of(f"/api/ledgers/{self._key}/entries", query)

    def _place(self) -> Place:
        return self._dice.choice(self._places)

    def _day(self) -> date:
        return self._office.today - timedelta(days=self._dice.randrange(7 * WEEKS))


def _places(units: Sequence[int], dice: Random) -> list[Place]:
    """Random entries in which one of the units has a part."""
    from taizhang.ledger.models import EntryParty, EntryRow

    seen = EntryParty.objects.filter(unit_id__in=units).values_list("entry_id", flat=True).distinct()
    chosen = dice.sample(found := sorted(seen), min(len(found), PLACES))
    rows = EntryRow.objects.filter(entry_id__in=chosen).values_list(
        "entry_id", "due_on", "sort_key", "number"
    )
    return [
        Place(entry_id, {"registered": None, "due": due_on, "title": sort_key, "number": number})
        for entry_id, due_on, sort_key, number in rows
    ]
