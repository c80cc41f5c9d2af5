"""Opening a data folder: its database, Django, the tables, the site and its clock.

In the data folder: `postgres/`, `run/` and `log/` as `taizhang.postgres` says; `keys/` holds the
keys of sealed values, `secret-key` signs sessions, `log/taizhang.log` has the traces of faults.
With DATABASE_URL set no server is started, and the folder holds only keys, secret and log.
"""

from __future__ import annotations

import gc
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from taizhang.cli import worker_lock
from taizhang.cli.command import Refused, WrongUse
from taizhang.cli.say import Say

SECRET = "secret-key"  # noqa: S105 - the name of a file
CLUSTER = "postgres"


@contextmanager
def opened(
    data: Path, say: Say, *, now: str | None = None, founding: bool = False, finishes: bool = True
) -> Iterator[None]:
    """Run on the site of this data folder: Django is set up and `the_site()` answers.

    `founding` is for who makes the site: without it a folder that holds none is refused and left
    untouched. With `finishes` what was written is sealed and packed before leaving, unless a
    running `serve` does that.
    """
    with _database(data, say, founding):
        set_up_django(data, say, _secret(data / SECRET))
        from taizhang.cli.schema import brought_up_to_date

        if not brought_up_to_date(say, may_create=founding):
            raise no_site(data)
        if now is not None or not founding:
            _at(now)
        yield
        if finishes:
            _finish(data)


def no_site(data: Path) -> Refused:
    return Refused(
        f"{data} 里还没有站点。请先运行：taizhang init --data '{data}'，或运行 taizhang serve 在浏览器里设置。",
        f"There is no site in {data} yet. First run: taizhang init --data '{data}', or taizhang serve and set it up"
        " in the browser.",
    )


@contextmanager
def _database(data: Path, say: Say, founding: bool) -> Iterator[None]:
    """The server of the folder as long as we are inside; nothing where DATABASE_URL names another."""
    # What an import or a fold makes in numbers lives until it ends, and by its defaults the collector looks
    # through all of it again and again: a third of the time of an import.
    gc.set_threshold(50_000, 20, 50)
    if os.environ.get("DATABASE_URL"):
        if founding:
            data.mkdir(mode=0o700, parents=True, exist_ok=True)
        elif not data.is_dir():
            raise no_site(data)
        yield
        return
    if not founding and not (data / CLUSTER).is_dir():
        raise no_site(data)
    from taizhang.postgres import attached

    with attached(data, progress=say.note) as server:
        os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"] = server.url("app"), server.url("owner")
        try:
            yield
        finally:
            _disconnect()
            del os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"]


def set_up_django(data: Path, say: Say, secret: str) -> None:
    """Load Django for this data folder, and the language spoken."""
    os.environ["TAIZHANG_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "taizhang.settings"
    os.environ.setdefault("TAIZHANG_SECRET_KEY", secret)
    import django
    from django.utils import translation

    django.setup()
    translation.activate("en" if say.language == "en" else "zh-hans")


def _secret(path: Path) -> str:
    """The folder's secret, made at first use; of two who make it at once, both get the same."""
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        draft = path.with_name(f"{SECRET}.{os.getpid()}")
        handle = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="ascii")


def _at(now: str | None) -> None:
    """Set this process's clock, where the site is not a live one. Raises `NoSite` where there is none."""
    from taizhang.org.models import Site
    from taizhang.org.sites import the_site

    site = the_site()
    if now is None:
        return
    if site.kind == Site.Kind.LIVE:
        raise Refused(
            "正式站点只用服务器的时间；--now 只用于 demo 或 init --rehearsal 建立的站点。",
            "A live site uses the server's time; --now is only for sites made by demo or init --rehearsal.",
        )
    try:
        moment = datetime.fromisoformat(now)
    except ValueError:
        raise WrongUse(
            f"--now 的值不对：{now}。请写成 2026-03-01 或 2026-03-01T09:30。",
            f"--now does not understand {now}: write 2026-03-01 or 2026-03-01T09:30.",
        ) from None
    # Only in memory: the next command is back at the present.
    site.now_override = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(site.timezone))


def _finish(data: Path) -> None:
    from taizhang.ledger.work import work_once
    from taizhang.org.sites import the_site

    with worker_lock.held(data) as ours:
        if ours:
            work_once(the_site())


def _disconnect() -> None:
    """Let go of the server before it is asked to stop."""
    from django.db import connections

    connections.close_all()
