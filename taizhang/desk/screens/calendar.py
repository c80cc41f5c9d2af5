"""The site's working calendar: which days are off or worked instead, and where that is said."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from taizhang.calendars import shipped
from taizhang.desk.asking import Asking, screen


@screen
def show(asking: Asking) -> HttpResponse:
    """From the beginning of this year on; a calendar of a dozen years would be a thousand rows."""
    calendar = shipped(asking.site.calendar)
    days = [
        {"on": on, "is_off": arranged.is_off, "name": asking.word(arranged.name), "basis": arranged.basis}
        for on, arranged in sorted(calendar.days.items())
        if on.year >= asking.today.year
    ]
    return render(
        asking.request, "desk/calendar.html", {"calendar_name": asking.word(calendar.name), "days": days}
    )
