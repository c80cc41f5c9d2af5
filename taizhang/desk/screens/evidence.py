"""One file of an entry, as the person may open it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from taizhang.core.refusals import NoSuchEntry
from taizhang.desk.asking import Asking, screen
from taizhang.desk.faults import MayNot
from taizhang.desk.kinds import SHOWN_INLINE
from taizhang.ledger import opening
from taizhang.ledger.evidence import NoSuchEvidence, open_evidence

SANDBOX = "default-src 'none'; sandbox"


@screen
def show(asking: Asking, entry_id: UUID, ref: UUID) -> HttpResponse:
    """The file itself; a sealed one only by POST, with the reason that is kept."""
    request: HttpRequest = asking.request
    reason = request.POST.get("reason", "") if request.method == "POST" else ""
    try:
        found = open_evidence(asking.agent, entry_id, ref, reason)
    except opening.OpeningRefused as refused:
        if isinstance(refused.refusal, NoSuchEntry | NoSuchEvidence):
            raise Http404 from None
        raise MayNot(asking.word(refused.refusal.message)) from None
    inline = found.media_type in SHOWN_INLINE
    response = HttpResponse(found.content, content_type=found.media_type)
    response["Content-Disposition"] = content_disposition_header(not inline, found.name) or "attachment"
    response["Content-Security-Policy"] = SANDBOX
    return response
