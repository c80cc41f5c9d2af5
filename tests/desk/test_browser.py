"""In Chromium, against a real `serve`: signing in, the list, a move, a telephone's width, the keyboard, axe."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from taizhang.desk import assets
from tests.cli.terminal import COMMAND, Terminal, environment

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed"),
    pytest.mark.skipif(
        not (assets.FOLDER / "taizhang" / "manifest.json").is_file(), reason="the front end is not built"
    ),
]
PASSWORD = "浏览器里的口令2026"
PEOPLE = """
import django; django.setup()
from taizhang.org.founding import NewUnit, add_people, add_posts, add_units, appoint_all
from taizhang.org.models import Person, Post, Tenure, Unit
root = Unit.objects.get()
town = add_units([NewUnit("城关镇", root.id)])[0]
for name, unit, duties in (("clerk", root, ["register", "dispatch"]), ("handler", town, ["handle"])):
    person = Person(username=name, name="某" + name)
    person.set_password(%r)
    post = add_posts([Post(unit_id=unit.id, name=name, duties=duties, scope_unit_id=unit.id)])[0]
    appoint_all([Tenure(person=add_people([person])[0], post=post)])
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A live site with a clerk and a handler, served on a free port."""
    folder = Path(tempfile.mkdtemp(prefix="tz "))
    folder.chmod(0o755)
    terminal = Terminal(folder / "台账")
    terminal.done("init", "--site", "清河县")
    terminal.done("ledger", "open", "problems")
    _add_people(terminal)
    with terminal.serving() as process:
        assert process.stdout is not None
        yield process.stdout.readline().decode().strip()
        process.terminate()
        process.wait(10)
    shutil.rmtree(folder)


def _add_people(terminal: Terminal) -> None:
    from taizhang.postgres import attached

    with attached(terminal.data) as server:
        given = environment(
            {
                "TAIZHANG_DATA": str(terminal.data),
                "DATABASE_URL": server.url("app"),
                "DJANGO_SETTINGS_MODULE": "taizhang.settings",
                "TAIZHANG_SECRET_KEY": "for tests alone",
            }
        )
        subprocess.run([COMMAND[0], "-c", PEOPLE % PASSWORD], env=given, check=True, timeout=60)


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    # Django sees playwright's loop in this thread and would refuse the database to later tests.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Visit:
    """One browser window; what the console says and what is asked of other hosts is kept."""

    def __init__(self, chromium: object, address: str, width: int = 1440) -> None:
        context = chromium.new_context(viewport={"width": width, "height": 900})  # type: ignore[attr-defined]
        self.page, self.address = context.new_page(), address
        self.faults: list[str] = []
        self.page.on("console", lambda said: self.faults.append(said.text) if said.type == "error" else None)
        self.page.on("request", self._asked)

    def _asked(self, request: object) -> None:
        url: str = request.url  # type: ignore[attr-defined]
        if not url.startswith((self.address, "data:")):
            self.faults.append(url)

    def sign_in(self, name: str) -> None:
        self.page.goto(self.address)
        self.page.fill("#id_login", name)
        self.page.fill("#id_password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("h1:has-text('我的待办')")

    def register(self, title: str) -> None:
        self.page.goto(self.address + "ledgers/problems/register/")
        self.page.get_by_label(re.compile("^问题描述")).fill(title)
        self.page.click("main button.btn-primary")
        self.page.wait_for_selector(".alert-success")

    def check(self) -> None:
        """No policy broken, nothing asked elsewhere, nothing wider than the window, nothing serious for axe."""
        from axe_playwright_python.sync_playwright import Axe

        assert self.faults == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        found = Axe().run(self.page).response["violations"]
        serious = [
            (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
        ]
        assert serious == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_clerk_registers_finds_and_assigns(chromium: object, address: str, width: int) -> None:
    visit = Visit(chromium, address, width)
    visit.sign_in("clerk")
    visit.check()
    visit.register(f"路灯不亮{'很久了' * 98}{width}")
    visit.check()
    visit.page.goto(f"{address}ledgers/problems/?q=不亮")
    visit.check()
    visit.page.click("tbody a >> nth=0")
    visit.page.fill("#move-assign [name=lead_unit]", "城关镇")
    visit.page.fill("#move-assign [name=due_on]", "2099-01-01")
    visit.page.click("#move-assign button.btn")
    visit.page.wait_for_selector(".alert-success")
    assert "城关镇" in visit.page.inner_text(".facts")
    visit.check()
    visit.page.goto(f"{address}ledgers/problems/board/")
    visit.check()


def test_typed_words_survive_an_expired_session(chromium: object, address: str) -> None:
    visit = Visit(chromium, address)
    visit.sign_in("clerk")
    visit.register("井盖缺失")
    visit.page.evaluate("document.querySelector('#move-comment').open = true")
    visit.page.fill("#move-comment textarea", "写了很久的话")
    visit.page.context.clear_cookies(name="sessionid")
    visit.page.click("#move-comment button.btn")
    if not visit.page.query_selector("#id_login"):
        visit.page.click("main a.btn")
    visit.page.fill("#id_login", "clerk")
    visit.page.fill("#id_password", PASSWORD)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_selector("#move-comment")
    assert visit.page.input_value("#move-comment textarea") == "写了很久的话"
    visit.page.click("#move-comment button.btn")
    visit.page.wait_for_selector(".alert-success")
    assert "写了很久的话" in visit.page.inner_text(".time-line")
    assert visit.page.input_value("#move-comment textarea") == ""


def test_the_keyboard_alone_reaches_the_content_and_shows_where_it_is(chromium: object, address: str) -> None:
    visit = Visit(chromium, address)
    visit.sign_in("handler")
    visit.page.goto(address)
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.className") == "skip-link"
    assert visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == "content"
