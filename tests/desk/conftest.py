from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from taizhang.desk import assets
from tests.desk import live_site
from tests.desk.looking import Looking
from tests.desk.staff import Staff, staffed
from tests.desk.visit import Sessions, Visit, Visiting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IS_BUILT = (assets.FOLDER / "taizhang" / "manifest.json").is_file()
CHROMIUM = shutil.which("chromium")


@pytest.fixture(autouse=True)
def _a_site_to_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are tested where nobody ran the front end's build as well; the browser tests need a real one."""
    # Set for good: Django refuses to read an empty key, and so cannot put it back.
    settings.SECRET_KEY = "for tests alone"
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver", "127.0.0.1"])
    if not IS_BUILT:
        built = assets.Assets("/static/app.js", ("/static/app.css",))
        monkeypatch.setattr("taizhang.desk.frame.assets", lambda: built)
        monkeypatch.setattr("taizhang.desk.faults.assets", lambda: built)


@pytest.fixture
def staff(db: None) -> Staff:
    return staffed()


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The live site all browser tests visit; each makes the entries it needs."""
    if CHROMIUM is None:
        pytest.skip("no chromium is installed")
    if not IS_BUILT:
        pytest.skip("the front end is not built")
    with live_site.served() as served:
        yield served


@pytest.fixture(scope="module")
def chromium(address: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    # Django sees playwright's loop in this thread and would refuse the database to later tests.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def looking() -> Looking:
    return Looking()


@pytest.fixture(scope="session")
def sessions() -> Sessions:
    return {}


@pytest.fixture
def visit(chromium: Browser, address: str, looking: Looking, sessions: Sessions) -> Iterator[Visiting]:
    """Opens windows: `visit("clerk")` is signed in, `visit()` is not. After the test they are looked at."""
    opened: list[Visit] = []

    def visit(username: str = "", width: int = 1440) -> Visit:
        one = Visit(chromium, address, width)
        opened.append(one)
        if username:
            one.be(username, sessions)
        return one

    yield visit
    looking.at_all_of(opened)


@pytest.fixture
def newcomer(chromium: Browser, looking: Looking) -> Iterator[tuple[Visit, str]]:
    """A window before a site nobody has set up yet, and the one-time link to do so. After the test it is looked at."""
    with live_site.fresh() as (address, link):
        window = Visit(chromium, address)
        yield window, link
        looking.at_all_of([window])


@pytest.fixture(scope="module")
def entries(chromium: Browser, address: str, sessions: Sessions) -> dict[str, str]:
    """Stage → path of an entry in it, with a title of 300 characters; what has a lead unit is 城关镇's."""
    windows = {name: Visit(chromium, address) for name in ("clerk", "desk", "handler")}
    for name, window in windows.items():
        window.be(name, sessions)
    clerk, desk, handler = windows.values()
    stages = ("registered", "assigned", "reported")
    made = {stage: clerk.register(f"{stage}的一条".ljust(300, "长")) for stage in stages}
    for stage in ("assigned", "reported"):
        desk.goto(made[stage])
        desk.move("assign", lead_unit="城关镇", due_on="2099-01-01")
    handler.goto(made["reported"])
    handler.move("accept")
    handler.move("report_done", text="已修好")
    for window in windows.values():
        window.context.close()
    return made
