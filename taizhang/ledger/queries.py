"""Reading entries: lists by keyset, counts, search, one entry with its time line. All under one visibility rule.

Reads outside this module do not exist; every function takes the scope of who is asking.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

from taizhang.core.entry import Entry, replay
from taizhang.core.events import Recorded
from taizhang.ledger import ledgers, rows, searching, store
from taizhang.ledger.database import Term, cursor
from taizhang.ledger.visibility import Scope

Order = Literal["registered", "due", "title", "number"]
ORDERS: dict[Order, str] = {"registered": "", "due": "due_on", "title": "sort_key", "number": "number"}
"""Order → the column before `entry_id`; every order ends in the entry's id and has exactly that index."""
PLANNED_ANEW = False
"""Whether a statement is prepared whose best plan hangs on what it is asked: a scope of two units or of two hundred,
a word of three entries or of half of them. PostgreSQL would settle for one plan after five, and that for good."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries: all given conditions at once."""

    ledger_id: int
    stages: tuple[str, ...] = ()
    lead_units: tuple[int, ...] | None = None
    category_ids: tuple[int, ...] = ()
    responsible_post: int | None = None
    overseeing_post: int | None = None
    due_before: date | None = None
    due_from: date | None = None
    registered_from: date | None = None
    registered_to: date | None = None
    flag: str = ""
    typed_for_another: bool = False
    claimed: bool | None = None
    sent_back: bool = False
    """Handed back by a unit, or failed a verification."""
    without_accusations: bool = False
    """As the cells count: what is flagged 检举控告 is left out."""
    search: str = ""

    @property
    def is_of_parties(self) -> bool:
        """Whether all of it stands with an entry's parties, so that no entry need be read to know which these are."""
        posts = self.responsible_post is not None or self.overseeing_post is not None
        rare = (self.flag, self.typed_for_another, self.claimed is not None, self.sent_back, self.search)
        return not posts and not any(rare)

    def condition(self, of: str = "entry") -> Term:
        """SQL over the table `entry`, or over `party` where all of it stands there; without the search, which is
        `searching`'s."""
        terms: list[str] = [f"{of}.ledger_id = %s"]
        parameters: list[Any] = [self.ledger_id]

        def add(term: str, *given: Any) -> None:
            terms.append(term)
            parameters.extend(given)

        if self.stages:
            add(f"{of}.stage = ANY(%s)", list(self.stages))
        if self.lead_units is not None:
            add(f"coalesce({of}.lead_unit_id, 0) = ANY(%s)", list(self.lead_units))
        if self.category_ids:
            add(f"coalesce({of}.category_id, 0) = ANY(%s)", list(self.category_ids))
        if self.due_before is not None:
            add(f"{of}.due_on < %s", self.due_before)
        if self.due_from is not None:
            add(f"{of}.due_on >= %s", self.due_from)
        if self.registered_from is not None:
            add(f"{of}.registered_on >= %s", self.registered_from)
        if self.registered_to is not None:
            add(f"{of}.registered_on <= %s", self.registered_to)
        if self.without_accusations:
            add("NOT party.accusation" if of == "party" else "NOT entry.flags ? 'accusation'")
        if not self.is_of_parties:
            self._rare(add)
        return " AND ".join(terms), parameters

    def _rare(self, add: Callable[..., None]) -> None:
        if self.responsible_post is not None:
            add("entry.responsible_post_id = %s", self.responsible_post)
        if self.overseeing_post is not None:
            add("entry.overseeing_post_id = %s", self.overseeing_post)
        if self.flag:
            add("entry.flags ? %s", self.flag)
        if self.typed_for_another:
            add("entry.for_another_count > 0")
        if self.claimed is not None:
            add("entry.closure_claimed <> ''" if self.claimed else "entry.closure_claimed = ''")
        if self.sent_back:
            add(
                "(entry.rework_count > 0 OR EXISTS (SELECT 1 FROM event WHERE event.site_id = entry.site_id"
                " AND event.entry_id = entry.entry_id AND event.kind = 'EntryReturned'))"
            )


class Listed(NamedTuple):
    """One entry as a list shows it: a row, named."""

    entry_id: UUID
    ledger_id: int
    version: int
    number: str
    title: str
    stage: str
    lead_unit_id: int | None
    category_id: int | None
    due_on: date | None
    registered_on: date
    closure_claimed: str
    for_another_count: int
    rework_count: int
    flags: Mapping[str, str]
    fields: Mapping[str, Any]
    playbook_sha: str
    order_value: Any = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries and where the next page begins (None: there is none)."""

    entries: tuple[Listed, ...]
    after: tuple[Any, UUID] | None


LISTED = (
    "entry.entry_id, entry.ledger_id, entry.version, entry.number, entry.title, entry.stage, entry.lead_unit_id,"
    " entry.category_id, entry.due_on, entry.registered_on, entry.closure_claimed, entry.for_another_count,"
    " entry.rework_count, entry.flags, entry.fields, entry.playbook_sha"
)


def page(
    site_id: int,
    scope: Scope,
    filters: Filters,
    *,
    order: Order = "registered",
    descending: bool = False,
    after: tuple[Any, UUID] | None = None,
    size: int = 50,
) -> Page:
    """One page by keyset: stable while rows are added, as quick on the last page as on the first.

    In order of the due date, entries without one are left to the other orders.
    """
    column, way = ORDERS[order], "DESC" if descending else "ASC"
    ordered = f"entry.{column} {way}, entry.entry_id {way}" if column else f"entry.entry_id {way}"
    ids = _first_ids(site_id, scope, filters, column, after, way, size + 1)
    if ids is None:
        where, given = _all(
            [*_conditions(site_id, filters), *_from("entry", column, after, way), scope.condition()]
        )
    else:
        where, given = f"entry.entry_id = ANY (ARRAY({ids[0]}))", ids[1]
    with cursor() as database:
        database.execute(
            f"SELECT {LISTED}, {'entry.' + column if column else 'NULL'} FROM entry"
            f" WHERE entry.site_id = %s AND {where} ORDER BY {ordered} LIMIT {size + 1}",
            [site_id, *given],
            prepare=PLANNED_ANEW if ids is None else None,
        )
        found = list(map(Listed._make, database))
    shown = found[:size]
    more = len(found) > size
    return Page(tuple(shown), (shown[-1].order_value, shown[-1].entry_id) if more else None)


def _first_ids(
    site_id: int,
    scope: Scope,
    filters: Filters,
    column: str,
    after: tuple[Any, UUID] | None,
    way: str,
    most: int,
) -> Term | None:
    """The ids of a page where the parties of a few units tell which these are; None where they do not."""
    if column not in ("", "due_on") or not filters.is_of_parties:
        return None
    only = _all([filters.condition("party"), *_from("party", column, after, way)])
    return scope.first_ids(site_id, filters.ledger_id, only, column, way, most)


def _from(of: str, column: str, after: tuple[Any, UUID] | None, way: str) -> Iterator[Term]:
    """Behind this place in the order, and where there is a value to order by."""
    if column == "due_on":
        yield f"{of}.due_on IS NOT NULL", []
    if after is None:
        return
    sign = "<" if way == "DESC" else ">"
    if column:
        yield f"({of}.{column}, {of}.entry_id) {sign} (%s, %s)", [*after]
    else:
        yield f"{of}.entry_id {sign} %s", [after[1]]


def each(site_id: int, scope: Scope, filters: Filters, *, size: int = 2_000) -> Iterator[Listed]:
    """Every entry in order of registration, page by page: for exports."""
    after: tuple[Any, UUID] | None = None
    while True:
        found = page(site_id, scope, filters, after=after, size=size)
        yield from found.entries
        if found.after is None:
            return
        after = found.after


def count(site_id: int, scope: Scope, filters: Filters) -> int:
    """How many entries, exactly."""
    return counts(site_id, scope, {"": filters})[""]


def counts(site_id: int, scope: Scope, wanted: Mapping[str, Filters]) -> dict[str, int]:
    """Several counts at once, by one statement; the names are the caller's."""
    if not wanted:
        return {}
    counted, parameters = [], []
    for filters in wanted.values():
        sql, given = _counted(site_id, scope, filters)
        counted.append(f"({sql})")
        parameters += given
    with cursor() as database:
        database.execute(f"SELECT {', '.join(counted)}", parameters, prepare=PLANNED_ANEW)
        found = database.fetchone()
    assert found is not None
    return dict(zip(wanted, map(int, found), strict=True))


def _counted(site_id: int, scope: Scope, filters: Filters) -> Term:
    if filters.is_of_parties and scope.unit_ids is not None:
        ids, given = scope.ids(site_id, filters.ledger_id, filters.condition("party"))
        return f"SELECT count(*) FROM ({ids}) AS seen", given
    where, given = _all([*_conditions(site_id, filters), scope.condition()])
    return f"SELECT count(*) FROM entry WHERE entry.site_id = %s AND {where}", [site_id, *given]


def category_ids(site_id: int, path: str) -> tuple[int, ...]:
    """The numbers of a category and of all below it; (-1,), which no entry has, where none is known yet."""
    with cursor() as database:
        database.execute(
            "SELECT category_id FROM category WHERE site_id = %s AND (path = %s OR starts_with(path, %s))",
            [site_id, path, f"{path}/"],
        )
        return tuple(row[0] for row in database) or (-1,)


def by_id(site_id: int, scope: Scope, entry_id: UUID) -> Listed | None:
    """One entry; None alike where it does not exist and where it may not be seen."""
    term, given = scope.condition()
    with cursor() as database:
        database.execute(
            f"SELECT {LISTED} FROM entry WHERE entry.site_id = %s AND entry.entry_id = %s AND {term}",
            [site_id, entry_id, *given],
        )
        found = database.fetchone()
    return Listed(*found) if found is not None else None


def by_number(site_id: int, scope: Scope, ledger_id: int, number: str) -> Listed | None:
    """The entry of this number in a ledger, under the same rule."""
    term, given = scope.condition()
    with cursor() as database:
        database.execute(
            f"SELECT {LISTED} FROM entry WHERE entry.site_id = %s AND entry.ledger_id = %s AND entry.number = %s"
            f" AND {term} ORDER BY entry.entry_id LIMIT 1",
            [site_id, ledger_id, number, *given],
        )
        found = database.fetchone()
    return Listed(*found) if found is not None else None


def time_line(site_id: int, scope: Scope, entry_id: UUID) -> Sequence[Recorded]:
    """Everything that happened to the entry, oldest first; empty where it may not be seen."""
    return store.histories(site_id, [entry_id], seen=scope.condition()).get(entry_id, ())


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry with all that happened to it, and what lists call it."""

    entry: Entry
    history: Sequence[Recorded]
    title: str


def seen(site_id: int, scope: Scope, entry_id: UUID) -> Seen | None:
    """The entry as its history has it; None where it may not be seen."""
    history = time_line(site_id, scope, entry_id)
    entry = replay(history)
    if entry is None:
        return None
    return Seen(entry, history, rows.title_of(entry, ledgers.playbook(entry.playbook_sha)))


def present(site_id: int, entry_ids: Collection[UUID]) -> dict[UUID, Entry]:
    """The parts of a split entry as they stand, for deciding on the whole: under no scope of their own."""
    if not entry_ids:
        return {}
    histories = store.histories(site_id, entry_ids).values()
    return {entry.entry_id: entry for entry in map(replay, histories) if entry is not None}


def _conditions(site_id: int, filters: Filters) -> list[Term]:
    return [filters.condition(), *searching.terms(site_id, filters.search)]


def _all(terms: Iterable[Term]) -> Term:
    """All of these conditions at once."""
    terms = list(terms)
    return " AND ".join(sql for sql, _ in terms), [value for _, given in terms for value in given]
