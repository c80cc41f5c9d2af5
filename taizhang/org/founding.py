"""Setting up: the site, its units, posts and people. Each works on one or on thousands at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from taizhang.calendars import NATIONAL
from taizhang.core.actor import DUTIES
from taizhang.core.pinyin import sort_key
from taizhang.org.chart import ALWAYS, NEVER, Chart, Life
from taizhang.org.dated_rows import finish, opening, read_chart, write_paths
from taizhang.org.models import Person, Post, Site, Tenure, Unit, UnitName
from taizhang.org.refusals import (
    NameMissing,
    NoSuchZone,
    OperatorHoldsNoPost,
    SiteExists,
    UnknownDuty,
    UserNameTaken,
)
from taizhang.org.signing_in import accounts_by_word, sign_in_key, sign_in_words
from taizhang.org.sites import forget

OPERATOR = "operator"


@dataclass(frozen=True, slots=True, eq=False)
class NewUnit:
    """A unit to be founded below `parent`: a stored unit's id, another new unit, or none for a root.

    Without `from_on` it exists as long as its parent.
    """

    name: str
    parent: NewUnit | int | None = None
    short_name: str = ""
    code: str = ""
    aliases: tuple[str, ...] = ()
    from_on: date | None = None


@transaction.atomic
def found_site(
    name: str,
    *,
    kind: str = Site.Kind.LIVE,
    timezone: str = "Asia/Shanghai",
    language: str = "zh-Hans",
    week_start: int = 1,
    currency: str = "CNY",
    paper: str = "A4",
    calendar: str = NATIONAL,
    operator: Person | None = None,
) -> Site:
    """The site, one root unit named like it, and the operator's account: the one given, or one that no password
    opens yet."""
    _prove_zone(timezone)
    with connection.cursor() as database:
        # The second of two at once waits here, and is then told that there is a site.
        database.execute("SELECT pg_advisory_xact_lock(hashtext('taizhang founding'))")
    existing = Site.objects.first()
    if existing is not None:
        raise SiteExists(site=existing.name)
    site = Site.objects.create(
        name=name,
        kind=kind,
        timezone=timezone,
        language=language,
        week_start=week_start,
        currency=currency,
        paper=paper,
        calendar=calendar,
    )
    forget()
    add_unit(name)
    called = "操作员" if language.startswith("zh") else "Operator"
    add_people([operator or Person(username=OPERATOR, name=called, is_operator=True)])
    return site


def _prove_zone(timezone: str) -> None:
    try:
        ZoneInfo(timezone)
    except (KeyError, ValueError, OSError) as unknown:
        raise NoSuchZone(zone=timezone) from unknown


@transaction.atomic
def add_units(new: Sequence[NewUnit]) -> list[Unit]:
    """Found all of them, parents standing before their children; the stored units in the same order."""
    chart = read_chart()
    ids = dict(zip(new, _reserved_ids(len(new)), strict=True))
    for unit in new:
        _enter(chart, unit, ids)
    units = [_row(chart, unit, ids) for unit in new]
    Unit.objects.bulk_create(units)
    UnitName.objects.bulk_create(
        UnitName(
            unit=unit,
            name=unit.name,
            short_name=unit.short_name,
            sort_key=unit.sort_key,
            from_on=unit.from_on,
        )
        for unit in units
    )
    write_paths(chart, ids.values())
    finish()
    return units


def _reserved_ids(count: int) -> list[int]:
    with connection.cursor() as database:
        database.execute(
            "SELECT nextval(pg_get_serial_sequence('unit', 'id')) FROM generate_series(1, %s)", (count,)
        )
        return [row[0] for row in database.fetchall()]


def _parent_id(unit: NewUnit, ids: dict[NewUnit, int]) -> int | None:
    return ids[unit.parent] if isinstance(unit.parent, NewUnit) else unit.parent


def _enter(chart: Chart, unit: NewUnit, ids: dict[NewUnit, int]) -> None:
    if not unit.name.strip():
        raise NameMissing
    parent = _parent_id(unit, ids)
    since = ALWAYS if parent is None else chart.life(parent).start
    start = unit.from_on or since
    chart.lives[ids[unit]] = Life(unit.name.strip(), start, NEVER, [(start, parent)])


def _row(chart: Chart, unit: NewUnit, ids: dict[NewUnit, int]) -> Unit:
    """The unit with its first path; `finish` gives it today's where somebody above moved since."""
    life = chart.lives[ids[unit]]
    return Unit(
        id=ids[unit],
        name=life.name,
        short_name=unit.short_name,
        code=unit.code,
        aliases=list(unit.aliases),
        parent_id=_parent_id(unit, ids),
        path=chart.paths(ids[unit])[0].path,
        from_on=opening(life.start),
        sort_key=sort_key(life.name),
    )


def add_unit(
    name: str,
    parent: int | None = None,
    *,
    short_name: str = "",
    code: str = "",
    aliases: Iterable[str] = (),
    from_on: date | None = None,
) -> Unit:
    """Found one unit below the unit with the id `parent`, or a root."""
    return add_units([NewUnit(name, parent, short_name, code, tuple(aliases), from_on)])[0]


def add_posts(posts: Iterable[Post]) -> list[Post]:
    """Store posts, made as `Post(unit=…, name=…, duties=[…])`."""
    posts = list(posts)
    for post in posts:
        for duty in post.duties:
            if duty not in DUTIES:
                raise UnknownDuty(duty=duty, known="、".join(DUTIES))
    return Post.objects.bulk_create(posts)


def add_post(
    unit: int,
    name: str,
    duties: Iterable[str] = (),
    *,
    scope_unit: int | None = None,
    from_on: date | None = None,
) -> Post:
    """A seat in the unit with this id; it sees entries at and below `scope_unit`, else its own unit."""
    made = Post(unit_id=unit, name=name, duties=list(duties), scope_unit_id=scope_unit, from_on=from_on)
    return add_posts([made])[0]


def add_people(people: Iterable[Person]) -> list[Person]:
    """Store accounts, made as `Person(username=…, name=…)`; one without a password opens to none yet."""
    people = list(people)
    for person in people:
        person.sort_key = sort_key(person.name)
        if not person.password:
            person.set_unusable_password()
    with transaction.atomic():
        # A user name may clash with a staff number, which no index can see: one at a time.
        with connection.cursor() as database:
            database.execute("SELECT pg_advisory_xact_lock(hashtext('taizhang accounts'))")
        _refuse_taken(people)
        return Person.objects.bulk_create(people)


def _refuse_taken(people: list[Person]) -> None:
    words = [word for person in people for word in sign_in_words(person)]
    taken = {word for word, n in Counter(map(sign_in_key, words)).items() if n > 1}
    taken |= accounts_by_word(words).keys()
    if taken:
        raise UserNameTaken(taken="、".join(sorted({word for word in words if sign_in_key(word) in taken})))


def add_person(
    username: str, name: str, *, staff_number: str | None = None, password: str | None = None
) -> Person:
    """One account; without a password nobody can sign in with it yet."""
    person = Person(username=username, name=name, staff_number=staff_number or None)
    person.set_password(password)
    return add_people([person])[0]


def appoint_all(tenures: Iterable[Tenure]) -> list[Tenure]:
    """Store tenures, made as `Tenure(person=…, post=…)`. The operator's account holds no post."""
    tenures = list(tenures)
    operator = Person.objects.filter(is_operator=True, id__in={t.person_id for t in tenures}).first()
    if operator is not None:
        raise OperatorHoldsNoPost(person=operator.username)
    return Tenure.objects.bulk_create(tenures)


def appoint(
    person: int,
    post: int,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    stand_in: bool = False,
) -> Tenure:
    """Give the person with this id the post with this id, from `from_on` to before `to_on`."""
    made = Tenure(person_id=person, post_id=post, from_on=from_on, to_on=to_on, stand_in=stand_in)
    return appoint_all([made])[0]
