"""How an account stands: one word for each person, by which lists also filter."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from taizhang.org.models import Person, Tenure

State = Literal["closed", "left", "expired", "waiting", "none", "active"]
"""Closed by an administrator; without a post today or later; its one-time password ran out, or waits to be
used; never given one; none of these. The first that holds counts."""


def in_state(people: QuerySet[Person], state: str) -> QuerySet[Person]:
    """Those of `with_state`'s people that stand so."""
    return people.filter(Q(state=state))


def with_state(people: QuerySet[Person], now: datetime) -> QuerySet[Person]:
    """The same people, each with a `state`."""
    seats = Tenure.objects.filter(person=OuterRef("pk")).exclude(to_on__lte=now.date())
    stands = Case(
        When(is_active=False, then=Value("closed")),
        When(~Exists(seats), is_operator=False, then=Value("left")),
        When(one_time_until__lt=now, then=Value("expired")),
        When(one_time_until__isnull=False, then=Value("waiting")),
        When(Q(password__startswith=UNUSABLE_PASSWORD_PREFIX), then=Value("none")),
        default=Value("active"),
    )
    return people.annotate(state=stands)  # type: ignore[no-redef]  # declared there for who reads it
