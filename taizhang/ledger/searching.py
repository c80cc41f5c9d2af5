"""Search: an index of bigrams kept behind the log, and conditions that are right however far behind it is.

The index is no part of the write path: 200 bigrams cost more than the entry itself. `index` follows
the log by position; what has not been followed yet is read word by word, so that an entry is found
the moment it is registered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import transaction

from taizhang.core.playbook import Playbook
from taizhang.core.wording import is_storable
from taizhang.ledger import ledgers
from taizhang.ledger.database import Term, cursor

INDEXED_CHARACTERS = 400
"""How far into a text search looks; titles and summaries fit, essays need not."""
SEARCHED_KINDS = frozenset(
    {"text", "longtext", "choice", "choices", "category", "place", "unit", "units", "post"}
)
FOLLOWER = "search"
AT_ONCE = 2_000
"""Events followed in one transaction."""


def grams(texts: Iterable[str]) -> set[str]:
    """Bigrams of words and characters, lower case, as search indexes them; a lone character stands alone."""
    found: set[str] = set()
    for text in texts:
        for run in text.casefold().split():
            if len(run) == 1:
                found.add(run)
            found.update(map("".join, pairwise(run)))
    return found


def searched_texts(number: str, fields: Mapping[str, Any], playbook: Playbook) -> Iterator[str]:
    """Number and readable fields, in their stored form; a sealed value is no text there, only a reference."""
    yield number
    known = playbook.field_of
    for key, value in fields.items():
        if known[key].kind not in SEARCHED_KINDS:
            continue
        if isinstance(value, str):
            yield value[:INDEXED_CHARACTERS]
        elif isinstance(value, list):
            yield " ".join(map(str, value))[:INDEXED_CHARACTERS]


LONE_CHARACTER = (
    "(strpos(lower(entry.number || E'\\n' || entry.title), %s) > 0 OR EXISTS (SELECT 1 FROM jsonb_each(entry.fields)"
    " AS filled WHERE jsonb_typeof(filled.value) <> 'object' AND strpos(lower(filled.value #>> '{}'), %s) > 0))"
)
"""One character makes no bigram, so the rows themselves are read; what is sealed (an object) is not."""
HOLDS = "strpos(lower(entry.number || E'\\n' || entry.title || E'\\n' || entry.fields::text), %s) > 0"
"""The exact text, because bigrams also meet where the word itself does not stand."""
INDEXED = (
    "EXISTS (SELECT 1 FROM entry_search AS hit WHERE hit.site_id = entry.site_id AND hit.entry_id = entry.entry_id"
    " AND hit.grams @@ %s::tsquery)"
)
"""A plain join, so that PostgreSQL begins with whatever is less: the word's entries or those within scope."""
INDEXED_OR_BEHIND = (
    "entry.entry_id IN (SELECT entry_id FROM entry_search WHERE site_id = %s AND grams @@ %s::tsquery"
    " UNION ALL SELECT entry_id FROM entry WHERE site_id = %s AND entry_id = ANY(%s) AND {words})"
)


def terms(site_id: int, text: str) -> list[Term]:
    """The conditions under which an entry holds every word of `text`; none where it has no word."""
    if not is_storable(text):
        return [("false", [])]
    words = [word.lower() for word in text.split()]
    lone = [(LONE_CHARACTER, [word, word]) for word in words if len(word) == 1]
    longer = [word for word in words if len(word) > 1]
    return [*lone, *_found(site_id, longer)] if longer else lone


def _found(site_id: int, words: list[str]) -> Iterator[Term]:
    """Index hits of all words at once, led by the rarest, and what is not in the index yet."""
    wanted = " & ".join(
        "'" + gram.replace("\\", "\\\\").replace("'", "''") + "'" for gram in sorted(grams(words))
    )
    behind = _behind(site_id)
    if not behind:
        yield INDEXED, [wanted]
        # A word of two characters is its own bigram.
        yield from map(_holds, (word for word in words if len(word) > 2))
        return
    every = " AND ".join([LONE_CHARACTER] * len(words))
    twice = [given for word in words for given in (word, word)]
    yield INDEXED_OR_BEHIND.format(words=every), [site_id, wanted, site_id, behind, *twice]
    yield from map(_holds, words)


def _holds(word: str) -> Term:
    return HOLDS, [json.dumps(word, ensure_ascii=False)[1:-1]]


def _behind(site_id: int) -> list[UUID]:
    """Entries with events the index has not followed yet.

    Read before the search itself: what is indexed in between is then found twice, never not at all.
    """
    with cursor() as database:
        database.execute(
            "SELECT entry_id FROM leaf WHERE site_id = %s AND position > coalesce("
            "(SELECT position FROM follower WHERE site_id = %s AND name = %s), -1)"
            " UNION SELECT unnest(entry_ids) FROM outbox WHERE site_id = %s",
            (site_id, site_id, FOLLOWER, site_id),
        )
        return [row[0] for row in database]


def _followed(site_id: int) -> int:
    """The last position the index knows; -1 before the first."""
    with cursor() as database:
        database.execute(
            "SELECT position FROM follower WHERE site_id = %s AND name = %s", (site_id, FOLLOWER)
        )
        found = database.fetchone()
    return int(found[0]) if found is not None else -1


def forget(site_id: int, alias: str = "default") -> None:
    """Begin at the log's first event again, after the index was emptied."""
    with cursor(alias) as database:
        database.execute("DELETE FROM follower WHERE site_id = %s AND name = %s", (site_id, FOLLOWER))


def index(site_id: int) -> int:
    """Follow the log to its end; how many events. 0 also where another worker is at it."""
    total = 0
    while followed := _index_some(site_id):
        total += followed
    return total


def _index_some(site_id: int) -> int:
    with transaction.atomic(), cursor() as database:
        database.execute("SELECT pg_try_advisory_xact_lock(hashtext('indexer'), %s::int)", (site_id,))
        locked = database.fetchone()
        if locked is None or not locked[0]:
            return 0
        database.execute(
            "SELECT position, entry_id FROM leaf WHERE site_id = %s AND position > %s ORDER BY position LIMIT %s",
            (site_id, _followed(site_id), AT_ONCE),
        )
        events = database.fetchall()
        if events:
            _keep(site_id, {entry_id for _, entry_id in events})
            database.execute(
                "INSERT INTO follower (site_id, name, position) VALUES (%s, %s, %s)"
                " ON CONFLICT (site_id, name) DO UPDATE SET position = excluded.position",
                (site_id, FOLLOWER, events[-1][0]),
            )
    return len(events)


KEEP = """
INSERT INTO entry_search (site_id, entry_id, grams)
SELECT %(site)s, entry_id, grams
FROM (SELECT entry_id, array_to_tsvector(string_to_array(joined, E'\\x1f')) AS grams
    FROM unnest(%(ids)s::uuid[], %(grams)s::text[]) AS given (entry_id, joined)) AS made
WHERE NOT EXISTS (SELECT 1 FROM entry_search AS known
    WHERE known.site_id = %(site)s AND known.entry_id = made.entry_id AND known.grams = made.grams)
ON CONFLICT (site_id, entry_id) DO UPDATE SET grams = excluded.grams
"""


def _keep(site_id: int, entry_ids: Iterable[UUID]) -> None:
    """Index these entries as they stand now; what has not changed its words is left alone."""
    with cursor() as database:
        database.execute(
            "SELECT entry_id, number, fields, playbook_sha FROM entry WHERE site_id = %s AND entry_id = ANY(%s)",
            (site_id, list(entry_ids)),
        )
        made = {
            row[0]: "\x1f".join(grams(searched_texts(row[1], row[2], ledgers.playbook(row[3]))))
            for row in database
        }
        database.execute(KEEP, {"site": site_id, "ids": list(made), "grams": list(made.values())})
