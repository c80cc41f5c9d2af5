"""The posts to choose from once a lead unit was typed, for the form of 交办."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from taizhang.desk.asking import Asking, screen
from taizhang.desk.picking import units_named
from taizhang.desk.posts import PARTS, post_options


@screen
def options(asking: Asking, part: str) -> HttpResponse:
    """`<option>`s; none while the unit is not one unit."""
    if part not in PARTS:
        raise Http404
    found = units_named(asking.request.GET.get("lead_unit", ""), asking.units, asking.today)
    return HttpResponse(post_options(asking, part, found[0]) if len(found) == 1 else "")
