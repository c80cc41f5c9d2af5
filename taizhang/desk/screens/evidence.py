"""Files of an entry: the list with previews, and one file as the person may open it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from taizhang.core.refusals import NoSuchEntry
from taizhang.desk.asking import Asking, screen
from taizhang.desk.faults import MayNot
from taizhang.desk.sight import Sight
from taizhang.ledger import opening
from taizhang.ledger.evidence import NoSuchEvidence, open_evidence

SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
SANDBOX = "default-src 'none'; sandbox"


def files_of(sight: Sight) -> list[dict[str, Any]]:
    """The files in the order they came. Their names lie encrypted and show when a file is opened."""
    purposes = {"before": _("整改前"), "after": _("整改后"), "other": _("其他材料")}
    return [
        {
            "ref": item.ref,
            "purpose": purposes[item.purpose],
            "kind": item.media_type,
            "size": _size(item.size),
            "preview": item.for_units and item.media_type in SHOWN_INLINE,
            "sealed": not item.for_units,
        }
        for item in sight.entry.evidence
    ]


def _size(count: int) -> str:
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(1, round(count / 1024))} KB"


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
