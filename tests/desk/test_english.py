"""The English demo, page by page, as each role and in English: no Chinese is left in what can be read."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from pytest_django import DjangoDbBlocker

from taizhang.demo import prepare
from taizhang.demo.scene import scene
from taizhang.desk.urls import urlpatterns
from taizhang.org.models import Person
from taizhang.org.sites import the_site, today
from tests.databases import TestServer, fresh
from tests.ledger.office import rows

CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")
"""Characters of Chinese and Japanese, their punctuation and full-width forms."""
ROLES = list(scene("en").abouts)
SAME_PAGE = 6
"""How many pages of one address are read for a role: an address shows the same words again and again."""
# A file's text is shown as it is written: a playbook's clocks are in 自然日 in any language.
UNREAD = {"style", "script", "template", "pre"}
SAID = ("placeholder", "title", "aria-label", "alt", "value", "data-offline")


class Read(HTMLParser):
    """What a page says, to the eye and to the ear, and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._within: list[str] = []
        self._switch = False
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self._within.append(tag)
        # The other language is offered in its own name.
        self._switch = tag == "button" and given.get("name") == "language"
        self.said += [text for name in SAID if (text := given.get(name))]
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop() != tag:
            pass
        self._switch = False

    def handle_data(self, text: str) -> None:
        if not self._switch and not UNREAD & set(self._within):
            self.said.append(text)

    @property
    def chinese(self) -> list[str]:
        return [text.strip() for text in self.said if CHINESE.search(text)]


@pytest.fixture(scope="module", autouse=True)
def _english_demo(
    django_db_setup: None, database_server: TestServer, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with django_db_blocker.unblock(), fresh(database_server):
        prepare.prepare(entries=120, language="en")
        yield


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=username))
    return client


def chinese_of(response: HttpResponse) -> list[str]:
    return Read(response.content.decode()).chinese


def entries() -> list[str]:
    """The address of an entry for each stage of each ledger, of accusations and of what was split."""
    ids = rows(
        "SELECT DISTINCT ON (ledger_id, stage, flags, parent_id IS NULL) entry_id FROM entry"
        " ORDER BY ledger_id, stage, flags, parent_id IS NULL, version DESC"
    )
    return [f"/entries/{entry_id}/" for (entry_id,) in ids]


def name_of(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).url_name or ""
    except Resolver404:
        return ""


@pytest.mark.parametrize("username", ROLES)
def test_no_chinese_is_left_on_any_page_of_a_role(username: str) -> None:
    client = signed_in(username)
    plain = [f"/{pattern.pattern}" for pattern in urlpatterns if "<" not in str(pattern.pattern)]
    wanted, seen, read, found = [*plain, "/nowhere/", *entries()], set(), Counter[str](), {}
    while wanted:
        address = wanted.pop(0)
        name = name_of(address)
        if address in seen or name == "account_logout" or (name != "entry" and read[name] >= SAME_PAGE):
            continue
        seen.add(address)
        read[name] += 1
        answer = client.get(address)
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        page = Read(answer.content.decode())
        if page.chinese:
            found[address] = page.chinese
        links = (urljoin(address, link) for link in page.links)
        wanted += [link for link in links if link.startswith("/") and name_of(link) != "entry"]
    assert found == {}
    assert {"todo", "ledger", "board", "entry", "account_change_password"} <= read.keys()


def entry_at(stage: str) -> tuple[str, int]:
    [(entry_id, version)] = rows(
        "SELECT entry_id, version FROM entry WHERE stage = %s ORDER BY 1 LIMIT 1", stage
    )
    return f"/entries/{entry_id}/", version


@pytest.mark.parametrize("stage", ["recorded", "assigned", "correcting", "reinspection", "claimed"])
@pytest.mark.parametrize(
    "verb", ["assign", "return", "report_done", "pass", "fail", "flag", "amend", "attach"]
)
def test_what_a_refused_move_is_answered_is_english(stage: str, verb: str) -> None:
    entry, version = entry_at(stage)
    for username in ("manager", "auditor"):
        for expected in (version, 1):
            sent = {
                "expected_version": expected,
                "due_on": "soon",
                "lead_unit": "Nowhere",
                "field-severity": "?",
            }
            answer = signed_in(username).post(f"{entry}moves/{verb}/", sent)
            assert answer.status_code in (302, 403, 404, 409, 422)
            assert chinese_of(answer) == []


SHEET = """Case number,Violation found,Property address,Inspection date,Hazard,Grade,Due,Status,District office,Surprise
C1,Exit blocked,12 Oak Street,2026-03-01,Fire,Minor,soon,Closed,Fire Department,x
C2,,14 Oak Street,31/02/2026,Ghosts,Huge,2026-04-01,Open,Fire Dept.,y
C3,Stair rotten,15 Oak Street,2026-03-02,"Falls, Collapse",Serious,2026-04-01,Open,Nowhere,
Total,3,,,,,,,,
"""


def test_the_preview_of_a_faulty_sheet_and_all_it_offers_are_english() -> None:
    client = signed_in("clerk")
    file = SimpleUploadedFile("violations.csv", SHEET.encode())
    page = client.post("/ledgers/inspections/import/", {"file": file}, follow=True)
    assert "Exit blocked" in page.content.decode()
    assert chinese_of(page) == []
    for link in {link for link in Read(page.content.decode()).links if "/import/" in link}:
        assert chinese_of(client.get(link)) == []
    done = client.post(page.redirect_chain[-1][0], {"take": "1"}, follow=True)
    assert chinese_of(done) == []
    for content in (b"", b"%PDF-1.7 not a sheet", "\u8868".encode("gb18030") * 9):
        answer = client.post("/ledgers/inspections/import/", {"file": SimpleUploadedFile("a.xlsx", content)})
        assert chinese_of(answer) == []


def test_an_exported_sheet_is_english_to_its_last_cell_and_on_the_sites_paper() -> None:
    for key in ("council", "inspections"):
        answer = signed_in("clerk").get(f"/ledgers/{key}/export/")
        assert not CHINESE.search(answer["Content-Disposition"])
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        for sheet in book:
            said = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
            assert not [
                text
                for text in [sheet.title, *said, str(sheet.oddFooter.center.text)]
                if CHINESE.search(text)
            ]
            assert sheet.page_setup.paperSize == 1, "Letter"


def test_before_signing_in_and_where_something_fails_it_is_english_too() -> None:
    client = Client()
    for answer in (
        client.get("/account/login/"),
        client.post("/account/login/", {"login": "clerk", "password": "wrong"}),
        client.get("/nowhere/"),
        signed_in("auditor").get("/ledgers/council/register/"),
        signed_in("clerk").post("/ledgers/council/register/", {}),
        signed_in("clerk").post(
            "/account/password/", {"oldpassword": "no", "password1": "1", "password2": "2"}
        ),
    ):
        assert chinese_of(answer) == []


def test_the_calendar_has_the_years_public_holidays_each_to_be_checked() -> None:
    page = signed_in("clerk").get("/calendar/").content.decode()
    said = " ".join(Read(page).said)
    year = today(the_site()).year
    for day in (f"{year}-07-04", f"{year}-12-25"):
        assert day in said
    assert page.count(", check it") >= 10


def test_the_briefing_and_the_guide_are_english() -> None:
    from taizhang.core.actor import Agent
    from taizhang.demo.guide import guide
    from taizhang.ledger.briefing import brief
    from taizhang.ledger.ledgers import all_ledgers
    from taizhang.org.agents import agent_of

    day = today(the_site())
    told: list[str] = guide("en")
    for ledger in all_ledgers(the_site()):
        operator: Agent = agent_of(Person.objects.get(is_operator=True).id, on=day)
        report = brief(ledger, operator, day)
        told.append(report.text(lambda lines: [" ".join(map(str, line)) for line in lines], "en"))
        told += [str(cell) for line in report.board("en") for cell in line]
    assert not [text for text in told if CHINESE.search(text)]
