"""One entry as a signed-in person sees it: its history folded, with the names its page needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.http import Http404

from taizhang.core.context import Context
from taizhang.core.entry import Entry
from taizhang.core.events import EntryAssigned, Recorded
from taizhang.core.playbook import Playbook
from taizhang.desk.asking import Asking
from taizhang.ledger import ledgers, queries
from taizhang.ledger.ledgers import OpenLedger
from taizhang.org.called import Called, called
from taizhang.org.posts import StaffedPost, posts_by_id, stood_in_for


@dataclass(frozen=True)
class Sight:
    asking: Asking
    entry: Entry
    history: Sequence[Recorded]
    title: str

    @property
    def playbook(self) -> Playbook:
        return ledgers.playbook(self.entry.playbook_sha)

    @property
    def ledger(self) -> OpenLedger:
        return ledgers.of_entry(self.entry.ledger_id)

    @cached_property
    def parts(self) -> dict[UUID, Entry]:
        """The parts of a split entry as they stand."""
        return queries.present(self.asking.site.id, self.entry.parts)

    @cached_property
    def context(self) -> Context:
        """What a decision is told, for asking beforehand whether a move can be made."""
        asking = self.asking
        return Context(
            actor=asking.actor, playbook=self.playbook, units=asking.units, now=asking.now, parts=self.parts
        )

    @cached_property
    def _called(self) -> Called:
        """What all people and posts of the history are called."""
        people = [who for item in self.history for who in (item.acted_by, item.typed_by)]
        posts = [item.post_id for item in self.history]
        for item in self.history:
            if isinstance(item.event, EntryAssigned):
                posts += [item.event.responsible_post, item.event.overseeing_post]
        return called(people, posts)

    @property
    def people(self) -> dict[int, str]:
        return self._called.people

    @cached_property
    def posts(self) -> dict[int, str]:
        """In the language of the page."""
        return {post: self.asking.word(name) for post, name in self._called.posts.items()}

    @cached_property
    def standing_in(self) -> dict[tuple[int, int, date], str]:
        """Person, post and day of what was done standing in for somebody → whom."""
        zone = self.asking.site.zone
        acted = {
            (item.acted_by, item.post_id, item.recorded_at.astimezone(zone).date())
            for item in self.history
            if item.post_id is not None and item.post_id in self._called.stood_in_for
        }
        return stood_in_for(acted)

    @cached_property
    def answering(self) -> dict[int, StaffedPost]:
        """The posts that answer for the entry now, with who holds them today."""
        ids = set(_given([self.entry.responsible_post, self.entry.overseeing_post]))
        return posts_by_id(ids, self.asking.today) if ids else {}


def _given(ids: Iterable[int | None]) -> Iterable[int]:
    return (one for one in ids if one is not None)


def sight_of(asking: Asking, entry_id: UUID) -> Sight:
    """The entry, or 404 alike where it does not exist and where it may not be seen."""
    found = queries.seen(asking.site.id, asking.scope, entry_id)
    if found is None:
        raise Http404
    return Sight(asking, found.entry, found.history, found.title)
