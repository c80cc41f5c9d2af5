"""What the frame around every page shows: the site, the person and post, languages, the demo's roles."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from taizhang.demo.prefecture import source
from taizhang.desk.asking import Asking
from taizhang.desk.assets import assets
from taizhang.desk.policy import LANGUAGES
from taizhang.org.models import Post, Site
from taizhang.org.refusals import NoSite
from taizhang.org.sites import the_site


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context every template has."""
    try:
        site = the_site()
    except NoSite:
        return {"assets": assets()}
    asking: Asking | None = getattr(request, "asking", None)
    return {
        "assets": assets(),
        "office": site,
        "asking": asking,
        "held": _held(asking) if asking is not None else "",
        "language": get_language(),
        "languages": LANGUAGES.items(),
        "roles": demo_roles() if site.kind == Site.Kind.DEMO else (),
        "section": getattr(request.resolver_match, "url_name", "") or "",
    }


def _held(asking: Asking) -> str:
    """In what post and unit one is here, in words."""
    agent = asking.agent
    if agent.unit_id is None or agent.post_id is None:
        return ""
    post = Post.objects.filter(pk=agent.post_id).values_list("name", flat=True).first()
    return f"{asking.units.name(agent.unit_id)} {post or ''}".strip()


@cache
def demo_roles() -> tuple[tuple[str, str], ...]:
    """User name and purpose of the demo's accounts."""
    return tuple((row["username"], row["about"]) for row in source()["account"])
