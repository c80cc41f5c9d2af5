"""启封: one sealed value, for a reason that is kept, on the entry's own page."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from taizhang.core.refusals import NoSuchEntry
from taizhang.desk.asking import Asking, screen
from taizhang.desk.faults import MayNot
from taizhang.desk.screens.entry import page
from taizhang.desk.sight import sight_of
from taizhang.ledger.opening import NotYoursToOpen, OpeningRefused, open_sealed


@screen
def show(asking: Asking, entry_id: UUID, field: str) -> HttpResponse:
    if asking.request.method != "POST":
        return redirect("entry", entry_id)
    sight = sight_of(asking, entry_id)
    try:
        value = open_sealed(asking.agent, entry_id, field, asking.request.POST.get("reason", ""))
    except OpeningRefused as refused:
        if isinstance(refused.refusal, NoSuchEntry):
            raise Http404 from None
        if isinstance(refused.refusal, NotYoursToOpen):
            raise MayNot(asking.word(refused.refusal.message)) from None
        return page(sight, problem=asking.word(refused.refusal.message), status=422)
    return page(sight, opened={field: value})
