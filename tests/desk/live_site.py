"""A live site for a browser: three ledgers, an account for every duty, served on a free port.

`python -m tests.desk.live_site` puts the ledgers and the people into the site of its environment.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from tests.cli.terminal import COMMAND, Terminal, environment

SITE = "清河县"
PASSWORD = "浏览器里的口令2026"
PROBLEMS, LETTERS, SHEETS = "problems", "letters", "sheets"
LEDGERS = {PROBLEMS: "problems", LETTERS: "messages", SHEETS: "problems"}
"""Key → playbook: for what tests register by hand, for an office's letters, for a sheet of the tests' own."""


class Account(NamedTuple):
    """`unit` is where the post is; `sees_all` widens its scope to the whole site."""

    username: str
    name: str
    unit: str
    duties: tuple[str, ...]
    sees_all: bool = False


ACCOUNTS = {
    account.username: account
    for account in (
        Account("clerk", "登记员甲", SITE, ("register",)),
        Account("desk", "交办员乙", SITE, ("dispatch",)),
        Account("handler", "办理员丙", "城关镇", ("handle",)),
        Account("colleague", "办理员丁", "城关镇", ("handle", "verify")),
        Account("stranger", "办理员戊", "柳林镇", ("handle",)),
        Account("checker", "核查员己", "核查组", ("verify",), sees_all=True),
        Account("closer", "领导庚", "核查组", ("close", "oversee"), sees_all=True),
        Account("inspector", "督导员辛", "核查组", ("inspect", "unseal"), sees_all=True),
        Account("chief", "管理员癸", SITE, ("register", "administer")),
        # Whoever sets up two-step sign-in needs a second step from then on; the other tests do without.
        Account("careful", "登记员壬", SITE, ("register",)),
        Account("admin", "管理员癸", "城关镇", ("appoint",)),
        Account("elsewhere", "管理员子", "柳林镇", ("appoint",)),
    )
}


@contextmanager
def served(*founding: str) -> Iterator[str]:
    """The address of the site, served on a free port. What it is stays until the end. `founding`: how else it is set up."""
    with _folder() as terminal:
        terminal.done("init", "--site", SITE, *founding)
        _furnish(terminal)
        with _running(terminal) as told:
            yield told.readline().decode().strip()


@contextmanager
def fresh() -> Iterator[tuple[str, str]]:
    """The address of a folder nobody has set up, served on a free port, and the one-time link to do so."""
    with _folder() as terminal, _running(terminal) as told:
        address, _words, link = (told.readline().decode().strip() for _ in range(3))
        yield address, link


@contextmanager
def _folder() -> Iterator[Terminal]:
    folder = Path(tempfile.mkdtemp(prefix="tz "))
    folder.chmod(0o755)
    try:
        yield Terminal(folder / "台账")
    finally:
        shutil.rmtree(folder)


@contextmanager
def _running(terminal: Terminal) -> Iterator[IO[bytes]]:
    """What `serve` says on, after its first line."""
    with terminal.serving() as process:
        assert process.stdout is not None
        yield process.stdout
        process.terminate()
        process.wait(10)


def _furnish(terminal: Terminal) -> None:
    from taizhang.postgres import attached

    with attached(terminal.data) as server:
        given = {
            "TAIZHANG_DATA": str(terminal.data),
            "DATABASE_URL": server.url("app"),
            "DJANGO_SETTINGS_MODULE": "taizhang.settings",
            "TAIZHANG_SECRET_KEY": "for tests alone",
        }
        subprocess.run([COMMAND[0], "-m", __name__], env=environment(given), check=True, timeout=60)


def _open_ledgers() -> None:
    from taizhang.ledger import ledgers
    from taizhang.org.founding import OPERATOR
    from taizhang.org.models import Person, Unit
    from taizhang.org.sites import now, the_site
    from taizhang.playbooks import texts_of

    for key, playbook in LEDGERS.items():
        ledgers.open_ledger(
            the_site(),
            texts_of(playbook),
            key=key,
            name=f"{SITE}{key}台账",
            unit_id=Unit.objects.get(parent=None).id,
            opened_by=Person.objects.get(username=OPERATOR).id,
            now=now(the_site()),
        )


def _appoint_people() -> None:
    from django.contrib.auth.hashers import make_password

    from taizhang.org.founding import OPERATOR, NewUnit, add_people, add_posts, add_units, appoint_all
    from taizhang.org.models import Person, Post, Tenure, Unit

    root = Unit.objects.get(parent=None)
    names = list(dict.fromkeys(account.unit for account in ACCOUNTS.values() if account.unit != SITE))
    made = add_units([NewUnit(name, root.id) for name in names])
    units = dict(zip((SITE, *names), (root, *made), strict=True))
    password = make_password(PASSWORD)
    Person.objects.filter(username=OPERATOR).update(password=password)
    for account in ACCOUNTS.values():
        unit = units[account.unit].id
        post = Post(
            unit_id=unit,
            name=f"{account.name[:-1]}岗",
            duties=list(account.duties),
            scope_unit_id=root.id if account.sees_all else unit,
        )
        person = Person(username=account.username, name=account.name, password=password)
        appoint_all([Tenure(person=add_people([person])[0], post=add_posts([post])[0])])


if __name__ == "__main__":
    import django

    django.setup()
    _open_ledgers()
    _appoint_people()
