"""Living the year: day by day, each desk in its turn, many commands of one person in one call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.core.playbook import Role, Verb
from taizhang.core.values import EvidenceRef, Source
from taizhang.demo.deeds import Deed, Deeds
from taizhang.demo.life import Book, Life, begin, claim, lead_for, registration
from taizhang.demo.pictures import picture
from taizhang.demo.plan import REST
from taizhang.demo.prefecture import Prefecture, merge_townships
from taizhang.ledger.evidence import NewFile, store_all
from taizhang.ledger.handle import handle
from taizhang.ledger.reorganising import reorganise
from taizhang.org.agents import actor_of, agent_of
from taizhang.org.models import Site
from taizhang.org.sites import the_site

HOURS = (time(9, 5), time(10, 20), time(14, 40), time(16, 15), time(17, 5))
DESKS = {"register": 0, "dispatch": 1, "handle": 2, "verify": 3, "close": 4, "oversee": 4, "inspect": 4}
"""Which desk has its hour when in a day; each acts once a day."""
WORKDAYS = range(5)
LEDGER_DAYS = ((0, 2, 4), (1, 3), (0, 3), (1, 4))
"""On which weekdays a unit sits down to its entries, by its number."""
OPENING, MERGING = time(8, 10), time(8, 30)
ON_WEEKENDS, ON_LAST_DAY = 0.08, 250
"""How often something is registered on a free day; of how many entries one is on the last day."""
SCANNED = 0.05
MERGED_AFTER = 0.45
"""The part of the year after which two townships become one."""


class DemoRefused(Exception):
    """A command of the demo was refused: its plan does not fit the playbook."""


Step = tuple[Life, Verb, Role]


@dataclass(slots=True)
class Year:
    """The demo's year, from `first` to `last`; `now` is the real moment nothing may lie behind."""

    prefecture: Prefecture
    books: Sequence[Book]
    dice: Random
    first: date
    last: date
    now: datetime
    operator: int
    deeds: Deeds = field(init=False)
    lives: list[Life] = field(default_factory=list)
    due: dict[tuple[date, int], list[Step]] = field(default_factory=lambda: defaultdict(list))
    actors: dict[tuple[int, int], Actor] = field(default_factory=dict)
    at: tuple[date, int] = (date.min, 0)
    made: int = 0
    handled: int = 0

    def __post_init__(self) -> None:
        self.deeds = Deeds(self.prefecture, self.dice, self.new_id)

    def live(self, entries: int, progress: Callable[[str], None]) -> None:
        """Live every day; `entries` are registered on the way, parts of split ones come besides."""
        births = self._births(entries)
        merged_on = self.first + (self.last - self.first) * MERGED_AFTER
        for n in range((self.last - self.first).days + 1):
            day = self.first + timedelta(days=n)
            if day == merged_on:
                self._merge(day)
            self._live(day, births.get(day, ()))
            if day.day == 1 or day == self.last:
                progress(f"{day:%Y-%m}")

    def new_id(self) -> UUID:
        """A UUIDv7 of the demo's own moment, so that the same seed gives the same entries."""
        self.made += 1
        milliseconds = int(set_clock(None).timestamp() * 1000)
        return UUID(
            int=milliseconds << 80 | 7 << 76 | self.made % 4096 << 64 | 2 << 62 | self.dice.getrandbits(62)
        )

    def _births(self, entries: int) -> dict[date, list[Book]]:
        """On which day something is registered on which ledger, slowly more as the year goes on."""
        days = [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]
        weights = [
            (0.8 + 0.5 * n / len(days)) * (1 if is_workday(day) else ON_WEEKENDS)
            for n, day in enumerate(days)
        ]
        chosen = self.dice.choices(days, weights, k=entries)
        least = max(len(self.books) * 2, entries // ON_LAST_DAY)
        chosen[:least] = [self.last] * least
        chosen.sort()
        claims = sum(round(entries * book.plan.share * book.plan.claims / 10_000) for book in self.books)
        found: dict[date, list[Book]] = defaultdict(list)
        shares = [book.plan.share for book in self.books]
        for n, day in enumerate(chosen[claims:]):
            # The last day has something new on every ledger.
            book = (
                self.books[n % len(self.books)]
                if day == self.last
                else self.dice.choices(self.books, shares)[0]
            )
            found[day].append(book)
        for book in self.books:
            self._claims_of(book, round(entries * book.plan.share * book.plan.claims / 10_000))
        return found

    def _claims_of(self, book: Book, count: int) -> None:
        """What the office's older sheet said was closed, taken over on the first day."""
        moment = self._clock(self.first, 0)
        clerk = self.prefecture.by_duty["register"][0]
        commands: list[c.AnyCommand] = []
        for _ in range(count):
            life, values = begin(book, self.prefecture, self.dice, self.new_id(), moment, accusation=False)
            lead = lead_for(life, self.prefecture, self.dice)
            year = str(moment.year - 1)
            file = self.prefecture.scene.called("old_sheet", ledger=book.ledger.name, year=year)
            commands.append(claim(life, values, lead, file))
            self.lives.append(life)
        self._handle(commands, clerk, clerk)
        for life in self.lives[-count:] if count else ():
            self._plan_next(life)

    def _live(self, day: date, books: Sequence[Book]) -> None:
        if books:
            self._register(day, books)
        for desk in range(len(HOURS)):
            if steps := self.due.pop((day, desk), None):
                self._take(day, desk, steps)

    def _register(self, day: date, books: Sequence[Book]) -> None:
        moment = self._clock(day, 0)
        clerks = self.prefecture.by_duty["register"]
        batches: dict[int, list[c.AnyCommand]] = defaultdict(list)
        begun: list[Life] = []
        for book in books:
            accusation = book.is_next_accusation
            life, values = begin(
                book, self.prefecture, self.dice, self.new_id(), moment, accusation=accusation
            )
            flagged = accusation and book.serial % 2 == 0
            clerk = self.dice.choice(clerks)
            batches[clerk].append(registration(life, values, flagged=flagged))
            if "sealed" in book.plan.files and self.dice.random() < SCANNED:
                scan = self._scan(life)
                batches[clerk].append(_attaching(scan, store_all([scan])[0], None))
            begun.append(life)
        for clerk, commands in batches.items():
            self._handle(commands, clerk, clerk)
        self.lives += begun
        for life in begun:
            self._plan_next(life)

    def _scan(self, life: Life) -> NewFile:
        """The letter itself: for nobody but who may open what is sealed."""
        content = picture(self.dice.randrange(24), mended=False)
        return NewFile(life.entry_id, life.book.plan.files["sealed"], content, "image/png", for_units=False)

    def _take(self, day: date, desk: int, steps: list[Step]) -> None:
        self._clock(day, desk)
        deeds: list[Deed] = []
        for life, verb, role in steps:
            life.is_due = False
            if verb in ("report_done", "pass", "close_out") and life.waits_for_parts:
                continue
            deeds.append(self.deeds.of(life, verb, role, day))
        batches: dict[tuple[int, int], list[c.AnyCommand]] = defaultdict(list)
        refs = iter(store_all([file for deed in deeds for file in deed.files]))
        for deed in deeds:
            files = [_attaching(file, next(refs), deed.source) for file in deed.files]
            own = [] if deed.command is None else [deed.command]
            batches[deed.acting, deed.typing] += [*deed.before, *files, *own]
        for (acting, typing), commands in batches.items():
            self._handle(commands, acting, typing)
        for deed in deeds:
            self._apply(deed, day)
        for deed in deeds:
            self._after(deed)

    def _handle(self, commands: Sequence[c.AnyCommand], acting: int, typing: int) -> None:
        if not commands:
            return
        result = handle(commands, self._actor(acting, typing))
        for command, outcome in zip(commands, result.outcomes, strict=True):
            if outcome.refusal is not None and outcome.refusal.code != "Aborted":
                raise DemoRefused(f"{type(command).__name__}: {outcome.refusal.message}")
        self.handled += len(commands)

    def _actor(self, acting: int, typing: int) -> Actor:
        known = self.actors.get((acting, typing))
        if known is None:
            on = set_clock(None).date()
            typist = None if acting == typing else agent_of(typing, on=on)
            known = self.actors[acting, typing] = actor_of(agent_of(acting, on=on), typist)
        return known

    def _apply(self, deed: Deed, day: date) -> None:
        life, command = deed.life, deed.command
        life.file_count += len(deed.files)
        if deed.before:
            life.flags.add("accusation")
        if command is not None:
            self._change(life, command)
            life.moved_on = command.occurred_on or day
        move = life.book.playbook.move(deed.verb, life.stage)
        assert move is not None, "the role was found in it"
        life.stage = move.to or life.stage
        if deed.parts:
            life.parts += deed.parts
            self.lives += deed.parts

    def _change(self, life: Life, command: c.AnyCommand) -> None:
        match command:
            case c.AssignEntry():
                life.lead, life.assisting = command.lead_unit, command.assisting_units
            case c.TransferEntry():
                life.lead = command.lead_unit
                life.assisting = tuple(unit for unit in life.assisting if unit != life.lead)
            case c.ReturnEntry():
                life.lead, life.assisting = None, ()
            case c.SetFlag():
                life.flags.add(command.flag)
            case c.AmendEntry():
                life.amended |= set(command.changes)

    def _after(self, deed: Deed) -> None:
        self._plan_next(deed.life)
        for part in deed.parts:
            self._plan_next(part)
        parent = deed.life.parent
        if parent is not None and not parent.is_due and not parent.waits_for_parts:
            self._plan_next(parent)

    def _plan_next(self, life: Life) -> None:
        """What comes next for the entry, on which day and at whose desk; nothing where it rests or waits."""
        walk = life.book.plan.walks.get(life.stage)
        if walk is None or life.is_due or life.waits_for_parts:
            return
        ways = {verb: weight for verb, weight in walk.ways.items() if self._is_open_to(life, verb)}
        if not ways:
            return
        verb = self.dice.choices(list(ways), list(ways.values()))[0]
        role = None if verb == REST else self.deeds.role_for(life, verb)  # type: ignore[arg-type]
        if role is None:
            return
        least, most = walk.days
        slow = 1 + (life.lead or 0) % 5 / 4
        at = self._next(self.dice.uniform(least, most) * slow, DESKS[role.duty], life.lead)
        if at[0] <= self.last:
            life.is_due = True
            self.due[at].append((life, verb, role))  # type: ignore[arg-type]

    def _is_open_to(self, life: Life, verb: str) -> bool:
        if verb == "amend":
            amend = life.book.plan.amends.get(life.stage)
            return amend is not None and amend.key not in life.amended
        if verb == "flag":
            return bool(self.deeds.flags_left(life))
        return verb != "split" or (life.parent is None and not life.parts)

    def _next(self, days: float, desk: int, unit: int | None) -> tuple[date, int]:
        """The first hour of this desk after now and so many days; every desk works on the last day."""
        day = self.at[0] + timedelta(days=round(days))
        if day == self.at[0] and desk <= self.at[1]:
            day += timedelta(days=1)
        kept = LEDGER_DAYS[(unit or 0) % len(LEDGER_DAYS)] if desk == DESKS["handle"] else WORKDAYS
        while day.weekday() not in kept and day != self.last:
            day += timedelta(days=1)
        return day, desk

    def _clock(self, day: date, desk: int) -> datetime:
        """Move the site's clock to this desk's hour; on the last day, to a part of what has passed of it."""
        self.at = day, desk
        zone = the_site().zone
        moment = datetime.combine(day, HOURS[desk], zone) + timedelta(seconds=self.dice.randrange(600))
        if moment >= self.now:
            start = datetime.combine(day, time(), zone)
            moment = start + (self.now - start) * (desk + 1) / (len(HOURS) + 2)
        return set_clock(moment)

    def _merge(self, day: date) -> None:
        """Two townships become one; what they had in hand goes along, by the reorganisation itself."""
        set_clock(datetime.combine(day, MERGING, the_site().zone))
        operator = self._actor(self.operator, self.operator)
        document = self.prefecture.scene.place["merger"]["document"]
        done, moved = reorganise(lambda: merge_townships(self.prefecture, day), operator, document=document)
        self.actors.clear()
        gone = set(moved.transferred)
        for life in self.lives:
            if life.entry_id in gone and life.lead in done.dissolved:
                life.lead, life.moved_on = self.prefecture.now(life.lead or 0), day


def _attaching(file: NewFile, ref: EvidenceRef, source: Source | None) -> c.AttachEvidence:
    return c.AttachEvidence(entry_id=file.entry_id, evidence=ref, source=source)


def is_workday(day: date) -> bool:
    """Monday to Friday; the demo's year knows no holidays."""
    return day.weekday() in WORKDAYS


def set_clock(moment: datetime | None) -> datetime:
    """The demo site's clock, moved when a moment is given.

    In this process alone: should the preparation break off, no site is left behind in the past.
    """
    site = the_site()
    assert site.kind == Site.Kind.DEMO, "only a demo's clock is moved"
    if moment is not None:
        site.now_override = moment
    assert site.now_override is not None, "a demo being prepared has its own time"
    return site.now_override
