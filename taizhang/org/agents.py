"""From an account to the person who acts: which post, which duties, which line, which scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from taizhang.core.actor import Actor, Agent
from taizhang.core.wording import Label
from taizhang.org.models import Person
from taizhang.org.refusals import NoSite, NoSuchPerson, PostNotHeld
from taizhang.org.sites import saw, the_site, today
from taizhang.org.tree import units_at

OPERATOR_DUTIES = frozenset({"register", "appoint", "administer"})


def _holds(table: str) -> str:
    return (
        f"({table}.from_on IS NULL OR {table}.from_on <= %(on)s)"
        f" AND ({table}.to_on IS NULL OR {table}.to_on > %(on)s)"
    )


_ACCOUNT = [field.attname for field in Person._meta.concrete_fields]  # noqa: SLF001 - documented all the same

# One statement, so that a request costs one round trip for all of it, the account itself included.
_SEATS = f"""
SELECT site.version, CASE WHEN person.is_operator THEN ARRAY(SELECT id FROM unit WHERE parent_id IS NULL) END,
    held.post_id, held.name, held.name_en, held.unit_id, held.duties, held.scope_unit_id,
    {", ".join(f"person.{column}" for column in _ACCOUNT)}
FROM person
LEFT JOIN site ON true
LEFT JOIN (
    SELECT post.id AS post_id, post.name, post.name_en, post.unit_id, post.duties,
        COALESCE(post.scope_unit_id, post.unit_id) AS scope_unit_id,
        tenure.person_id, tenure.stand_in, tenure.from_on, tenure.id AS tenure_id
    FROM tenure JOIN post ON post.id = tenure.post_id JOIN unit ON unit.id = post.unit_id
    WHERE {_holds("tenure")} AND {_holds("post")} AND {_holds("unit")}
) held ON held.person_id = person.id AND NOT person.is_operator
WHERE person.id = %(person)s AND person.is_active
ORDER BY held.stand_in, held.from_on NULLS FIRST, held.tenure_id
"""


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post somebody may act in."""

    post_id: int
    name: Label
    unit_id: int
    duties: frozenset[str]
    scope_unit_id: int


@dataclass(frozen=True, slots=True)
class Seats:
    """What a person may act in on a day: posts, the one held longest first and own ones before those of others
    stood in for; or, for an operator, the whole tree (`roots`). `version` is that of the site they were read with.
    """

    person_id: int
    on: date
    version: UUID
    posts: tuple[HeldPost, ...]
    roots: frozenset[int] | None

    def agent(self, post_id: int | None = None) -> Agent:
        """The person in this post, else in the first. Raises `PostNotHeld` for one that is not theirs that day.

        Somebody without a post has no unit, no duties and sees nothing.
        """
        post = next((each for each in self.posts if post_id in (None, each.post_id)), None)
        if post is None and post_id is not None:
            raise PostNotHeld(on=self.on)
        if self.roots is not None:
            return Agent(self.person_id, duties=OPERATOR_DUTIES, scope=self.roots)
        if post is None:
            return Agent(self.person_id)
        units = units_at(self.version)
        return Agent(
            self.person_id,
            post.unit_id,
            post.post_id,
            post.duties,
            units.line(post.unit_id),
            frozenset({post.scope_unit_id}),
            units.places(post.unit_id),
        )


def seats_of(person_id: int, *, on: date) -> Seats:
    """What the person may act in on the day, by one statement. Raises `NoSuchPerson`."""
    found = _read(person_id, on)
    if not found:
        raise NoSuchPerson
    return _seats(person_id, on, found)


def agent_of(person_id: int, post_id: int | None = None, *, on: date) -> Agent:
    """The person in one post, else in the one held longest. Raises `NoSuchPerson` and `PostNotHeld`."""
    return seats_of(person_id, on=on).agent(post_id)


def account_of(person_id: int) -> Person | None:
    """The account, with what its person may act in today; None where there is none or it was closed."""
    on = today(the_site())
    found = _read(person_id, on)
    if not found:
        return None
    person = Person.from_db("default", _ACCOUNT, found[0][-len(_ACCOUNT) :])
    person.seats = _seats(person_id, on, found)
    return person


def _read(person_id: int, on: date) -> Sequence[Sequence[Any]]:
    with connection.cursor() as database:
        database.execute(_SEATS, {"person": person_id, "on": on})
        found: Sequence[Sequence[Any]] = database.fetchall()
    return found


def _seats(person_id: int, on: date, found: Sequence[Sequence[Any]]) -> Seats:
    version, roots = found[0][:2]
    if version is None:
        raise NoSite
    saw(version)
    held = (
        HeldPost(row[2], Label(row[3], row[4]), row[5], frozenset(row[6]), row[7])
        for row in found
        if row[2] is not None
    )
    # The same post may be held by two tenures.
    posts = tuple(dict.fromkeys(held))
    return Seats(person_id, on, version, posts, None if roots is None else frozenset(roots))


def operator() -> int:
    """Whose account the site was founded with, and who types what a command does. Raises NoSite."""
    found = Person.objects.filter(is_operator=True).order_by("id").values_list("id", flat=True).first()
    if found is None:
        raise NoSite
    return found


def actor_of(acting: Agent, typing: Agent | None = None) -> Actor:
    """Who acted and who typed; without the latter, one and the same."""
    return Actor(acting, typing or acting)
