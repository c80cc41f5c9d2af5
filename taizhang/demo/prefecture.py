"""The prefecture: its units, the posts in them and the people who hold them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import product
from random import Random
from typing import Any

from django.contrib.auth.hashers import make_password

from taizhang.core.wording import Label
from taizhang.demo.scene import Scene
from taizhang.org.founding import NewUnit, add_people, add_posts, add_units, appoint_all
from taizhang.org.models import Person, Post, Tenure, Unit
from taizhang.org.reorganise import Reorganised, merge

OFFICES_OF_THEIR_OWN = ("city", "county", "town", "department")
"""Where an account's unit is none that is founded for it: the city itself, or the county, township and department
that have the most to do."""


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
    """A township with its county: where an entry plays. What is there is named after its `stem`,
    the name without what kind of township it is."""

    unit: int
    name: str
    stem: str
    county: int
    county_name: str


@dataclass(slots=True)
class Prefecture:
    """Units by their full names, places, and who holds the desks. `handlers`: unit → person; `leader` is
    the post in the city itself, above every unit, that can be named as overseeing."""

    scene: Scene
    root: int
    units: dict[str, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    handlers: dict[int, int] = field(default_factory=dict)
    by_duty: dict[str, list[int]] = field(default_factory=dict)
    replaced: dict[int, int] = field(default_factory=dict)
    leader: int | None = None

    @property
    def city(self) -> str:
        return str(self.scene.place["city"])

    def now(self, unit: int) -> int:
        """The unit that stands in this one's place after the merger."""
        return self.replaced.get(unit, unit)

    def office(self, name: str) -> str:
        """The full name of a unit right below the city."""
        return self.scene.called("city_unit", city=self.city, unit=name)

    def branch(self, name: str, county_name: str) -> str:
        """The full name of a county's department."""
        return self.scene.called("county_unit", county=county_name, unit=name)

    def department(self, line: str, county_name: str = "") -> int | None:
        """The department for a line of work, of the county or of the city; None where it has none."""
        return self.units.get(self.branch(line, county_name) if county_name else self.office(line))

    def town(self, name: str, county: NewUnit | int, county_name: str) -> NewUnit:
        """A township to be founded."""
        return NewUnit(self.scene.called("town", county=county_name, town=name), county, short_name=name)

    def stem(self, town: str) -> str:
        endings = self.scene.place["endings"]
        return next((town.removesuffix(end) for end in endings if town.endswith(end)), town)


def found(scene: Scene, root: int, dice: Random) -> Prefecture:
    """Found every unit below the root, and give every desk to somebody."""
    made = Prefecture(scene, root)
    made.units[made.city], made.names[root] = root, made.city
    _found_units(made)
    people = _names(scene, dice)
    _staff_desks(made, people, dice)
    _staff_accounts(made, people)
    return made


def _found_units(made: Prefecture) -> None:
    given, called = made.scene.place, made.scene.called
    departments = given["departments"]
    offices = dict.fromkeys(row["unit"] for row in given["account"] + given["colleague"])
    own = [name for name in (*offices, *departments["city"]) if name not in OFFICES_OF_THEIR_OWN]
    new = [NewUnit(made.office(name), made.root, short_name=called("city_short", unit=name)) for name in own]
    towns: list[tuple[NewUnit, NewUnit]] = []
    for row in given["county"]:
        county = NewUnit(row["name"], made.root)
        new.append(county)
        for name in departments["county"]:
            full = made.branch(name, row["name"])
            new.append(NewUnit(full, county, short_name=called("county_short", unit=name)))
        towns += [(made.town(name, county, row["name"]), county) for name in row["towns"]]
    new += [town for town, _ in towns]
    stored = dict(zip(new, add_units(new), strict=True))
    for unit in stored.values():
        _know(made, unit)
    for town, county in towns:
        name = town.short_name
        place = Place(stored[town].id, name, made.stem(name), stored[county].id, county.name)
        made.places.append(place)


def _know(made: Prefecture, unit: Unit) -> None:
    made.units[unit.name] = unit.id
    made.names[unit.id] = unit.name


def _names(scene: Scene, dice: Random) -> Iterator[str]:
    given = scene.place["names"]
    pairs = product(given["family"], given["given"])
    names = [scene.called("person", family=family, given=own) for family, own in pairs]
    dice.shuffle(names)
    return iter(names)


def _staff_desks(made: Prefecture, people: Iterator[str], dice: Random) -> None:
    """One who works on entries in every township and department; the first of each kind is an account."""
    scene = made.scene
    dice.shuffle(made.places)
    towns = [place.unit for place in made.places]
    counties = {place.county for place in made.places}
    others = [unit for unit in made.names if unit not in {made.root, *counties, *towns}]
    first = made.department(scene.place["departments"]["city"][0])
    assert first is not None
    chosen = {"town": towns[0], "department": first}
    named = {chosen[row["unit"]]: row for row in scene.accounts if row["unit"] in chosen}
    desks = [*towns, *others]
    posts = add_posts(_desk(scene, unit) for unit in desks)
    holders = [
        _person(scene, named[unit]["username"] if unit in named else f"ban{unit}", people) for unit in desks
    ]
    add_people(holders)
    appoint_all(Tenure(person=person, post=post) for person, post in zip(holders, posts, strict=True))
    made.handlers = {unit: person.id for unit, person in zip(desks, holders, strict=True)}


def _desk(scene: Scene, unit: int, from_on: date | None = None) -> Post:
    name, name_en = scene.place["desk"], scene.place.get("desk_en", "")
    return Post(unit_id=unit, name=name, name_en=name_en, duties=["handle"], from_on=from_on)


def _staff_accounts(made: Prefecture, people: Iterator[str]) -> None:
    """The city's own posts, which see everything at and below the city, and the county's administrator."""
    rows = [row for row in made.scene.accounts if row["unit"] not in ("town", "department")]
    for row in [*rows, *_colleagues(made.scene)]:
        unit = _unit_of(made, row["unit"])
        scope = unit if row["unit"] == "county" else made.root
        post = Post(
            unit_id=unit,
            name=row["post"],
            name_en=row.get("post_en", ""),
            duties=row["duties"],
            scope_unit_id=scope,
        )
        add_posts([post])
        person = add_people([_person(made.scene, row["username"], people)])[0]
        appoint_all([Tenure(person=person, post=post)])
        if "oversee" in row["duties"]:
            made.leader = post.id
        for duty in row["duties"]:
            made.by_duty.setdefault(duty, []).append(person.id)


def _unit_of(made: Prefecture, name: str) -> int:
    """The unit of an account: the county is that of the township whose handler has an account."""
    own = {"city": made.root, "county": made.places[0].county}
    return own[name] if name in own else made.units[made.office(name)]


def _colleagues(scene: Scene) -> Iterable[dict[str, Any]]:
    for row in scene.place["colleague"]:
        for n in range(row["count"]):
            yield {**row, "username": f"{row['duties'][0]}{n + 2}"}


@cache
def _hashed(password: str) -> str:
    """One hash for all accounts: making one is slow on purpose."""
    return make_password(password)


def _person(scene: Scene, username: str, people: Iterator[str]) -> Person:
    return Person(username=username, name=next(people), password=_hashed(scene.password))


def merge_townships(made: Prefecture, on: date) -> Reorganised:
    """Two townships become one, and their people go along."""
    given = made.scene.place["merger"]
    old = [made.units[name] for name in given["units"]]
    place = next(place for place in made.places if place.unit == old[0])
    done = merge(old, made.town(given["into"], place.county, place.county_name), on)
    successor = done.successors[old[0]][0]
    _know(made, Unit.objects.get(id=successor))
    posts = add_posts(_desk(made.scene, successor, on) for _ in old)
    appoint_all(
        Tenure(person_id=made.handlers[unit], post=post, from_on=on)
        for unit, post in zip(old, posts, strict=True)
    )
    made.handlers[successor] = made.handlers[old[0]]
    made.replaced = dict.fromkeys(old, successor)
    name = given["into"]
    here = Place(successor, name, made.stem(name), place.county, place.county_name)
    made.places = [here if item.unit in old else item for item in made.places]
    return done
