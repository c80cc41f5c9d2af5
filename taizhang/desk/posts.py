"""Choosing posts: one of the lead unit answers, one of it or of a unit above oversees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from taizhang.desk.asking import Asking
from taizhang.org.posts import StaffedPost, posts_of

Part = Literal["responsible_post", "overseeing_post"]
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, slots=True)
class Choice:
    """A post and what it is called on this form: that of another unit than the leading one by its unit too."""

    post: StaffedPost
    label: str

    def is_called(self, text: str) -> bool:
        own, called = self.post.label, self.post.called
        return text in (self.label, own.zh, own.en, called.zh, called.en, *self.post.holders)


def choices(asking: Asking, part: Part, lead: int) -> list[Choice]:
    """The posts that may have this part under the lead unit, its own first and then upwards."""
    units = asking.units
    line = units.line(lead) if part == "overseeing_post" else frozenset({lead})
    found = posts_of([unit for unit in line if units.exists_on(unit, asking.today)], asking.today)
    found.sort(key=lambda post: -len(units.line(post.unit_id)))
    labels = [asking.word(post.label) for post in found]
    return [
        Choice(post, label if post.unit_id == lead else f"{units.name(post.unit_id)} {label}")
        for post, label in zip(found, labels, strict=True)
    ]


def post_options(asking: Asking, part: Part, lead: int) -> SafeString:
    """`<option>`s for a `<datalist>`: as with units, of what is within scope."""
    covered = asking.scope.unit_ids
    shown = (
        choice for choice in choices(asking, part, lead) if covered is None or choice.post.unit_id in covered
    )
    return format_html_join("", '<option value="{}"></option>', ((choice.label,) for choice in shown))


def posts_called(asking: Asking, part: Part, lead: int, text: str) -> list[Choice]:
    """Those a typed text may mean: the post by its name, or by who holds it."""
    every = choices(asking, part, lead)
    exact = [choice for choice in every if choice.label == text]
    return exact or [choice for choice in every if choice.is_called(text)]
