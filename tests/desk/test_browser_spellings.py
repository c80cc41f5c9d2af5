"""10,000 rows with 400 spellings of 150 units, settled by one person in a browser; every click and key is counted."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl  # type: ignore[import-untyped]
import pytest

from taizhang.core.pinyin import initials
from taizhang.org.groups import KINDS
from tests.desk import conftest, live_site
from tests.desk.live_site import SHEETS
from tests.desk.test_browser_import import accepted, previewed
from tests.desk.visit import Sessions, Visit, Visiting
from tests.spelled import COUNTY, MANY, County

if TYPE_CHECKING:
    from playwright.sync_api import Locator

SEED = 2017
ROWS = 10_000


@pytest.fixture(scope="module")
def county() -> County:
    return County(SEED)


@pytest.fixture(scope="module")
def address(county: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site of its own with the county's 150 units, founded from a sheet of them."""
    if conftest.CHROMIUM is None:
        pytest.skip("no chromium is installed")
    if not conftest.IS_BUILT:
        pytest.skip("the front end is not built")
    units = tmp_path_factory.mktemp("county") / "单位.csv"
    with units.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("单位名称", "上级单位"), *county.units.items()])
    with live_site.served("--units", str(units)) as served:
        yield served


@pytest.fixture(scope="module")
def sessions() -> Sessions:
    return {}


@pytest.fixture(scope="module")
def sheet(county: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet("问题")
    page.append(("问题描述", "责任单位"))
    for row in county.rows(ROWS):
        page.append(row)
    path = tmp_path_factory.mktemp("sheet") / "一万行.xlsx"
    book.save(path)
    return path


@dataclass
class Person:
    """Somebody who knows the county, before the page."""

    window: Visit
    county: County
    clicks: int = 0
    keys: int = 0

    def click(self, place: Locator) -> None:
        place.click()
        self.clicks += 1

    def go(self, place: Locator) -> None:
        """A click that leads to another page."""
        with self.window.page.expect_navigation():
            self.click(place)

    def press(self, key: str) -> None:
        self.window.page.keyboard.press(key)
        self.keys += 1

    def rows(self, band: str) -> list[tuple[str, Locator]]:
        """The spellings a band shows, each with its row."""
        page = self.window.page
        written = page.locator(f"section[aria-labelledby=band-{band}] [name=text]").evaluate_all(
            "fields => fields.filter(field => field.closest('li')).map(field => field.value)"
        )
        return [(text, page.locator(f".spelling:has([name=text][value='{text}'])")) for text in written]

    def take(self, band: str) -> None:
        self.go(self.window.page.locator(f"section[aria-labelledby=band-{band}] .page-head button"))

    def settle(self, written: str, row: Locator) -> None:
        """By a button where the right one is offered, else by initials; what is no unit stays text."""
        meant = self.county.meant[written]
        page = self.window.page
        offered = row.get_by_role("button", name=meant, exact=True) if meant else None
        if not meant:
            self.click(row.get_by_role("button", name="留作文字"))
        elif meant in MANY.values():
            self.click(row.locator("[name=below]"))
            self.type(COUNTY)
            self.click(row.get_by_role("button", name="设组，每个单位一条"))
        elif offered is not None and offered.count():
            self.click(offered)
        else:
            self.click(row.locator("[name=typed]"))
            self.type(meant)
        page.locator(".is-settled", has_text=written).first.wait_for()

    def type(self, name: str) -> None:
        """The initials, down to the name in the list below, Enter."""
        page = self.window.page
        for letter in initials(name):
            self.press(letter)
        page.locator("#offered [aria-selected=true]").wait_for()
        page.wait_for_function(
            "t => [...document.querySelectorAll('#offered li')].some(li => li.textContent === t)", arg=name
        )
        while page.inner_text("#offered [aria-selected=true]") != name:
            self.press("ArrowDown")
        self.press("Enter")


def test_400_spellings_are_settled_with_a_few_dozen_clicks_and_every_row_gets_its_unit(
    visit: Visiting, county: County, sheet: Path
) -> None:
    window = visit("chief")
    preview = previewed(window, SHEETS, sheet)
    assert "有 400 种单位写法要认" in preview
    person = Person(window, county)
    person.go(window.page.get_by_role("link", name="去认"))
    person.take("sure")
    person.take("likely")
    for written, row in person.rows("perhaps"):
        best = row.locator(".btn-primary").first
        if county.meant[written] in ("", *MANY.values()) or best.inner_text() != county.meant[written]:
            person.settle(written, row)
    person.take("perhaps")
    for written, row in person.rows("none"):
        person.settle(written, row)
    person.go(window.page.locator(".page-head a", has_text="回到导入预览"))
    assert "要认" not in window.text()
    assert "已导入" in accepted(window)
    person.clicks += 1
    print(f"400 spellings: {person.clicks} clicks, {person.keys} keys")
    assert person.clicks <= 40 and person.keys <= 120
    assert leads(window) == meant_leads(county)


def test_without_a_mouse_a_band_is_accepted_and_the_rest_typed_by_initials(
    visit: Visiting, county: County, tmp_path: Path
) -> None:
    village, town = county.villages[0], county.towns[0]
    book = openpyxl.Workbook()
    for row in (("问题描述", "责任单位"), ("甲", "天外飞仙"), ("乙", "天外天"), ("丙", f"{village}党支部")):
        book.active.append(row)
    path = tmp_path / "三行.xlsx"
    book.save(path)
    window = visit("chief", width=390)
    previewed(window, SHEETS, path)
    page = window.page
    tab_to(window, page.get_by_role("link", name="去认"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    first = page.locator(".spelling:has([name=text][value='天外天']) [name=typed]")
    tab_to(window, first)
    page.keyboard.type(initials(town))
    page.locator("#offered li", has_text=town).first.wait_for()
    while page.inner_text("#offered [aria-selected=true]") != town:
        page.keyboard.press("ArrowDown")
    assert first.get_attribute("aria-activedescendant") == page.locator(
        "#offered [aria-selected=true]"
    ).get_attribute("id")
    page.keyboard.press("Enter")
    page.locator(".is-settled", has_text=f"天外天 → {town}").wait_for()
    assert (
        page.evaluate("document.activeElement.closest('.spelling').querySelector('strong').textContent")
        == "天外飞仙"
    )
    page.keyboard.type(f"{town}、")
    page.keyboard.type(initials(village))
    page.locator("#offered li", has_text=village).first.wait_for()
    while page.inner_text("#offered [aria-selected=true]") != village:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(".is-settled", has_text=f"天外飞仙 → 牵头 {town}；协办 {village}").wait_for()
    window.goto("units/spellings/?q=天外")
    assert "天外飞仙" in window.text() and "天外天" in window.text()


def tab_to(window: Visit, place: Locator) -> None:
    """Press Tab until the focus is there."""
    wanted = place.element_handle()
    for _ in range(80):
        window.page.keyboard.press("Tab")
        if window.page.evaluate("one => document.activeElement === one", wanted):
            return
    raise AssertionError("not reached by Tab")


def leads(window: Visit) -> dict[str, set[str]]:
    """Title → the units that lead its entries, as the API tells them."""
    found: dict[str, set[str]] = {}
    after: str | None = ""
    while after is not None:
        asked = f"{window.address}api/ledgers/{SHEETS}/entries?size=200{after and '&after='}{after}"
        page = window.context.request.get(asked).json()
        for entry in page["entries"]:
            found.setdefault(entry["title"], set()).add((entry["lead_unit"] or {"name": ""})["name"])
        after = page["next"]
    return found


def meant_leads(county: County) -> dict[str, set[str]]:
    """The first name of a cell that is one of units leads; of a group every unit its own entry."""
    wanted = {}
    everybody = {*county.units, *(account.unit for account in live_site.ACCOUNTS.values())} - {COUNTY}
    for title, cell in county.rows(ROWS):
        names = (county.meant.get(name, name) for name in cell.split("、"))
        first = next((name for name in names if name), "")
        endings = KINDS.get(first)
        wanted[title] = {name for name in everybody if name.endswith(endings)} if endings else {first}
    return wanted
