"""Attaching a file to an entry (佐证), for every door: asked first, stored next, recorded last.

What would be refused is not stored, because nobody could ever open it; what is recorded was stored before.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from taizhang.core import commands as c
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.context import Context
from taizhang.core.decide import decide
from taizhang.core.entry import replay
from taizhang.core.values import EvidenceRef, Purpose, Source
from taizhang.ledger import calls, ledgers, store, visibility
from taizhang.ledger.evidence import MOST_BYTES, EvidenceRefused, FileTooLarge, store_evidence
from taizhang.ledger.handle import handle
from taizhang.ledger.identity import new_id
from taizhang.ledger.media import media_type_of
from taizhang.ledger.outcome import Outcome, Result
from taizhang.ledger.vault import keyed_digest
from taizhang.org.sites import now, the_site
from taizhang.org.tree import units_now

_NOWHERE = UUID(int=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file for one entry, at the version the sender saw; `name` is what it is to be called."""

    entry_id: UUID
    expected_version: int
    file: UploadedFile[bytes]
    name: str
    purpose: Purpose
    for_units: bool
    occurred_on: date | None = None
    source: Source | None = None


def attach(sent: Attachment, actor: Actor, *, key: str | None = None) -> Result:
    """Store the file and record it, or say why not. With `key` the same file sent twice is attached once."""
    if (sent.file.size or 0) > MOST_BYTES:
        return _not(sent, FileTooLarge(sent.name[:40]))
    content = sent.file.read()
    # Each storing makes another reference and another salt: a repetition is known by what was sent.
    known = _command(sent, content)
    if key is not None and (earlier := calls.earlier(the_site(), actor, key, [known])) is not None:
        return earlier
    refusal = _refusal(known, actor)
    if isinstance(refusal, r.StaleVersion):
        # Versions only grow: the ledger refuses as well, and says who changed what.
        return handle([known], actor)
    if refusal is not None:
        return _not(sent, refusal)
    kind = sent.file.content_type or ""
    try:
        ref = store_evidence(sent.entry_id, sent.name, content, kind, sent.purpose, sent.for_units)
    except EvidenceRefused as refused:
        return _not(sent, refused.refusal)
    return handle([replace(known, evidence=ref)], actor, key=key, known_by=[known])


def _command(sent: Attachment, content: bytes) -> c.AttachEvidence:
    """The command with a reference to nothing, which tells this file from every other."""
    what = keyed_digest(f"{hashlib.sha256(content).hexdigest()} {sent.name.encode(errors='replace').hex()}")
    kind = media_type_of(content, sent.file.content_type or "")
    return c.AttachEvidence(
        entry_id=sent.entry_id,
        expected_version=sent.expected_version,
        occurred_on=sent.occurred_on,
        source=sent.source,
        evidence=EvidenceRef(_NOWHERE, what, kind, len(content), sent.purpose, sent.for_units),
    )


def _refusal(command: c.AttachEvidence, actor: Actor) -> r.Refusal | None:
    """What the ledger would answer now."""
    site, units = the_site(), units_now()
    seen = visibility.condition_for(actor, units)
    entry = replay(store.histories(site.id, [command.entry_id], seen=seen).get(command.entry_id, ()))
    if entry is None:
        return r.NoSuchEntry()
    playbook = ledgers.playbook(entry.playbook_sha)
    decision = decide(entry, command, Context(actor=actor, playbook=playbook, units=units, now=now(site)))
    return decision if isinstance(decision, r.Refusal) else None


def _not(sent: Attachment, refusal: r.Refusal) -> Result:
    return Result((Outcome(sent.entry_id, refusal=refusal),), new_id())
