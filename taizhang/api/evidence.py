"""Evidence (佐证): attaching a file to an entry, under the rules of the desk's own form."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from taizhang.api.answers import answer, etag
from taizhang.api.caller import caller
from taizhang.api.inputs import Given, Id, Text, refuse_unknown, refuse_unknown_members
from taizhang.api.problems import troubles
from taizhang.api.writing import (
    KeyHeader,
    VersionHeader,
    Written,
    actor_for,
    expected_version,
    written,
)
from taizhang.core.events import EvidenceAttached
from taizhang.core.values import Purpose, Source, SourceKind
from taizhang.ledger import queries
from taizhang.ledger.attaching import Attachment, attach

router = Router(tags=["entries"])


class Sent(Given):
    """What goes with the file. `purpose`: before or after the work, or other; with `for_units` false it is the
    reporter's own and sealed. `name`: what it is to be called, where its header cannot say so. `acted_by`: the
    person this is recorded for (代录), which needs a `source_kind`, as does an earlier day."""

    purpose: Purpose = "other"
    for_units: bool = True
    name: Text = ""
    occurred_on: date | None = None
    source_kind: SourceKind | None = None
    source_note: Text = ""
    acted_by: Id | None = None


class Attached(Written):
    """The entry after it, and by which reference the file stands on its time line."""

    evidence: UUID


@router.post(
    "/entries/{uuid:entry_id}/evidence",
    response={201: Attached, **troubles(404, 409, 412, 413, 428)},
    url_name="evidence",
)
def attach_evidence(
    request: HttpRequest,
    entry_id: UUID,
    given: Form[Sent],
    file: File[UploadedFile],
    if_match: VersionHeader = None,
    idempotency_key: KeyHeader = None,
) -> HttpResponse:
    """Attach one file of at most 50 MB to the entry the caller saw at the version of If-Match."""
    refuse_unknown(request, ())
    refuse_unknown_members(request, Sent.model_fields)
    asking = caller(request)
    version = expected_version(if_match)
    sent = Attachment(
        entry_id=entry_id,
        expected_version=version,
        file=file,
        name=given.name or file.name or "",
        purpose=given.purpose,
        for_units=given.for_units,
        occurred_on=given.occurred_on,
        source=None if given.source_kind is None else Source(given.source_kind, given.source_note),
    )
    result = attach(sent, actor_for(asking, given.acted_by), key=idempotency_key)
    done = written(result, version, asking)
    history = queries.time_line(asking.site.id, asking.scope, entry_id)
    event = history[done.version - 1].event
    assert isinstance(event, EvidenceAttached), "that version is the one this request, or its twin, wrote"
    shown = Attached(**done.model_dump(), evidence=event.evidence.ref)
    return answer(shown, 201, ETag=etag(done.version))
