"""The people to choose from when recording for another (代录)."""

from __future__ import annotations

from django.http import HttpResponse

from taizhang.desk.asking import Asking, screen
from taizhang.desk.behalf import check_may_type, people_options
from taizhang.desk.inputs import ACTED_BY


@screen
def options(asking: Asking) -> HttpResponse:
    """`<option>`s for what was typed so far."""
    check_may_type(asking)
    return HttpResponse(people_options(asking, asking.request.GET.get(ACTED_BY, "")))
