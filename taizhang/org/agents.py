"""From an account to the person who acts: which post, which duties, which line, which scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from taizhang.core.actor import Actor, Agent
from taizhang.org.models import Person
from taizhang.org.refusals import NoSite, NoSuchPerson, PostNotHeld
from taizhang.org.sites import saw
from taizhang.org.tree import units_at

OPERATOR_DUTIES = frozenset({"register", "administer"})


def _holds(table: str) -> str:
    return (
        f"({table}.from_on IS NULL OR {table}.from_on <= %(on)s)"
        f" AND ({table}.to_on IS NULL OR {table}.to_on > %(on)s)"
    )


_HELD = f"""tenure JOIN post ON post.id = tenure.post_id JOIN unit ON unit.id = post.unit_id
    WHERE tenure.person_id = %(person)s AND {_holds("tenure")} AND {_holds("post")} AND {_holds("unit")}"""
_LONGEST_FIRST = "tenure.stand_in, tenure.from_on NULLS FIRST, tenure.id"

# One statement, so that a request costs one round trip for all of it.
_AGENT = f"""
SELECT person.is_operator, site.version, held.post_id, held.unit_id, held.duties, held.scope_unit_id,
    CASE WHEN person.is_operator THEN ARRAY(SELECT id FROM unit WHERE parent_id IS NULL) END
FROM person
LEFT JOIN site ON true
LEFT JOIN LATERAL (
    SELECT post.id AS post_id, post.unit_id, post.duties,
        COALESCE(post.scope_unit_id, post.unit_id) AS scope_unit_id
    FROM {_HELD}
      AND NOT person.is_operator AND (%(post)s::bigint IS NULL OR post.id = %(post)s::bigint)
    ORDER BY {_LONGEST_FIRST}
    LIMIT 1
) held ON true
WHERE person.id = %(person)s AND person.is_active
"""


def agent_of(person_id: int, post_id: int | None = None, *, on: date) -> Agent:
    """The person in the post held on the day, by one statement while the tree is unchanged.

    Without `post_id`: the post held longest, own posts before those of others stood in for.
    Somebody without a post has no unit, no duties and sees nothing. Raises `NoSuchPerson`, and
    `PostNotHeld` for a post that is not theirs that day.
    """
    with connection.cursor() as database:
        database.execute(_AGENT, {"person": person_id, "post": post_id, "on": on})
        found = database.fetchone()
    if found is None:
        raise NoSuchPerson
    return _agent(person_id, post_id, on, found)


def _agent(person_id: int, asked_post: int | None, on: date, found: Sequence[Any]) -> Agent:
    is_operator, version, post_id, unit_id, duties, scope_unit_id, root_ids = found
    if version is None:
        raise NoSite
    saw(version)
    if asked_post is not None and post_id is None:
        raise PostNotHeld(on=on)
    if is_operator:
        return Agent(person_id, duties=OPERATOR_DUTIES, scope=frozenset(root_ids))
    if post_id is None:
        return Agent(person_id)
    units = units_at(version)
    return Agent(
        person_id,
        unit_id,
        post_id,
        frozenset(duties),
        units.line(unit_id),
        frozenset({scope_unit_id}),
        units.places(unit_id),
    )


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post somebody may act in."""

    post_id: int
    name: str
    unit_id: int


def posts_held(person_id: int, *, on: date) -> list[HeldPost]:
    """Every post of a person that day; the first is the one `agent_of` takes where none is asked for."""
    with connection.cursor() as database:
        database.execute(
            f"SELECT post.id, post.name, post.unit_id FROM {_HELD} ORDER BY {_LONGEST_FIRST}",
            {"person": person_id, "on": on},
        )
        return list(dict.fromkeys(HeldPost(*row) for row in database.fetchall()))


def operator() -> int:
    """Whose account the site was founded with, and who types what a command does. Raises NoSite."""
    found = Person.objects.filter(is_operator=True).order_by("id").values_list("id", flat=True).first()
    if found is None:
        raise NoSite
    return found


def actor_of(acting: Agent, typing: Agent | None = None) -> Actor:
    """Who acted and who typed; without the latter, one and the same."""
    return Actor(acting, typing or acting)
