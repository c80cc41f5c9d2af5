"""What people and posts are called: one fixed statement for all that a history speaks of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection

_NAMES = """
SELECT 'person', id, name FROM person WHERE id = ANY(%s)
UNION ALL SELECT 'post', id, name FROM post WHERE id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Called:
    """Names by number."""

    people: dict[int, str] = field(default_factory=dict)
    posts: dict[int, str] = field(default_factory=dict)


def called(people: Collection[int | None], posts: Collection[int | None]) -> Called:
    """The names of these people and posts; None among them stands for nobody."""
    found = Called()
    names = {"person": found.people, "post": found.posts}
    with connection.cursor() as database:
        database.execute(_NAMES, [_given(people), _given(posts)])
        for what, number, name in database.fetchall():
            names[what][number] = name
    return found


def _given(numbers: Collection[int | None]) -> list[int]:
    return sorted({number for number in numbers if number is not None})
