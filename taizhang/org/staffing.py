"""What an administrator does to people and their accounts. Every deed leaves its row in the account log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from taizhang.core.actor import DUTIES
from taizhang.core.units import covers
from taizhang.core.wording import is_storable
from taizhang.org import refusals as r
from taizhang.org.founding import add_people, add_posts, appoint_all
from taizhang.org.models import AccountDeed, Person, Post, Tenure, Unit
from taizhang.org.one_time import Slip, issue
from taizhang.org.people import seats_by_person
from taizhang.org.reach import Reach

LONGEST = {"username": 150, "staff_number": 64, "name": 100}
RESERVED = frozenset({"unseal", "administer"})
"""Duties an administrator of a unit cannot give: they open sealed originals, and govern the site."""
What = AccountDeed.What


@dataclass(frozen=True, slots=True)
class Term:
    """The days of a tenure: the first, and the last, both included; none of either means open."""

    first_on: date | None
    last_on: date | None = None

    @property
    def to_on(self) -> date | None:
        return None if self.last_on is None else self.last_on + timedelta(days=1)

    def check(self) -> None:
        if self.first_on is not None and self.last_on is not None and self.first_on > self.last_on:
            raise r.DaysOutOfOrder(from_on=self.first_on)


@dataclass(frozen=True, slots=True)
class Staffing:
    """One administrator at one moment; `reach` says to whom the deeds may be done."""

    reach: Reach
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    @transaction.atomic
    def make(self, name: str, username: str, staff_number: str, post: Post, term: Term) -> Slip:
        """A new person in a post, with the slip to sign in with. Without a user name the staff number is it."""
        person = _new_person(name, username, staff_number)
        self._check_seat(post, term)
        slip = issue(person, self.now, f"{post.unit.name} {post.name}")
        add_people([person])
        self._note(What.MADE, person)
        self._seat(person, post, term)
        return slip

    @transaction.atomic
    def set_up_post(self, unit: Unit, name: str, name_en: str, duties: Sequence[str]) -> Post:
        """A new post in a unit within reach, which sees that unit and those below. What reaches beyond a unit
        (`RESERVED`) only the operator gives."""
        self.reach.check_unit(unit.id, unit.name)
        if not name.strip():
            raise r.PostNameMissing
        for text in (name, name_en):
            if len(text) > LONGEST["name"] or not is_storable(text):
                raise r.NameNotStorable(text=_shown(text), most=LONGEST["name"])
        if self.reach.agent.unit_id is not None and (reserved := RESERVED & set(duties)):
            raise r.DutyReserved(duty="、".join(DUTIES[duty][0] for duty in sorted(reserved)))
        if Post.objects.filter(unit=unit, name=name.strip(), to_on__isnull=True).exists():
            raise r.PostExists(unit=unit.name, post=name.strip())
        [post] = add_posts([Post(unit=unit, name=name.strip(), name_en=name_en.strip(), duties=list(duties))])
        deed = self._deed(What.POST_MADE, None)
        deed.post = post
        deed.save()
        return post

    @transaction.atomic
    def reset(self, people: Iterable[int]) -> list[Slip]:
        """A new one-time password for each, in the order of their names; they are signed out everywhere."""
        wanted = set(people)
        found = list(self.reach.people(self.today).filter(id__in=wanted).order_by("sort_key", "id"))
        if len(found) != len(wanted):
            raise r.PersonOutOfReach
        for person in found:
            self._not_oneself(person)
        places = _places(found, self.today)
        slips = [issue(person, self.now, places.get(person.id, "")) for person in found]
        Person.objects.bulk_update(found, ["password", "one_time_until"])
        AccountDeed.objects.bulk_create(self._deed(What.RESET, person) for person in found)
        return slips

    @transaction.atomic
    def appoint(self, person_id: int, post: Post, term: Term) -> Tenure:
        """Give the person the post."""
        person = self.reach.person(person_id, self.today)
        self._not_oneself(person)
        self._check_seat(post, term)
        return self._seat(person, post, term)

    @transaction.atomic
    def stand_in(self, person_id: int, post: Post, term: Term) -> Tenure:
        """Let the person stand in (AB角) for who holds the post, on these days and no others; one at a time."""
        person = self.reach.person(person_id, self.today)
        self._not_oneself(person)
        if term.first_on is None or term.to_on is None:
            raise r.StandInNeedsDays
        self._check_seat(post, term)
        other = _overlapping(Tenure.objects.filter(post=post, stand_in=True), term).first()
        if other is not None:
            assert other.from_on is not None and other.to_on is not None, "such a tenure has its days"
            last_on = other.to_on - timedelta(days=1)
            raise r.StandInsOverlap(person=other.person.name, from_on=other.from_on, last_on=last_on)
        return self._seat(person, post, term, stand_in=True)

    @transaction.atomic
    def end(self, tenure_id: int, day: date) -> Tenure:
        """From this day on the person holds the post no longer; before it began means never."""
        tenure = self._tenure(tenure_id, day)
        self._end(tenure, day)
        self._note(What.ENDED, tenure.person, tenure)
        return tenure

    @transaction.atomic
    def close(self, person_id: int, *, reopened: bool = False) -> Person:
        """Nobody signs in with this account any more, until it is opened again."""
        person = self.reach.person(person_id, self.today)
        self._not_oneself(person)
        if person.is_active != reopened:
            person.is_active = reopened
            person.save(update_fields=["is_active"])
            self._note(What.REOPENED if reopened else What.CLOSED, person)
        return person

    @transaction.atomic
    def hand_over(
        self,
        tenure_id: int,
        day: date,
        successor_id: int | None = None,
        moves_to: Post | None = None,
        ends: Sequence[int] = (),
    ) -> Tenure:
        """From this day on the successor holds the post, or nobody does; the person leaving may take another
        one that day, and leaves the tenures of `ends` besides. All of it, or none."""
        tenure = self._tenure(tenure_id, day)
        leaver, post, term = tenure.person, tenure.post, Term(day)
        successor = None
        if successor_id is not None:
            successor = self.reach.person(successor_id, self.today)
            self._not_oneself(successor)
            if successor == leaver:
                raise r.SuccessorIsLeaver
        self._end(tenure, day)
        self._note(What.HANDED_OVER, leaver, tenure, other=successor)
        if successor is not None:
            self._check_seat(post, term)
            self._seat(successor, post, term)
        if moves_to is not None:
            self._not_oneself(leaver)
            self._check_seat(moves_to, term)
            self._seat(leaver, moves_to, term)
        for other in ends:
            self.end(other, day)
        return tenure

    def _check_seat(self, post: Post, term: Term) -> None:
        term.check()
        self.reach.check_post(post)
        # Held until the end of the transaction, so that two stand-ins cannot overlap unseen.
        Post.objects.select_for_update().get(id=post.id)
        day = term.first_on or self.today
        if not _covers(post, day):
            raise r.PostNotThere(post=post.name, on=day)

    def _seat(self, person: Person, post: Post, term: Term, *, stand_in: bool = False) -> Tenure:
        if _overlapping(Tenure.objects.filter(person=person, post=post), term).exists():
            raise r.PostHeldAlready(person=person.name, post=post.name)
        seat = Tenure(person=person, post=post, from_on=term.first_on, to_on=term.to_on, stand_in=stand_in)
        appoint_all([seat])
        self._note(What.STOOD_IN if stand_in else What.APPOINTED, person, seat)
        return seat

    def _tenure(self, tenure_id: int, day: date) -> Tenure:
        """One that is not over before the day, of somebody within reach, held until the transaction ends."""
        people = self.reach.people(self.today)
        found = Tenure.objects.select_for_update(of=("self",)).select_related("person", "post__unit")
        tenure = found.filter(id=tenure_id, person__in=people).first()
        if tenure is None or (tenure.to_on is not None and tenure.to_on < day):
            raise r.TenureOver(on=day)
        self.reach.check_post(tenure.post)
        return tenure

    def _end(self, tenure: Tenure, day: date) -> None:
        tenure.to_on = day if tenure.from_on is None else max(day, tenure.from_on)
        tenure.save(update_fields=["to_on"])

    def _not_oneself(self, person: Person) -> None:
        if person.id == self.reach.agent.person_id and not self.reach.at_terminal:
            raise r.NotYourself

    def _note(
        self, what: str, person: Person, seat: Tenure | None = None, other: Person | None = None
    ) -> None:
        self._deed(what, person, seat, other).save()

    def _deed(
        self, what: str, person: Person | None, seat: Tenure | None = None, other: Person | None = None
    ) -> AccountDeed:
        return AccountDeed(
            at=self.now,
            by_id=self.reach.agent.person_id,
            by_post_id=self.reach.agent.post_id,
            person=person,
            what=what,
            post=seat.post if seat is not None else None,
            from_on=seat.from_on if seat is not None else None,
            to_on=seat.to_on if seat is not None else None,
            other=other,
        )


def _new_person(name: str, username: str, staff_number: str) -> Person:
    given = {"name": name.strip(), "staff_number": staff_number.strip()}
    given["username"] = username.strip() or given["staff_number"]
    if not given["name"]:
        raise r.PersonNameMissing
    if not given["username"]:
        raise r.UserNameMissing
    for what, text in given.items():
        if len(text) > LONGEST[what] or not is_storable(text):
            raise r.NameNotStorable(text=_shown(text), most=LONGEST[what])
    return Person(name=given["name"], username=given["username"], staff_number=given["staff_number"] or None)


def _shown(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:20]


def _covers(post: Post, day: date) -> bool:
    return all(covers(each.from_on, each.to_on, day) for each in (post, post.unit))


def _overlapping(tenures: QuerySet[Tenure], term: Term) -> QuerySet[Tenure]:
    """Those of at least a day in common with the term. A tenure undone to no day at all has none."""
    found = tenures.exclude(from_on__gte=F("to_on")).select_related("person")
    if term.first_on is not None:
        found = found.filter(Q(to_on__isnull=True) | Q(to_on__gt=term.first_on))
    if term.to_on is not None:
        found = found.filter(Q(from_on__isnull=True) | Q(from_on__lt=term.to_on))
    return found.order_by("from_on", "id")


def _places(people: Sequence[Person], on: date) -> dict[int, str]:
    """Person → unit and post, the one that counts first."""
    seats = seats_by_person([each.id for each in people], on)
    return {person: held[0].place.zh for person, held in seats.items() if held}
