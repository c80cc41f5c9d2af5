"""People from the rows of a sheet of units: accounts by user name or staff number, each in a post of the row's
unit. What is there already stays as it is; what cannot be taken is named with its cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from taizhang.core.actor import DUTIES, Agent
from taizhang.core.wording import Label, is_storable
from taizhang.org.founding import NewUnit, add_people, add_posts, appoint_all
from taizhang.org.models import AccountDeed, Person, Post, Tenure, Unit
from taizhang.org.one_time import Slip, issue
from taizhang.org.signing_in import accounts_by_word, sign_in_key, sign_in_words
from taizhang.org.staffing import LONGEST
from taizhang.org.unit_columns import SheetProblem, StaffLine

POST = "承办岗"
DUTY = "handle"
"""What a row gets that names no post, or no duties."""

_SEVERAL = re.compile(r"[、，,;；/\s]+")
_BY_WORD = {word: duty for duty, (zh, _en) in DUTIES.items() for word in (zh, duty)}

Place = NewUnit | int
What = AccountDeed.What


@dataclass(frozen=True, slots=True)
class NewSeat:
    """A person in a post of a unit, as a row has it."""

    person: Person
    unit: Place
    post: str
    duties: tuple[str, ...]


@dataclass(slots=True)
class StaffPlan:
    """What `apply` would do. `existing` counts the accounts that are there already, which stay as they are."""

    people: list[Person] = field(default_factory=list)
    seats: list[NewSeat] = field(default_factory=list)
    existing: int = 0
    problems: list[SheetProblem] = field(default_factory=list)


def plan_staff(rows: Sequence[tuple[StaffLine, Place]]) -> StaffPlan:
    """What taking these people in would do; nothing is written."""
    plan = StaffPlan()
    words = [word for line, _unit in rows for word in (line.username, line.staff_number) if is_storable(word)]
    reading = _Reading(plan, accounts_by_word(filter(None, words)))
    for line, unit in rows:
        reading.take(line, unit)
    return plan


@transaction.atomic
def apply(
    plan: StaffPlan,
    units: Mapping[NewUnit, Unit],
    by: Agent,
    now: datetime,
    step: Callable[[object], None],
    *,
    with_slips: bool,
) -> list[Slip]:
    """Make the accounts, with a slip each where wanted. `units` are those the sheet's new ones became; `step` is
    told how far it is."""
    posts, new_posts = _posts(plan.seats, units)
    places = {id(seat.person): posts[_key(seat, units)] for seat in reversed(plan.seats)}
    slips = []
    for n, person in enumerate(plan.people, 1):
        if with_slips:
            post = places[id(person)]
            slips.append(issue(person, now, f"{post.unit.name} {post.name}"))
            step(f"{n} / {len(plan.people)}")
    add_people(plan.people)
    tenures = appoint_all(Tenure(person=seat.person, post=posts[_key(seat, units)]) for seat in plan.seats)
    deeds = [
        *(AccountDeed(what=What.POST_MADE, post=post) for post in new_posts),
        *(AccountDeed(what=What.MADE, person=person) for person in plan.people),
        *(AccountDeed(what=What.APPOINTED, person=seat.person, post=seat.post) for seat in tenures),
    ]
    for deed in deeds:
        deed.at, deed.by_id, deed.by_post_id = now, by.person_id, by.post_id
    AccountDeed.objects.bulk_create(deeds)
    return slips


def _key(seat: NewSeat, units: Mapping[NewUnit, Unit]) -> tuple[int, str]:
    return (units[seat.unit].id if isinstance(seat.unit, NewUnit) else seat.unit), seat.post


def _posts(
    seats: Sequence[NewSeat], units: Mapping[NewUnit, Unit]
) -> tuple[dict[tuple[int, str], Post], list[Post]]:
    """The posts of these seats by unit and name, and those of them that are new."""
    duties = {_key(seat, units): list(seat.duties) for seat in reversed(seats)}
    within = Post.objects.filter(unit_id__in={unit for unit, _name in duties}, to_on__isnull=True)
    stored = {(post.unit_id, post.name) for post in within}
    missing = [key for key in duties if key not in stored]
    new = add_posts(Post(unit_id=unit, name=name, duties=duties[unit, name]) for unit, name in missing)
    every = within.select_related("unit").order_by("-id")
    return {(post.unit_id, post.name): post for post in every}, new


class _Reading:
    """Goes through the rows and remembers who was named in which."""

    def __init__(self, plan: StaffPlan, stored: Mapping[str, Person]) -> None:
        self.plan = plan
        self.stored = stored
        self.known: dict[str, tuple[int, Person]] = {}
        self.duties: dict[tuple[Place, str], tuple[int, tuple[str, ...]]] = {}

    def take(self, line: StaffLine, unit: Place) -> None:
        problem = self._unfit(line) or self._taken(line)
        if problem is not None:
            self.plan.problems.append(problem)
            return
        person = Person(
            name=line.name,
            username=line.username or line.staff_number,
            staff_number=line.staff_number or None,
        )
        words = list(map(sign_in_key, sign_in_words(person)))
        if any(word in self.stored for word in words):
            self.plan.existing += 1
            return
        duties = self._duties(line, unit)
        if duties is None:
            return
        if words[0] in self.known:
            person = self.known[words[0]][1]
        else:
            self.plan.people.append(person)
            self.known.update(dict.fromkeys(words, (line.row, person)))
        self.plan.seats.append(NewSeat(person, unit, line.post or POST, duties))

    def _unfit(self, line: StaffLine) -> SheetProblem | None:
        """What is missing, or cannot be stored."""
        if not line.name:
            return _problem(line, "person", "姓名是空的，请补上。", "The name is missing; fill it in.")
        if not line.username and not line.staff_number:
            return _problem(
                line,
                "staff_number",
                f"“{line.name}”没有用户名，也没有工号，请补上一个，登录要用。",
                f"“{line.name}” has neither a user name nor a staff number; fill in one to sign in with.",
            )
        given = {"person": line.name, "username": line.username, "staff_number": line.staff_number}
        for what, text in given.items():
            most = LONGEST["name" if what == "person" else what]
            if len(text) > most or not is_storable(text):
                return _problem(
                    line,
                    what,
                    f"“{text[:20]}…”超过 {most} 个字，或有不能保存的字符，请改短。",
                    f"“{text[:20]}…” is longer than {most} characters, or holds some that cannot be kept.",
                )
        return None

    def _taken(self, line: StaffLine) -> SheetProblem | None:
        """A word that opens somebody else's account, in the sheet or in the site."""
        for what, word in (("username", line.username), ("staff_number", line.staff_number)):
            key = sign_in_key(word)
            row, earlier = self.known.get(key, (0, None))
            person = earlier or self.stored.get(key)
            if word and person is not None and not _is_same(line, person):
                where = (f"第 {row} 行", f"in row {row}") if row else ("已有账号", "who has an account")
                return _problem(
                    line,
                    what,
                    f"“{word}”与{where[0]}“{person.name}”的用户名或工号相同，登录时分不清，请改一个。",
                    f"“{word}” is the user name or staff number of “{person.name}” {where[1]} as well:"
                    " signing in could not tell them apart; change one.",
                )
        return None

    def _duties(self, line: StaffLine, unit: Place) -> tuple[str, ...] | None:
        """The post's duties; None, with a problem, for a word that is none or that an earlier row contradicts."""
        given = [word for word in _SEVERAL.split(line.duties) if word]
        unknown = [word for word in given if word.lower() not in _BY_WORD]
        if unknown:
            known = "、".join(zh for zh, _en in DUTIES.values())
            self._refuse(
                line,
                f"没有“{'、'.join(unknown)}”这项职责，可用：{known}。",
                f"There is no duty “{', '.join(unknown)}”; known are {', '.join(DUTIES)}.",
            )
            return None
        duties = tuple(dict.fromkeys(_BY_WORD[word.lower()] for word in given)) or (DUTY,)
        post = line.post or POST
        row, before = self.duties.setdefault((unit, post), (line.row, duties))
        if given and set(before) != set(duties):
            self._refuse(
                line,
                f"“{line.unit.name}”的“{post}”在第 {row} 行写的是另外的职责。同一个岗位职责只有一种，请改一处。",
                f"“{post}” of “{line.unit.name}” has other duties in row {row}; a post has one set of them:"
                " change one.",
            )
            return None
        return before

    def _refuse(self, line: StaffLine, zh: str, en: str) -> None:
        self.plan.problems.append(_problem(line, "duties", zh, en))


def _is_same(line: StaffLine, person: Person) -> bool:
    """Whether the row means this very account: the same name, and no word of another one."""
    words = {sign_in_key(word) for word in (line.username, line.staff_number) if word}
    return line.name == person.name and words <= set(map(sign_in_key, sign_in_words(person)))


def _problem(line: StaffLine, what: str, zh: str, en: str) -> SheetProblem:
    return SheetProblem(line.row, line.columns[what], Label(zh, en))
