"""The prefecture: its units, the posts in them and the people who hold them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import product
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from taizhang.core.wording import Label
from taizhang.org.founding import NewUnit, add_people, add_posts, add_units, appoint_all
from taizhang.org.models import Person, Post, Tenure, Unit
from taizhang.org.reorganise import Reorganised, merge

PASSWORD = "yanshi-2026"  # noqa: S105 - of accounts that exist in demo sites only, and is printed there
DESK = "承办岗"
ENDINGS = ("街道", "镇", "乡")


@cache
def source() -> dict[str, Any]:
    """`prefecture.toml`."""
    return tomllib.loads((files("taizhang.demo") / "prefecture.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Account:
    """An account to sign in with: who holds it, in which post, and what it is for."""

    username: str
    name: str
    unit: str
    post: str
    about: Label


@dataclass(frozen=True, slots=True)
class Place:
    """A township with its county: where an entry plays."""

    unit: int
    name: str
    county: int
    county_name: str

    @property
    def stem(self) -> str:
        """The name without what kind of township it is; what is there is named after it."""
        return next((self.name.removesuffix(end) for end in ENDINGS if self.name.endswith(end)), self.name)


@dataclass(slots=True)
class Prefecture:
    """Units by their full names, places, and who holds the desks. `handlers`: unit → person."""

    city: str
    root: int
    units: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    handlers: dict[int, int] = field(default_factory=dict)
    by_duty: dict[str, list[int]] = field(default_factory=dict)
    replaced: dict[int, int] = field(default_factory=dict)

    def now(self, unit: int) -> int:
        """The unit that stands in this one's place after the merger."""
        return self.replaced.get(unit, unit)

    def department(self, line: str, county_name: str = "") -> int | None:
        return self.units.get((county_name or self.city) + line)


def found(city: str, root: int, dice: Random) -> Prefecture:
    """Found every unit below the root, and give every desk to somebody."""
    made = Prefecture(city, root, {city: root}, {root: city})
    _found_units(made)
    people = _names(dice)
    _staff_desks(made, people, dice)
    _staff_accounts(made, people)
    return made


def _found_units(made: Prefecture) -> None:
    given = source()
    departments = given["departments"]
    offices = dict.fromkeys(row["unit"] for row in given["account"] + given["colleague"])
    own = [
        made.city + name for name in (*offices, *departments["city"]) if name not in ("town", "department")
    ]
    new = [NewUnit(name, made.root, short_name=name.replace(made.city, "市", 1)) for name in own]
    towns: list[tuple[NewUnit, NewUnit]] = []
    for row in given["county"]:
        county = NewUnit(row["name"], made.root)
        new.append(county)
        new += [NewUnit(row["name"] + name, county, short_name=name) for name in departments["county"]]
        for name in row["towns"]:
            towns.append((NewUnit(row["name"] + name, county, short_name=name), county))
    new += [town for town, _ in towns]
    stored = dict(zip(new, add_units(new), strict=True))
    for unit in stored.values():
        _know(made, unit)
    for town, county in towns:
        made.places.append(Place(stored[town].id, town.short_name, stored[county].id, county.name))


def _know(made: Prefecture, unit: Unit) -> None:
    made.units[unit.name] = unit.id
    made.names[unit.id] = unit.name


def _names(dice: Random) -> Iterator[str]:
    given = source()["names"]
    names = [family + own for family, own in product(given["family"], given["given"])]
    dice.shuffle(names)
    return iter(names)


def _staff_desks(made: Prefecture, people: Iterator[str], dice: Random) -> None:
    """One who works on entries in every township and department; the first of each kind is an account."""
    dice.shuffle(made.places)
    towns = [place.unit for place in made.places]
    counties = {place.county for place in made.places}
    others = [unit for unit in made.names if unit not in {made.root, *counties, *towns}]
    first = made.department(source()["departments"]["city"][0])
    assert first is not None
    chosen = {"town": towns[0], "department": first}
    named = {chosen[row["unit"]]: row for row in source()["account"] if row["unit"] in chosen}
    desks = [*towns, *others]
    posts = add_posts(Post(unit_id=unit, name=DESK, duties=["handle"]) for unit in desks)
    holders = [_person(named[unit]["username"] if unit in named else f"ban{unit}", people) for unit in desks]
    add_people(holders)
    appoint_all(Tenure(person=person, post=post) for person, post in zip(holders, posts, strict=True))
    made.handlers = {unit: person.id for unit, person in zip(desks, holders, strict=True)}


def _staff_accounts(made: Prefecture, people: Iterator[str]) -> None:
    """The city's own posts: they see everything at and below the city."""
    rows = [row for row in source()["account"] if row["unit"] not in ("town", "department")]
    for row in [*rows, *_colleagues()]:
        unit = made.units[made.city + row["unit"]]
        post = add_posts(
            [Post(unit_id=unit, name=row["post"], duties=row["duties"], scope_unit_id=made.root)]
        )[0]
        person = add_people([_person(row["username"], people)])[0]
        appoint_all([Tenure(person=person, post=post)])
        for duty in row["duties"]:
            made.by_duty.setdefault(duty, []).append(person.id)


def _colleagues() -> Iterable[dict[str, Any]]:
    for row in source()["colleague"]:
        for n in range(row["count"]):
            yield {**row, "username": f"{row['duties'][0]}{n + 2}"}


@cache
def _hashed() -> str:
    """One hash for all accounts: making one is slow on purpose."""
    return make_password(PASSWORD)


def _person(username: str, people: Iterator[str]) -> Person:
    return Person(username=username, name=next(people), password=_hashed())


def merge_townships(made: Prefecture, on: date) -> Reorganised:
    """Two townships become one, and their people go along."""
    given = source()["merger"]
    old = [made.units[name] for name in given["units"]]
    place = next(place for place in made.places if place.unit == old[0])
    done = merge(old, NewUnit(place.county_name + given["into"], place.county, short_name=given["into"]), on)
    successor = done.successors[old[0]][0]
    _know(made, Unit.objects.get(id=successor))
    posts = add_posts(Post(unit_id=successor, name=DESK, duties=["handle"], from_on=on) for _ in old)
    appoint_all(
        Tenure(person_id=made.handlers[unit], post=post, from_on=on)
        for unit, post in zip(old, posts, strict=True)
    )
    made.handlers[successor] = made.handlers[old[0]]
    made.replaced = dict.fromkeys(old, successor)
    here = Place(successor, given["into"], place.county, place.county_name)
    made.places = [here if item.unit in old else item for item in made.places]
    return done
