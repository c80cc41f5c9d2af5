"""Which dated rows hold on a day: `from_on` is included, `to_on` excluded, none means open."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def in_force(day: date, prefix: str = "") -> Q:
    """The condition; `prefix` leads to the dated row of another table (`post__`)."""
    begun = Q(**{f"{prefix}from_on__isnull": True}) | Q(**{f"{prefix}from_on__lte": day})
    not_over = Q(**{f"{prefix}to_on__isnull": True}) | Q(**{f"{prefix}to_on__gt": day})
    return begun & not_over
