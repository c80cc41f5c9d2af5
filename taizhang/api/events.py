"""Events: the time line of an entry."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from taizhang.api.answers import Shape, answer, etag
from taizhang.api.caller import caller
from taizhang.api.inputs import refuse_unknown
from taizhang.api.problems import Problem, troubles
from taizhang.api.time_line import ShownEvent, shown
from taizhang.core import refusals as r
from taizhang.ledger import queries

router = Router(tags=["entries"])


class Events(Shape):
    """Oldest first."""

    events: list[ShownEvent]


@router.get("/entries/{uuid:entry_id}/events", response={200: Events, **troubles(404)}, url_name="events")
def events_of_an_entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Everything that happened to the entry; what is sealed stays sealed."""
    refuse_unknown(request, ())
    asking = caller(request)
    history = queries.time_line(asking.site.id, asking.scope, entry_id)
    if not history:
        raise Problem.of(r.NoSuchEntry())
    events = shown(history, asking.units, asking.site.zone)
    return answer(Events(events=events), ETag=etag(history[-1].version))
