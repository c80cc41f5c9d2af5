"""启封: reading a sealed value. It needs the duty, the scope and a reason, and is recorded before it is shown."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from taizhang.core import refusals as r
from taizhang.core.actor import Agent
from taizhang.core.entry import Entry, replay
from taizhang.core.values import SealedRef
from taizhang.ledger import ledgers, queries, vault
from taizhang.ledger.identity import new_id
from taizhang.ledger.models import Opening, Sealed
from taizhang.ledger.visibility import scope_of
from taizhang.org.sites import now, the_site

LEAST_REASON = 4
"""Characters a reason must have: 核实来电 is one, 看看 is none."""


class NotYoursToOpen(r.Refusal):
    zh = "启封须由有“启封”职责的岗位办理。"
    en = "Opening what is sealed needs a post with the duty to unseal."


class ReasonTooShort(r.Refusal):
    zh = "请写明启封理由（不少于 {what} 个字），理由会留档。"
    en = "Say why it is opened, in at least {what} characters; the reason is kept."


class NothingSealed(r.Refusal):
    zh = "“{what}”没有密封的内容。"
    en = "There is nothing sealed under “{what}”."


class Erased(r.Refusal):
    zh = "内容已依法销毁，无法再启封。"
    en = "The value has been erased and can never be opened again."


class OpeningRefused(Exception):
    """Nothing was opened and nothing recorded; `refusal` says why."""

    def __init__(self, refusal: r.Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


def open_sealed(agent: Agent, entry_id: UUID, field_key: str, reason: str) -> str:
    """The value sealed in a field of an entry, proved against what the entry's event says of it.

    To a unit the entry's accusation names it does not exist, as everywhere. Raises OpeningRefused.
    Must not run inside a transaction: the record has to be there even if the caller fails afterwards.
    """
    permit(agent, reason)
    entry = visible_entry(agent, entry_id)
    ref = entry.fields.get(field_key)
    if not isinstance(ref, SealedRef):
        known = ledgers.playbook(entry.playbook_sha).field_of.get(field_key)
        raise OpeningRefused(NothingSealed(str(known.label) if known is not None else field_key))
    found = Sealed.objects.get(site_id=the_site().id, ref=ref.ref)
    record(agent, entry_id, ref.ref, reason)
    try:
        return vault.opened(ref, found.subject_id, bytes(found.ciphertext))
    except vault.ValueErased:
        raise OpeningRefused(Erased()) from None


def permit(agent: Agent, reason: str) -> None:
    """Whether this agent may open anything sealed for this reason. Raises OpeningRefused."""
    if "unseal" not in agent.duties:
        raise OpeningRefused(NotYoursToOpen())
    if len(reason.strip()) < LEAST_REASON:
        raise OpeningRefused(ReasonTooShort(str(LEAST_REASON)))


def visible_entry(agent: Agent, entry_id: UUID) -> Entry:
    """The entry where the agent may see it. Raises OpeningRefused alike where it does not exist and where not."""
    entry = replay(queries.time_line(the_site().id, scope_of(agent), entry_id))
    if entry is None:
        raise OpeningRefused(r.NoSuchEntry())
    return entry


def record(agent: Agent, entry_id: UUID, ref: UUID, reason: str) -> datetime:
    """Write down who opens what and why, committed when this returns."""
    site = the_site()
    at = now(site)
    with transaction.atomic(durable=True):
        Opening.objects.create(
            site_id=site.id,
            opening_id=new_id(),
            ref=ref,
            entry_id=entry_id,
            person_id=agent.person_id,
            unit_id=agent.unit_id,
            reason=reason.strip(),
            opened_at=at,
        )
    return at
