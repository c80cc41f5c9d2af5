"""Looking at a page a browser was shown, once more and at leisure, at the two widths it must fit.

It is put before a window of its own from the bytes the server sent, so that the answer to a form, too,
is looked at without sending the form again. Everything that can be opened is open: what lies folded is
looked at as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Route

    from tests.desk.visit import Visit

WIDE, NARROW = 1440, 390
GRAVE = ("serious", "critical")
OPEN_ALL = """() => {
    for (const folded of document.querySelectorAll("details")) folded.open = true;
    for (const folded of document.querySelectorAll(".collapse, .dropdown-menu")) folded.classList.add("show");
    // As Bootstrap marks a menu it has unfolded in a bar, which is what puts it in its place.
    for (const menu of document.querySelectorAll(".dropdown-menu")) menu.dataset.bsPopper = "static";
}"""
WIDER_BY = "document.documentElement.scrollWidth - window.innerWidth"
_TAG = re.compile(r"<[a-z][^>]*>")
_ONCE_ONLY = re.compile(r'value="[^"]*"|[0-9a-f]{8}-[0-9a-f-]{27}|\d+')


class Shown(NamedTuple):
    """An HTML document as the server sent it."""

    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def elements(self) -> str:
        """What it is made of, each kind of element once: two pages alike in this are alike to axe."""
        tags = _TAG.findall(_ONCE_ONLY.sub("", self.body.decode()))
        return "".join(dict.fromkeys(tags))


class Looking:
    """Remembers what pages were made of that axe has found nothing in: its work is nine tenths of the time."""

    def __init__(self) -> None:
        self._fine: set[str] = set()

    def at_all_of(self, windows: Iterable[Visit]) -> None:
        """Every page that was shown in any of them: no policy broken, nothing asked elsewhere, no word in the
        console, nothing serious for axe, no wider than the window at either width. Closes them."""
        faults: list[str] = []
        for window in windows:
            faults += [*window.faults, *self.faults_of(window.shown, window.context)]
            window.context.close()
        assert faults == []

    def faults_of(self, pages: Iterable[Shown], context: BrowserContext) -> list[str]:
        """What is wrong with the pages: wider than the window, or serious for axe."""
        page = context.new_page()
        found = [f"{shown.url} at {fault}" for shown in pages for fault in self._faults(shown, page)]
        page.close()
        return found

    def _faults(self, shown: Shown, page: Page) -> list[str]:
        with_axe = shown.elements not in self._fine
        page.route(shown.url, lambda route: _answer(route, shown), times=1)
        _resize(page, NARROW)
        page.goto(shown.url)
        found = _width(page, NARROW, "as sent")
        page.evaluate(OPEN_ALL)
        # Colours are the same at both widths, and measuring them is most of axe's work.
        for width, rules in ((NARROW, {"color-contrast": {"enabled": False}}), (WIDE, {})):
            _resize(page, width)
            found += _width(page, width, "with everything open")
            found += _axe(page, width, rules) if with_axe else []
        if not found:
            self._fine.add(shown.elements)
        return found


def _answer(route: Route, shown: Shown) -> None:
    kept = {"content-type", "content-security-policy"}
    route.fulfill(
        headers={name: shown.headers[name] for name in kept & shown.headers.keys()}, body=shown.body
    )


def _resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})


def _width(page: Page, width: int, when: str) -> list[str]:
    excess = page.evaluate(WIDER_BY)
    return [f"{width} px, {when}: {excess} px too wide"] if excess > 0 else []


def _axe(page: Page, width: int, rules: Mapping[str, object]) -> list[str]:
    from axe_playwright_python.sync_playwright import Axe

    wanted = {"resultTypes": ["violations"], "rules": rules}
    violations = Axe().run(page, options=wanted).response["violations"]
    grave = [one for one in violations if one["impact"] in GRAVE]
    return [f"{width} px, {one['id']}: {node['html']}" for one in grave for node in one["nodes"]]
