"""The API's addresses, for the site to include under /api/."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI

from taizhang import __version__
from taizhang.api import boards, events, evidence, imports, ledgers, moves, registrations
from taizhang.api.caller import SignedIn
from taizhang.api.problems import NOTHING_HERE, WRONG_METHOD, handle_all, said

api = NinjaAPI(
    title="台账 Taizhang",
    version=__version__,
    description="非涉密系统，严禁处理涉密信息。 The rules are the ledger's own; every refusal says which one it is.",
    docs_url=None,
    urls_namespace="api",
    auth=SignedIn(),
)
handle_all(api)
for part in (ledgers, registrations, events, moves, evidence, imports, boards):
    api.add_router("", part.router)


def nothing_here(_: HttpRequest, **address: str) -> HttpResponse:  # noqa: ARG001 - whatever was asked
    """What no address answers to, in the shape of every other fault."""
    return said(404, NOTHING_HERE)


def _in_one_shape(pattern: URLPattern | URLResolver) -> URLPattern | URLResolver:
    """A wrong method is refused before any operation is chosen: in plain text, unless it is said anew."""
    if isinstance(pattern, URLPattern):
        pattern.callback = nothing_here if pattern.name == "api-root" else _json_405(pattern.callback)
    return pattern


def _json_405(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        refused = said(405, WRONG_METHOD)
        refused["Allow"] = response["Allow"]
        return refused

    return shown


_patterns, _application, _namespace = api.urls
urlpatterns = [
    path("", ([_in_one_shape(pattern) for pattern in _patterns], _application, _namespace)),
    # Everything else, also what holds a line break, which `<path:…>` would let through to the pages' 404.
    re_path("", nothing_here, name="api-nothing"),
]
