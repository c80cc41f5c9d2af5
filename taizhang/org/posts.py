"""Posts of units, and who holds them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from taizhang.core.units import PostSpan, covers
from taizhang.core.wording import Label, is_storable, listed
from taizhang.org.in_force import in_force
from taizhang.org.models import Post, Tenure


@dataclass(frozen=True, slots=True)
class StaffedPost:
    """A post with the names of those who hold it, stand-ins last; nobody where it is vacant."""

    post_id: int
    unit_id: int
    name: str
    name_en: str
    holders: tuple[str, ...]

    @property
    def called(self) -> Label:
        """The post alone."""
        return Label(self.name, self.name_en)

    @property
    def label(self) -> Label:
        """The post and who holds it."""
        if not self.holders:
            return self.called
        holders = listed(map(Label, self.holders))
        return Label(f"{self.name}（{holders.zh}）", f"{self.called.text('en')} ({holders.text('en')})")


def spans_of(post_ids: Collection[int]) -> dict[int, PostSpan]:
    """These posts, as far as there are any, with the days they exist."""
    if not post_ids:
        return {}
    found = Post.objects.filter(id__in=post_ids).values_list("id", "name", "unit_id", "from_on", "to_on")
    return {row[0]: PostSpan(*row) for row in found}


def posts_of(unit_ids: Collection[int], on: date) -> list[StaffedPost]:
    """The posts that exist in these units on the day, by unit and in the order they were set up."""
    return _held(Post.objects.filter(in_force(on), unit_id__in=unit_ids).order_by("unit_id", "id"), on)


def posts_by_id(post_ids: Collection[int], on: date) -> dict[int, StaffedPost]:
    """These posts, whether they still exist or not, with who holds them on the day."""
    return {post.post_id: post for post in _held(Post.objects.filter(id__in=post_ids), on)}


def stood_in_for(acted: Collection[tuple[int, int, date]]) -> dict[tuple[int, int, date], str]:
    """Of these (person, post, day) those where the person only stood in → the names of who held the post then,
    empty where nobody did. One who also held it as their own stood in for nobody."""
    if not acted:
        return {}
    rows = Tenure.objects.filter(post__in={post for _person, post, _day in acted}).order_by("id")
    held: dict[int, list[Tenure]] = {}
    for tenure in rows.select_related("person"):
        held.setdefault(tenure.post_id, []).append(tenure)
    found = {}
    for person, post, day in acted:
        on_day = [tenure for tenure in held.get(post, ()) if covers(tenure.from_on, tenure.to_on, day)]
        own = [tenure for tenure in on_day if not tenure.stand_in]
        if any(tenure.person_id == person for tenure in on_day) and all(t.person_id != person for t in own):
            found[person, post, day] = "、".join(tenure.person.name for tenure in own)
    return found


def posts_placed(
    posts: QuerySet[Post], text: str, on: date, most: int, *, exactly: bool = False
) -> list[StaffedPost]:
    """Those of these posts that exist on the day and whose unit and name, as one text, hold this one or are it."""
    if not is_storable(text):
        return []
    placed = posts.filter(in_force(on), in_force(on, "unit__")).annotate(
        **{key: _after_unit(name) for key, name in (("place", "name"), ("place_en", "name_en"))}
    )
    how = "exact" if exactly else "contains"
    meant = Q(**{f"place__{how}": text}) | Q(**{f"place_en__{how}": text})
    return _held(placed.filter(meant).order_by("unit__sort_key", "unit_id", "id")[:most], on)


def _after_unit(name: str) -> Concat:
    return Concat("unit__name", Value(" "), name, output_field=TextField())


def vacant(posts: QuerySet[Post], on: date) -> QuerySet[Post]:
    """Those of these posts that exist on the day and that nobody holds."""
    held = Tenure.objects.filter(in_force(on), post=OuterRef("pk"), person__is_active=True)
    return posts.filter(~Exists(held), in_force(on), in_force(on, "unit__"))


def _held(posts: QuerySet[Post], on: date) -> list[StaffedPost]:
    holds = Q(tenures__person__is_active=True) & in_force(on, "tenures__")
    names = ArrayAgg(
        "tenures__person__name", filter=holds, order_by=("tenures__stand_in", "tenures__id"), default=[]
    )
    rows = posts.annotate(holders=names).values_list("id", "unit_id", "name", "name_en", "holders")
    return [StaffedPost(post, unit, name, en, tuple(holders)) for post, unit, name, en, holders in rows]
