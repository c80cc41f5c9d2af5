"""What the frame around every page shows: the site, the person and posts, languages, the demo's roles."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from taizhang.demo.prefecture import source
from taizhang.desk.asking import Asking, asking_of
from taizhang.desk.assets import assets
from taizhang.desk.policy import LANGUAGES
from taizhang.org.models import Site
from taizhang.org.refusals import NoSite
from taizhang.org.sites import the_site


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context every template has."""
    try:
        site = the_site()
    except NoSite:
        return {"assets": assets()}
    asking = _asking(request)
    return {
        "assets": assets(),
        "office": site,
        "asking": asking,
        "held_posts": _held_posts(asking) if asking is not None else (),
        "language": get_language(),
        "languages": LANGUAGES.items(),
        "roles": demo_roles() if site.kind == Site.Kind.DEMO else (),
        "section": getattr(request.resolver_match, "url_name", "") or "",
    }


def _asking(request: HttpRequest) -> Asking | None:
    """Who signed in. A screen has found out before; the account's own pages and 404 have not."""
    found: Asking | None = getattr(request, "asking", None)
    return found if found is not None else asking_of(request)


def _held_posts(asking: Asking) -> list[dict[str, Any]]:
    """The posts of today, in words; the one this session means is `meant`."""
    return [
        {
            "id": post.post_id,
            "words": f"{asking.units.name(post.unit_id)} {post.name}",
            "meant": post.post_id == asking.agent.post_id,
        }
        for post in asking.seats.posts
    ]


@cache
def demo_roles() -> tuple[tuple[str, str], ...]:
    """User name and purpose of the demo's accounts."""
    return tuple((row["username"], row["about"]) for row in source()["account"])
