"""One entry's life as the demo tells it, and how it begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from taizhang.core import commands as c
from taizhang.core.fields import FieldError, parse
from taizhang.core.playbook import CLAIMED_STAGE, Playbook
from taizhang.core.values import Source, Value
from taizhang.demo.plan import FieldText, Plan, Topic
from taizhang.demo.prefecture import Place, Prefecture
from taizhang.demo.vocabulary import Pools, Vocabulary
from taizhang.ledger.ledgers import OpenLedger

LONGEST_TITLE = 480
TRIES = 40
"""How many titles are drawn before there are none left."""


@dataclass(slots=True)
class Book:
    """A ledger of the demo with what it is filled with and what was written on it already."""

    ledger: OpenLedger
    playbook: Playbook
    plan: Plan
    titles: set[str] = field(default_factory=set)
    serial: int = 0

    @property
    def is_next_accusation(self) -> bool:
        """In even steps rather than by chance, so that a small demo has one too."""
        step = 1000 // self.plan.accusations if self.plan.accusations else 0
        return bool(step) and self.serial % step == step // 2


@dataclass(slots=True, eq=False)
class Life:
    """Where an entry stands, as far as its next step depends on it. `accused` is the unit it names."""

    entry_id: UUID
    book: Book
    topic: Topic
    place: Place
    words: Vocabulary
    stage: str
    moved_on: date
    lead: int | None = None
    assisting: tuple[int, ...] = ()
    accused: int | None = None
    file_count: int = 0
    flags: set[str] = field(default_factory=set)
    amended: set[str] = field(default_factory=set)
    parent: Life | None = None
    parts: list[Life] = field(default_factory=list)
    is_due: bool = False

    @property
    def is_open(self) -> bool:
        return self.book.playbook.is_open(self.stage)

    @property
    def is_settled(self) -> bool:
        """Done or at an end: what a split entry waits for in its parts."""
        return self.book.playbook.stage_of[self.stage].kind != "open"

    @property
    def waits_for_parts(self) -> bool:
        return not all(part.is_settled for part in self.parts)


def lead_for(life: Life, prefecture: Prefecture, dice: Random) -> int:
    """Whose it is: the township's, else a department of the county or the city whose line of work it is."""
    line = list(life.topic.line)
    dice.shuffle(line)
    city = [unit for name in line if (unit := prefecture.department(name)) is not None]
    county = [
        unit for name in line if (unit := prefecture.department(name, life.place.county_name)) is not None
    ]
    chance, leads = dice.random() * 100, prefecture.scene.place["leads"]
    if life.accused is not None or chance < leads["city"]:
        chosen = city[0]
    elif chance < leads["city"] + leads["county"] and county:
        chosen = county[0]
    else:
        chosen = life.place.unit
    return prefecture.now(chosen)


def begin(
    book: Book, prefecture: Prefecture, dice: Random, entry_id: UUID, moment: datetime, *, accusation: bool
) -> tuple[Life, dict[str, Value]]:
    """A new entry of a ledger on a day, with the values of its fields."""
    plan, day = book.plan, moment.date()
    topic = dice.choices(plan.topics, [topic.weight for topic in plan.topics])[0]
    places = prefecture.places
    place = dice.choices(places, [1 / (n + 2) for n in range(len(places))])[0]
    book.serial += 1
    given = {
        "city": prefecture.city,
        "town": place.name,
        "stem": place.stem,
        "year": str(day.year),
        "serial": f"{day.year}{book.serial:05d}",
        "digits": f"{dice.randrange(10_000):04d}",
        "day": (day - timedelta(days=dice.randint(0, 3))).isoformat(),
        "moment": f"{moment - timedelta(minutes=dice.randint(30, 2_800)):%Y-%m-%d %H:%M}",
    }
    if accusation:
        given["accused"] = prefecture.names[place.unit]
    words = _titled(book, topic, dice, given, prefecture.scene.place["words"])
    life = Life(entry_id, book, topic, place, words, book.playbook.first_stage, day)
    life.accused = place.unit if accusation else None
    return life, _values(book, words, dice, day)


def _titled(book: Book, topic: Topic, dice: Random, given: dict[str, str], shared: Pools) -> Vocabulary:
    """Words with a title nobody used on this ledger before, as far as there are any left."""
    plan = book.plan
    pools: list[Pools] = [topic.words, plan.words, plan.texts, shared]
    if "accused" in given:
        # A matter of its own: whatever is said of this entry asks about the unit it names.
        titles = ["{ask}"]
        pools.insert(0, {"ask": plan.texts["accused"]})
    elif dice.random() * 100 < plan.long:
        titles = [plan.long_title]
    else:
        titles = plan.titles
    for _ in range(TRIES):
        words = Vocabulary(dice, pools, given)
        words = words.telling(title=words.one_of(titles))
        if words["title"] not in book.titles and len(words["title"]) <= LONGEST_TITLE:
            book.titles.add(words["title"])
            return words
    raise ValueError(f"{plan.playbook}: “{topic.name}” has too few words for so many titles")


def _values(book: Book, words: Vocabulary, dice: Random, day: date) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for item in book.plan.fields:
        if dice.random() * 100 < item.chance:
            value = value_of(book, item, words, day)
            if value is not None:
                values[item.key] = value
    return values


def value_of(book: Book, item: FieldText, words: Vocabulary, day: date) -> Value | None:
    """The text of the plan as the field reads it. Raises ValueError where it does not."""
    return value_in(book.playbook, item.key, words.say(item.text), day)


def value_in(playbook: Playbook, key: str, text: str, day: date) -> Value | None:
    """A text as this field of the playbook reads it. Raises ValueError where it does not."""
    answer = parse(playbook.field_of[key], text, today=day)
    if isinstance(answer, FieldError):
        raise ValueError(f"{playbook.key}.{key}: {answer.message}")
    return answer.value


def registration(life: Life, values: dict[str, Value], *, flagged: bool) -> c.RegisterEntry:
    """登记. An accusation may be flagged at once or later."""
    if flagged:
        life.flags.add("accusation")
    return c.RegisterEntry(
        entry_id=life.entry_id,
        ledger_id=life.book.ledger.ledger_id,
        fields=values,
        flags=("accusation",) if flagged else (),
        named_units=(life.accused,) if flagged and life.accused is not None else (),
    )


def claim(life: Life, values: dict[str, Value], lead: int, file: str) -> c.RegisterEntry:
    """An entry taken over from an older sheet that says of it that it is closed."""
    life.lead, life.stage = lead, CLAIMED_STAGE
    return c.RegisterEntry(
        entry_id=life.entry_id,
        ledger_id=life.book.ledger.ledger_id,
        fields=values,
        lead_unit=lead,
        closure_claimed=life.words.one_of(life.book.plan.texts["claimed"]),
        source=Source("sheet", file),
    )
