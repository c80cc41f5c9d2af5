"""What the frame around every page shows: the site, the person and posts, languages, the demo's roles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from taizhang.core.wording import Language
from taizhang.demo.scene import scene_of
from taizhang.desk.asking import Asking, asking_of, spoken
from taizhang.desk.assets import assets
from taizhang.desk.first_password import has_one_time
from taizhang.desk.policy import LANGUAGES
from taizhang.org import first_account
from taizhang.org.models import Site
from taizhang.org.refusals import NoSite
from taizhang.org.sites import the_site

PAGES_OF = {
    "ledgers": (
        "ledger",
        "register",
        "entry",
        "move",
        "sealed",
        "playbook",
        "new-ledger",
        "draft",
        "draft-text",
    ),
    "boards": ("board",),
    "imports": ("import", "import-preview", "import-units"),
    "spellings": ("ledger-units", "unit-groups"),
    "staff": (
        "staff-new",
        "staff-post",
        "staff-log",
        "staff-slips",
        "staff-person",
        "staff-deed",
        "staff-handover",
    ),
}
"""The addresses that lie under an item of the menu."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context every template has."""
    shared = {"assets": assets(), "language": get_language(), "languages": LANGUAGES.items()}
    try:
        site = the_site()
    except NoSite:
        return shared
    asking = _asking(request)
    return {
        **shared,
        "office": site,
        "asking": asking,
        "held_posts": _held_posts(asking) if asking is not None else (),
        "set_up_waits": asking is None and first_account.is_waited_for(),
        "roles": demo_roles(site, spoken()),
        "menu": _menu(asking, request) if asking is not None else (),
    }


def _asking(request: HttpRequest) -> Asking | None:
    """Who signed in, once they have a password of their own. A screen has found out before; the account's own
    pages and 404 have not."""
    if has_one_time(request):
        return None
    found: Asking | None = getattr(request, "asking", None)
    return found if found is not None else asking_of(request)


def _menu(asking: Asking, request: HttpRequest) -> list[dict[str, Any]]:
    """Where one can go; of what one may not do there is no mention."""
    at = getattr(request.resolver_match, "url_name", None)
    items = [("todo", _("我的待办")), ("ledgers", _("台账")), ("boards", _("看板"))]
    if "register" in asking.agent.duties:
        items.append(("imports", _("导入")))
    if "administer" in asking.agent.duties:
        items.append(("spellings", _("单位写法")))
    if asking.person.is_operator:
        items.append(("backups", _("备份")))
    if "appoint" in asking.agent.duties:
        items.append(("staff", _("人员与账号")))
    return [
        {"address": reverse(name), "label": label, "is_here": at == name or at in PAGES_OF.get(name, ())}
        for name, label in items
    ]


def _held_posts(asking: Asking) -> list[dict[str, Any]]:
    """The posts of today, in words; the one this session means is `meant`."""
    return [
        {
            "id": post.post_id,
            "words": f"{asking.units.name(post.unit_id)} {asking.word(post.name)}",
            "meant": post.post_id == asking.agent.post_id,
        }
        for post in asking.seats.posts
    ]


def demo_roles(site: Site, language: Language) -> tuple[tuple[str, str], ...]:
    """User name and purpose of a demo's accounts; none on any other site."""
    if site.kind != Site.Kind.DEMO:
        return ()
    return tuple((username, about.text(language)) for username, about in scene_of(site).abouts.items())
