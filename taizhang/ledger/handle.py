"""`handle`: the one way in for every write, for one command or a hundred thousand.

load → evolve → decide → append → project, in chunks of one statement inside one transaction: a call
is carried out whole or not at all, and no reader sees half of it (docs/decisions, one transaction per call).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import InitVar, dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from psycopg.errors import DeadlockDetected, UniqueViolation

from taizhang.core import commands as c
from taizhang.core import events as e
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.context import Context
from taizhang.core.decide import decide
from taizhang.core.entry import Entry
from taizhang.core.playbook import Playbook
from taizhang.core.registering import part_registrations
from taizhang.core.units import PostSpan, Units
from taizhang.ledger import calls, ledgers, numbers, store, vault, visibility
from taizhang.ledger.categories import ids_of
from taizhang.ledger.changes import changed_since
from taizhang.ledger.folding import Folded, advance, fold
from taizhang.ledger.identity import new_id
from taizhang.ledger.outcome import Outcome, Result
from taizhang.ledger.pipeline import Writer
from taizhang.ledger.statement import Overtaken
from taizhang.org.models import Site
from taizhang.org.posts import spans_of
from taizhang.org.sites import now as site_now
from taizhang.org.sites import the_site
from taizhang.org.tree import units_now
from taizhang.tlog.leaf import SALT_BYTES

CHUNK = 2_000
RETRIES = 3


class _Abort(Exception):
    """Unwinds the transaction of a call that is refused as a whole."""


def handle(
    commands: Iterable[c.AnyCommand],
    actor: Actor,
    *,
    key: str | None = None,
    on_refusal: Literal["abort", "skip"] = "abort",
    units: Units | None = None,
    known_by: Sequence[c.AnyCommand] | None = None,
) -> Result:
    """Carry out commands in their order, each answered by an outcome.

    `on_refusal="abort"` writes nothing when any is refused; `"skip"` writes the others. With `key`
    the same call made twice is carried out once; the same key with other commands is refused.
    `units`: the tree of units where the caller has just read it to find the actor. `known_by`: what tells
    this call from others under the same key, where the commands are made anew each time it is sent.
    """
    commands = tuple(commands)
    named = commands if known_by is None else known_by
    site = the_site()
    if key is not None and (earlier := calls.earlier(site, actor, key, named)) is not None:
        return earlier
    for attempt in range(RETRIES):
        call = _Call(
            site, actor, on_refusal, careful=attempt > 0, known_units=units if attempt == 0 else None
        )
        try:
            with numbers.reserved(site, commands, call.now) as supply, _transaction(call, commands, key):
                call.run(commands, supply)
                if key is not None:
                    calls.remember(site, actor, key, named, call.result(), call.now)
            return call.result()
        except _Abort:
            # What refused us may be the effect of our own idempotent twin, which then answers for us.
            twin = calls.earlier(site, actor, key, named) if key is not None else None
            return twin or call.aborted(commands)
        except (Overtaken, vault.KeyTaken, UniqueViolation, IntegrityError, DeadlockDetected):
            # Another writer was faster. Decide again on what is there now; an idempotent twin answers for us.
            if key is not None and (earlier := calls.earlier(site, actor, key, named)) is not None:
                return earlier
            if attempt == RETRIES - 1:
                raise
    raise AssertionError("unreachable")


def _transaction(
    call: _Call, commands: Sequence[c.AnyCommand], key: str | None
) -> AbstractContextManager[Any]:
    """What makes a call one. A single command is one statement, which needs no transaction around it, unless
    it runs in somebody's, where a failed statement must leave theirs usable."""
    if key is None and not call.careful and len(commands) == 1 and not connection.in_atomic_block:
        return nullcontext()
    return transaction.atomic()


def expect_many_calls() -> None:
    """This process lives long and writes a little at a time: reserve numbers ahead, for the calls to come."""
    numbers.keep_blocks()


@dataclass(slots=True)
class _Call:
    """The state of one attempt at a call.

    New entries have new ids, so the first attempt does not look whether they exist; the database
    would refuse the second of two, and the next attempt is `careful`. That one also holds the
    entries it reads, so that nobody overtakes it again.
    """

    site: Site
    actor: Actor
    on_refusal: Literal["abort", "skip"]
    careful: bool
    known_units: InitVar[Units | None]
    now: datetime = field(init=False)
    units: Units = field(init=False)
    batch_id: UUID = field(init=False)
    outcomes: list[Outcome] = field(default_factory=list)

    def __post_init__(self, known_units: Units | None) -> None:
        self.now = site_now(self.site)
        self.units = known_units or units_now()
        self.batch_id = new_id()

    def result(self) -> Result:
        return Result(tuple(self.outcomes), self.batch_id)

    def aborted(self, commands: Sequence[c.AnyCommand]) -> Result:
        """Nothing was written: the refused command says why, all others that it was theirs."""
        refused = self.outcomes[-1]
        others = (Outcome(command.entry_id, refusal=r.Aborted()) for command in commands)
        at = len(self.outcomes) - 1
        return Result(tuple(refused if n == at else other for n, other in enumerate(others)), self.batch_id)

    def run(self, commands: Sequence[c.AnyCommand], supply: numbers.Supply) -> None:
        standing = {
            command.entry_id
            for command in commands
            if self.careful or not isinstance(command, c.RegisterEntry)
        }
        if len(standing) > 1 or (standing and self.careful):
            # All of them before the first chunk: two calls that lock chunk by chunk could wait for each other.
            visibility.lock(self.site.id, standing)
        with Writer(ahead=len(commands) > CHUNK) as writer:
            for chunk in _chunks(commands):
                _Chunk(self, supply, writer).run(chunk)


def _chunks(commands: Iterable[c.AnyCommand]) -> Iterator[list[c.AnyCommand]]:
    waiting = iter(commands)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


class _Chunk:
    """Up to CHUNK commands: read together, decided one after the other, written together."""

    def __init__(self, call: _Call, supply: numbers.Supply, writer: Writer) -> None:
        self.call = call
        self.writer = writer
        self.supply = supply
        self.folded: dict[UUID, Folded | None] = {}
        self.before: dict[UUID, Folded | None] = {}
        self.taken: frozenset[UUID] = frozenset()
        self.parts: dict[UUID, Entry] = {}
        self.posts: dict[int, PostSpan] = {}
        self.touched: dict[UUID, Playbook] = {}
        self.contexts: dict[str, Context] = {}
        self.sealer = vault.Sealer()
        self.recorded: list[e.Recorded] = []
        self.writing = store.Appending(site_id=call.site.id)

    def run(self, commands: Sequence[c.AnyCommand]) -> None:
        self._load(commands)
        self.posts = spans_of(_post_ids(commands))
        for command in commands:
            self._one(command)
        if self.recorded:
            self._write()

    def _load(self, commands: Sequence[c.AnyCommand]) -> None:
        wanted = {command.entry_id for command in commands}
        registering = {command.entry_id for command in commands if isinstance(command, c.RegisterEntry)}
        site, actor = self.call.site, self.call.actor
        existing = wanted - registering if not self.call.careful else wanted
        if not existing:
            return
        self.writer.settle()
        if self.call.careful:
            self.taken = store.registered(site.id, registering | _part_ids(commands))
        histories = store.histories(site.id, existing, seen=visibility.condition_for(actor, self.call.units))
        for entry_id in existing:
            self.folded[entry_id] = self._fold(histories.get(entry_id))
        parts = {part for folded in self.folded.values() if folded is not None for part in folded.entry.parts}
        for entry_id, history in store.histories(site.id, list(parts)).items() if parts else ():
            part = self._fold(history)
            if part is not None:
                self.parts[entry_id] = part.entry

    def _fold(self, history: list[e.Recorded] | None) -> Folded | None:
        if not history:
            return None
        return fold(history, ledgers.playbook(history[0].playbook_sha), self.call.site.zone)

    def _one(self, command: c.AnyCommand) -> None:
        folded = self.folded.get(command.entry_id)
        entry = folded.entry if folded is not None else None
        playbook = self._playbook(command, entry)
        if playbook is None:
            self._refuse(
                command, r.LedgerUnknown() if isinstance(command, c.RegisterEntry) else r.NoSuchEntry()
            )
            return
        if self._is_taken(command):
            self._refuse(command, r.AlreadyRegistered())
            return
        sealed = self._sealed(command, playbook)
        if isinstance(sealed, r.Refusal):
            self._refuse(command, sealed)
            return
        command, sealed_rows = sealed
        decision = decide(entry, command, self._context(playbook))
        if isinstance(decision, r.Refusal):
            self._give_back(command, playbook)
            self._refuse(command, self._explained(decision, command, playbook))
            return
        self.writing.sealed += sealed_rows
        for event in decision:
            self._record(command.entry_id, event, command, playbook)
            if isinstance(event, e.EntrySplit) and entry is not None:
                for part_id, registered in part_registrations(entry, event, playbook):
                    self._record(part_id, registered, command, playbook)
        now = self.folded[command.entry_id]
        assert now is not None
        self.call.outcomes.append(Outcome(command.entry_id, now.entry.version, now.entry.number))

    def _is_taken(self, command: c.AnyCommand) -> bool:
        """Whether an id that is to be new is another entry's, be it one outside the actor's scope."""
        ids = {command.entry_id} if isinstance(command, c.RegisterEntry) else _part_ids([command])
        return not ids.isdisjoint(self.taken) or any(
            self.folded.get(entry_id) is not None for entry_id in ids
        )

    def _context(self, playbook: Playbook) -> Context:
        known = self.contexts.get(playbook.sha)
        if known is None:
            call = self.call
            known = self.contexts[playbook.sha] = Context(
                actor=call.actor,
                playbook=playbook,
                units=call.units,
                now=call.now,
                parts=self.parts,
                posts=self.posts,
            )
        return known

    def _playbook(self, command: c.AnyCommand, entry: Entry | None) -> Playbook | None:
        if entry is not None:
            return ledgers.playbook(entry.playbook_sha)
        if isinstance(command, c.RegisterEntry):
            ledger = ledgers.by_id(command.ledger_id)
            return ledgers.playbook(ledger.playbook_sha) if ledger is not None else None
        return None

    def _sealed(
        self, command: c.AnyCommand, playbook: Playbook
    ) -> tuple[c.AnyCommand, list[vault.SealedRow]] | r.Refusal:
        """The command as it is decided on: personal values sealed, a new entry numbered."""
        match command:
            case c.RegisterEntry():
                fresh = not self.call.careful
                done = self.sealer.seal(command.entry_id, command.fields, playbook, fresh=fresh)
                if isinstance(done, r.Refusal):
                    return done
                number = self.supply.next(command.ledger_id, playbook, self.call.now)
                return replace(command, fields=done[0], number=number), done[1]
            case c.AmendEntry():
                done = self.sealer.seal(command.entry_id, command.changes, playbook, fresh=False)
                return done if isinstance(done, r.Refusal) else (replace(command, changes=done[0]), done[1])
            case _:
                return command, []

    def _give_back(self, command: c.AnyCommand, playbook: Playbook) -> None:
        if isinstance(command, c.RegisterEntry):
            self.supply.give_back(command.ledger_id, playbook, self.call.now)

    def _explained(self, refusal: r.Refusal, command: c.AnyCommand, playbook: Playbook) -> r.Refusal:
        """A stale version says who changed what and when."""
        if not isinstance(refusal, r.StaleVersion) or command.expected_version is None:
            return refusal
        self.writer.settle()
        entry_id, call = command.entry_id, self.call
        history = store.histories(call.site.id, [entry_id]).get(entry_id, [])
        history += [recorded for recorded in self.recorded if recorded.entry_id == entry_id]
        what = changed_since(command.expected_version, history, playbook, call.site.zone)
        return r.StaleVersion(what if what.zh else refusal.what)

    def _refuse(self, command: c.AnyCommand, refusal: r.Refusal) -> None:
        self.call.outcomes.append(Outcome(command.entry_id, refusal=refusal))
        if self.call.on_refusal == "abort":
            raise _Abort

    def _record(self, entry_id: UUID, event: e.Event, command: c.AnyCommand, playbook: Playbook) -> None:
        before = self.folded.get(entry_id)
        self.before.setdefault(entry_id, before)
        actor = self.call.actor
        recorded = e.Recorded(
            entry_id=entry_id,
            version=before.entry.version + 1 if before is not None else 1,
            event=event,
            occurred_on=command.occurred_on or self.call.now.date(),
            recorded_at=self.call.now,
            acted_by=actor.acting.person_id,
            typed_by=actor.typing.person_id,
            unit_id=actor.acting.unit_id,
            typed_unit_id=actor.typing.unit_id,
            post_id=actor.acting.post_id,
            playbook_sha=before.entry.playbook_sha if before is not None else playbook.sha,
            batch_id=self.call.batch_id,
            source=command.source,
        )
        after, deltas = advance(before, recorded, playbook, self.call.site.zone)
        self.folded[entry_id] = after
        if after.entry.parent is not None:
            self.parts[entry_id] = after.entry
        self.touched[entry_id] = playbook
        self.recorded.append(recorded)
        self.writing.deltas += deltas

    def _write(self) -> None:
        writing = self.writing
        after = {entry_id: self.folded[entry_id] for entry_id in self.touched}
        writing.after = {key: (value, self.touched[key]) for key, value in after.items() if value is not None}
        writing.before = self.before
        writing.events = self.recorded
        salts = secrets.token_bytes(SALT_BYTES * len(self.recorded))
        writing.salts = [salts[n : n + SALT_BYTES] for n in range(0, len(salts), SALT_BYTES)]
        writing.ledger_units = {
            ledger_id: ledgers.unit_of(ledger_id)
            for ledger_id in {folded.entry.ledger_id for folded, _ in writing.after.values()}
        }
        stays = (stay for folded, _ in writing.after.values() for stay in folded.stays)
        writing.category_ids = ids_of(writing.site_id, (stay.category for stay in stays))
        writing.delta_ids = iter(new_id, None)
        self.sealer.commit_keys()
        self.writer.write(store.statement_of(writing))


def _part_ids(commands: Iterable[c.AnyCommand]) -> set[UUID]:
    return {
        part.entry_id for command in commands if isinstance(command, c.SplitEntry) for part in command.parts
    }


def _post_ids(commands: Iterable[c.AnyCommand]) -> set[int]:
    assigned = (command for command in commands if isinstance(command, c.AssignEntry))
    given = {post for command in assigned for post in (command.responsible_post, command.overseeing_post)}
    return {post for post in given if post is not None}
