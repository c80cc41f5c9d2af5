"""The site this process serves, and its time."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from taizhang.org.models import Site
from taizhang.org.refusals import ClockOfLiveSite, NoSite

_remembered: Site | None = None
_seen = threading.local()


def the_site() -> Site:
    """The site of this database, read once per process. Raises `NoSite` before there is one."""
    global _remembered  # noqa: PLW0603 - one site per process, as one database
    if _remembered is None:
        site = Site.objects.order_by("id").first()
        if site is None:
            raise NoSite
        _remembered = site
        saw(site.version)
    return _remembered


def version_seen() -> UUID | None:
    """The site's version as this thread last read it, which every request and every write does first.

    What is remembered under it was read after it, and so is at least as new. Another thread's would not do:
    it may come from a transaction that is not committed, whose rows we do not see.
    """
    return getattr(_seen, "version", None)


def saw(version: UUID) -> None:
    """The site's version was just read, together with something else."""
    _seen.version = version


def forget() -> None:
    """Read the site anew next time: it changed, or the process turned to another database."""
    global _remembered  # noqa: PLW0603
    _remembered = None
    _seen.__dict__.clear()


def change_site(**values: Any) -> Site:
    """Give the site other values of its columns and forget the old ones.

    Other running processes see them when they start next.
    """
    site = the_site()
    if values.get("now_override") is not None and values.get("kind", site.kind) == Site.Kind.LIVE:
        raise ClockOfLiveSite
    Site.objects.filter(id=site.id).update(**values)
    forget()
    return the_site()


def now(site: Site) -> datetime:
    """This moment in the site's zone: the server's, or the one a demo or rehearsal was set to."""
    return (site.now_override or datetime.now(UTC)).astimezone(ZoneInfo(site.timezone))


def today(site: Site) -> date:
    """The site's day, by which deadlines and statistics count."""
    return now(site).date()
