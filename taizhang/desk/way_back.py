"""The page a form was sent from."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def page_before(request: HttpRequest) -> str:
    """The address the form says it stands on; the first page where it says none of this site's."""
    page = request.POST.get("page", "")
    return page if page.startswith("/") and url_has_allowed_host_and_scheme(page, None) else "/"
