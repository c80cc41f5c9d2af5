"""One-time passwords (一次性口令): made for who cannot be sent one, printed on a slip, and good for one thing:
choosing a password of one's own. The clear text lives in the slip alone; what is stored is its hash."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password

from taizhang.org.models import Person

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""No 0, O, 1, l, I, o or i: a slip is read from paper."""
GROUPS, LENGTH = 3, 4
VALID_DAYS = 14


class OneTimeHasher(PBKDF2PasswordHasher):
    """For what is random: guessing one of 31¹² fails at any speed, while the hash that protects the passwords
    people think up would take minutes for the accounts of one sheet."""

    algorithm = "one_time"
    iterations = 10_000


@dataclass(frozen=True, slots=True)
class Slip:
    """What is printed once for one person (口令条)."""

    name: str
    username: str
    staff_number: str
    place: str
    password: str
    until: datetime


def issue(person: Person, now: datetime, place: str = "") -> Slip:
    """Give the account a new one-time password, without storing the account. Whoever is signed in with the
    old password is signed out by it; `place` is the unit and post the slip names."""
    password = "-".join("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS))
    person.password = make_password(plain(password), hasher=OneTimeHasher.algorithm)
    person.one_time_until = now + timedelta(days=VALID_DAYS)
    return Slip(
        person.name, person.username, person.staff_number or "", place, password, person.one_time_until
    )


def plain(typed: str) -> str:
    """A one-time password as it is hashed, however it was typed: with its strokes or without, in capitals."""
    return "".join(typed.split()).replace("-", "").lower()
