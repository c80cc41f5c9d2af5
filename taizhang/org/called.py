"""What people and posts are called: one fixed statement for all that a history speaks of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connection

from taizhang.core.wording import Label

_NAMES = """
SELECT id, name, NULL, false FROM person WHERE id = ANY(%(people)s)
UNION ALL SELECT id, name, name_en,
    EXISTS (SELECT 1 FROM tenure WHERE tenure.post_id = post.id AND tenure.stand_in)
FROM post WHERE id = ANY(%(posts)s)
"""


@dataclass(frozen=True, slots=True)
class Called:
    """Names by number; and those of the posts somebody stood in for at some time."""

    people: dict[int, str] = field(default_factory=dict)
    posts: dict[int, Label] = field(default_factory=dict)
    stood_in_for: set[int] = field(default_factory=set)


def called(people: Collection[int | None], posts: Collection[int | None]) -> Called:
    """The names of these people and posts; None among them stands for nobody."""
    found = Called()
    with connection.cursor() as database:
        database.execute(_NAMES, {"people": _given(people), "posts": _given(posts)})
        for number, name, name_en, stood_in_for in database.fetchall():
            if name_en is None:
                found.people[number] = name
                continue
            found.posts[number] = Label(name, name_en)
            if stood_in_for:
                found.stood_in_for.add(number)
    return found


def _given(numbers: Collection[int | None]) -> list[int]:
    return sorted({number for number in numbers if number is not None})
