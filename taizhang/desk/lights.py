"""How a due date stands today: a shape and a word, so that no colour is needed to read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

SOON_DAYS = 3
"""Natural days before the due date from which an entry counts as nearly due."""


@dataclass(frozen=True, slots=True)
class Light:
    """`kind` names the style; `text` says all of it."""

    kind: str
    text: str


def light(due_on: date | None, today: date, *, is_open: bool) -> Light | None:
    """None where nothing is owed any more, or no date was given."""
    if due_on is None or not is_open:
        return None
    left = (due_on - today).days
    if left < 0:
        return Light("overdue", _("■ 超期 {n} 天").format(n=-left))
    if left == 0:
        return Light("soon", _("▲ 今天到期"))
    if left <= SOON_DAYS:
        return Light("soon", _("▲ 剩 {n} 天").format(n=left))
    return Light("fine", _("● 正常"))
