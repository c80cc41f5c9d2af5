"""Every address × every role × an entry of one's own, a lower and a foreign unit, and one flagged 检举控告.

The matrix is made from the URL table: an address without a line here fails, and so does a line whose
address is gone.
"""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from taizhang.desk.urls import urlpatterns
from taizhang.org.founding import add_people, add_posts, appoint_all
from taizhang.org.models import AccountDeed, Person, Post, Tenure
from tests.desk.staff import Staff
from tests.ledger.office import rows

ROLES = (
    "clerk", "desk", "handler", "county", "stranger", "checker", "closer", "inspector", "sectioner", "admin",
)  # fmt: skip
SEES = {
    # 城关镇 is below 甲县 and above 环保站; 甲县 is named by the accusation, which reaches down to 城关镇.
    "clerk": {"own", "lower", "foreign", "accused"},
    "desk": {"own", "lower", "foreign", "accused"},
    "handler": {"own", "lower"},
    "county": {"own", "lower"},
    "stranger": {"foreign", "accused"},
    "checker": {"own", "lower", "foreign", "accused"},
    "closer": {"own", "lower", "foreign", "accused"},
    "inspector": {"own", "lower", "foreign", "accused"},
    "sectioner": {"lower"},
    "admin": {"own", "lower"},
}
REGISTERS = {"clerk", "county"}
ANYBODY = {
    "todo",
    "ledgers",
    "ledger",
    "export",
    "board",
    "boards",
    "imports",
    "calendar",
    "privacy",
    "playbook",
    "playbook-download",
}
REGISTRARS = {"register", "import"}
TYPISTS = {"people"}
SETTLING = {"spellings", "ledger-units", "units-find", "unit-groups"}
UNDOING = {"spelling-undo"}
OPERATORS = {"backups"}
OF_AN_ENTRY = {"entry", "move", "evidence", "sealed"}
OWN_FILE = {"import-preview", "import-list", "import-units"}
OPENING = {"new-ledger", "draft", "draft-text"}
OWN_POST = {"post"}
CHOOSING = {"posts"}
WITHOUT_ENTRIES = {"language", "role", "first_password", "setup"}
ADMINISTRATORS = {"admin"}
LOOKED_AFTER = {"handler", "sectioner", "admin"}
STAFFING = {"staff", "staff-new", "staff-post", "staff-log", "staff-options"}
OF_A_PERSON = {"staff-person", "staff-handover"}
DEEDS = {"staff-deed", "staff-slips"}
ACCOUNT = {name for pattern in urlpatterns if (name := pattern.name or "").startswith(("account_", "mfa_"))}


def address(name: str, entry: str = "") -> str:
    match name:
        case "todo":
            return "/"
        case "ledgers" | "boards" | "imports" | "backups" | "calendar" | "privacy":
            return f"/{name}/"
        case "ledger":
            return "/ledgers/sample/"
        case "import-preview":
            return f"/ledgers/sample/import/{'0' * 32}/"
        case "import-list":
            return f"/ledgers/sample/import/{'0' * 32}/errors/"
        case "import-units":
            return f"/ledgers/sample/import/{'0' * 32}/units/"
        case "spellings" | "unit-groups":
            return f"/units/{name.removeprefix('unit-')}/"
        case "units-find":
            return "/units/find/?typed=城"
        case "spelling-undo":
            return "/units/spellings/undo/"
        case "ledger-units":
            return "/ledgers/sample/units/"
        case "playbook-download":
            return "/ledgers/sample/playbook/download/"
        case "new-ledger":
            return "/new-ledger/"
        case "draft":
            return f"/new-ledger/{'0' * 32}/"
        case "draft-text":
            return f"/new-ledger/{'0' * 32}/text/"
        case "register" | "export" | "board" | "import" | "playbook":
            return f"/ledgers/sample/{name}/"
        case "entry":
            return f"/entries/{entry}/"
        case "move":
            return f"/entries/{entry}/moves/comment/"
        case "people":
            return "/people/?acted_by=某"
        case "posts":
            return "/posts/responsible_post/?lead_unit=城关镇"
        case "evidence":
            return f"/entries/{entry}/evidence/{uuid4()}/"
        case "staff":
            return "/staff/"
        case "staff-new" | "staff-post" | "staff-log" | "staff-slips":
            return f"/staff/{name.removeprefix('staff-')}/"
        case "staff-options":
            return "/staff/options/person/?q=某"
        case _:
            return f"/entries/{entry}/sealed/phone/"


def test_every_address_has_its_line() -> None:
    known = (
        ANYBODY
        | REGISTRARS
        | OF_AN_ENTRY
        | OWN_FILE
        | OPENING
        | OWN_POST
        | CHOOSING
        | TYPISTS
        | SETTLING
        | UNDOING
        | OPERATORS
        | WITHOUT_ENTRIES
        | ACCOUNT
        | STAFFING
        | OF_A_PERSON
        | DEEDS
    )
    assert {pattern.name for pattern in urlpatterns} == known


@pytest.mark.parametrize(
    "name",
    sorted(
        ANYBODY
        | REGISTRARS
        | OF_AN_ENTRY
        | OWN_FILE
        | OPENING
        | CHOOSING
        | TYPISTS
        | SETTLING
        | STAFFING
        | OPERATORS
    ),
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_in_without_signing_in(staff: Staff, name: str, method: str) -> None:
    answer = getattr(Client(), method)(address(name, str(staff.entries["own"])))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_the_ledger_open_to_whom_they_are_meant_for(staff: Staff, role: str) -> None:
    browser = staff.client(role)
    got = {name: browser.get(address(name), follow=True).status_code for name in ANYBODY - {"imports"}}
    assert got == dict.fromkeys(got, 200)
    for name in REGISTRARS:
        answer = browser.get(address(name))
        assert answer.status_code == (200 if role in REGISTERS else 403)
        if role not in REGISTERS:
            assert "只有登记员可以办这一步" in answer.content.decode()
    expected = 404 if role in REGISTERS else 403
    for name in OWN_FILE:
        assert browser.get(address(name)).status_code == expected
    assert browser.post("/role/", {"role": "dengji"}).status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_what_is_the_operators_is_nobody_elses(staff: Staff, role: str) -> None:
    browser = staff.client(role)
    for name in OPERATORS:
        for answer in (browser.get(address(name)), browser.post(address(name), {"act": "off"})):
            assert answer.status_code == 403 and "只有操作员可以" in answer.content.decode()
        assert address(name) not in browser.get("/").content.decode()
    operator = Client()
    operator.force_login(Person.objects.get(is_operator=True))
    for name in OPERATORS:
        assert operator.get(address(name)).status_code == 200
        assert address(name) in operator.get("/").content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_open_a_ledger_is_told_who_may_and_leaves_nothing_behind(staff: Staff, role: str) -> None:
    browser, uploads = staff.client(role), Path(settings.DATA) / "uploads"
    before = list(uploads.glob("*"))
    for name in OPENING:
        for method in (browser.get, browser.post):
            answer = method(address(name))
            assert answer.status_code == 403
            assert "开设台账须由系统操作员，或有“管理”职责的岗位办理" in answer.content.decode()
    sheet = SimpleUploadedFile("问题.csv", "问题,单位\n路灯不亮,城关镇\n".encode())
    assert browser.post(address("new-ledger"), {"file": sheet}).status_code == 403
    assert "新建台账" not in browser.get(address("ledgers"), follow=True).content.decode()
    assert list(uploads.glob("*")) == before


def test_ledgers_are_opened_by_the_operator_and_from_posts_that_administer(staff: Staff) -> None:
    administrator = add_people([Person(username="administrator", name="某administrator")])[0]
    post = add_posts([Post(unit_id=staff.office.county, name="管理岗", duties=["administer"])])[0]
    appoint_all([Tenure(person=administrator, post=post)])
    for person in (administrator, Person.objects.get(is_operator=True)):
        browser = Client()
        browser.force_login(person)
        assert browser.get(address("new-ledger")).status_code == 200
        assert "新建台账" in browser.get(address("ledgers")).content.decode()
        for name in OPENING - {"new-ledger"}:
            assert browser.get(address(name)).status_code == 404


def test_once_somebody_can_sign_in_nobody_sets_the_site_up(staff: Staff) -> None:
    typed = {"code": "", "site": "别人的", "name": "某", "username": "x", "password": "一串够长的口令 2026"}
    for answer in (Client().get("/setup/"), Client().post("/setup/", {**typed, "again": typed["password"]})):
        assert (answer.status_code, answer["Location"]) == (302, "/")
    assert not Person.objects.filter(username="x").exists()


@pytest.mark.parametrize("role", ROLES)
def test_a_session_may_mean_a_post_of_its_own_person_alone(staff: Staff, role: str) -> None:
    posts = {person.username: post_id for person, post_id in staff.posts()}
    assert Client().post("/post/", {"post": posts[role]})["Location"].startswith("/account/login/")
    browser = staff.client(role)
    assert browser.get("/post/").status_code == 405
    for other, post_id in posts.items():
        answer = browser.post("/post/", {"post": post_id})
        assert answer.status_code == (302 if other == role else 403), other
    for nonsense in ("", "0", "-1", "x", "9" * 30):
        assert browser.post("/post/", {"post": nonsense}).status_code == 403, nonsense
    assert browser.session["post_id"] == posts[role]


@pytest.mark.parametrize("role", ROLES)
def test_an_entry_out_of_sight_is_not_there_by_any_address(staff: Staff, role: str) -> None:
    browser = staff.client(role)
    unknown = browser.get(address("entry", str(uuid4())))
    for kind, entry_id in staff.entries.items():
        seen = kind in SEES[role]
        answer = browser.get(address("entry", str(entry_id)))
        assert answer.status_code == (200 if seen else 404), (role, kind)
        if not seen:
            assert _without_tokens(answer.content) == _without_tokens(unknown.content)
            for name in OF_AN_ENTRY - {"entry"}:
                for method in (browser.get, browser.post):
                    status = method(
                        address(name, str(entry_id)), {"reason": "核实来电", "text": "留言"}
                    ).status_code
                    assert status == (404 if method == browser.post or name == "evidence" else 302), (
                        name,
                        kind,
                    )


@pytest.mark.parametrize("role", ROLES)
def test_people_are_offered_to_who_may_record_for_them_within_scope_alone(staff: Staff, role: str) -> None:
    answer = staff.client(role).get(address("people"))
    assert answer.status_code == (200 if role in REGISTERS else 403)
    page = answer.content.decode()
    if role in REGISTERS:
        assert "某handler（城关镇" in page and ("某stranger" in page) == (role == "clerk")
    else:
        assert "代他人录入须由有登记职责的岗位办理" in page and "某handler（城关镇" not in page


@pytest.mark.parametrize("role", ROLES)
def test_names_of_units_are_settled_by_who_may_register_or_administer_alone(staff: Staff, role: str) -> None:
    browser = staff.client(role)
    for name in SETTLING:
        answer = browser.get(address(name))
        assert answer.status_code == (200 if role in REGISTERS else 403), name
        if role not in REGISTERS:
            assert "单位写法由有登记或管理职责的岗位来认" in answer.content.decode()
    given = {"spelling": "1", "page": "/units/spellings/"}
    assert browser.post(address("spelling-undo"), given).status_code == (302 if role in REGISTERS else 403)
    assert browser.get(address("spelling-undo")).status_code == 405
    assert Client().post(address("spelling-undo"), given)["Location"].startswith("/account/login/")
    assert browser.post(address("ledger-units"), {"act": "band"}).status_code == (
        302 if role in REGISTERS else 403
    )


@pytest.mark.parametrize("role", ROLES)
def test_posts_are_offered_within_scope_alone(staff: Staff, role: str) -> None:
    answer = staff.client(role).get(address("posts"))
    assert answer.status_code == 200
    assert ("某handler" in answer.content.decode()) == (role not in ("stranger", "sectioner"))


@pytest.mark.parametrize("role", ROLES)
def test_lists_counts_search_board_and_export_show_no_more_than_the_pages(staff: Staff, role: str) -> None:
    browser = staff.client(role)
    page = browser.get(address("ledger")).content.decode()
    shown = {kind for kind, entry_id in staff.entries.items() if str(entry_id) in page}
    assert shown == SEES[role]
    assert f"共 {len(SEES[role])} 条" in page
    found = browser.get(address("ledger"), {"q": "检举"}).content.decode()
    assert ("共 1 条" in found) == ("accused" in SEES[role])
    board = browser.get(address("board"))
    assert board.context["total"] == len(SEES[role] - {"accused"})


@pytest.mark.parametrize("role", ROLES)
def test_accounts_open_to_administrators_and_of_people_within_reach_alone(staff: Staff, role: str) -> None:
    browser, may = staff.client(role), role in ADMINISTRATORS
    for name in STAFFING:
        answer = browser.get(address(name))
        assert answer.status_code == (200 if may else 403), name
        assert may or "人员与账号由有“人员”职责的岗位办理" in answer.content.decode()
    listed = browser.get(address("staff-options")).content.decode()
    assert {name for name in ROLES if f"（{name}）" in listed} == (LOOKED_AFTER if may else set())
    for other, person in staff.people.items():
        within = may and other in LOOKED_AFTER
        for name in OF_A_PERSON:
            answer = browser.get(reverse(name, args=[person.id]))
            assert answer.status_code == (200 if within else 403), (other, name)
            assert within or not may or "没有这个人，或此人的岗位不全在" in answer.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_nothing_is_done_to_an_account_out_of_reach(staff: Staff, role: str) -> None:
    browser = staff.client(role)
    before = dict(Person.objects.values_list("username", "password"))
    operator = Person.objects.get(is_operator=True)
    own = LOOKED_AFTER if role in ADMINISTRATORS else set()
    for other, person in (*staff.people.items(), (operator.username, operator)):
        if other in own:
            continue
        given = {"post": "城关镇 handler岗", "tenure": 1, "day": "2026-01-01", "person": [person.id]}
        assert browser.post(address("staff-slips"), given).status_code == 403, other
        for deed in ("appoint", "stand-in", "end", "close", "reopen", "handover"):
            assert browser.post(f"/staff/{person.id}/{deed}/", given).status_code == 403, (other, deed)
    answer = browser.post(address("staff-post"), {"unit": "柳林镇", "name": "新岗", "duty": ["handle"]})
    assert answer.status_code == (422 if role in ADMINISTRATORS else 403)
    assert role not in ADMINISTRATORS or "不是您本单位或下级单位" in answer.content.decode()
    assert not Post.objects.filter(name="新岗").exists()
    if role in ADMINISTRATORS:
        me = staff.people[role].id
        assert browser.post(address("staff-slips"), {"person": [me]}).status_code == 403
        assert browser.post(f"/staff/{me}/close/").status_code == 422
    assert dict(Person.objects.values_list("username", "password")) == before
    assert not AccountDeed.objects.exists() and not Tenure.objects.filter(to_on__isnull=False).exists()


@pytest.mark.parametrize("role", [role for role in ROLES if "own" in SEES[role]])
def test_sealed_values_stay_sealed_on_the_page_and_for_whoever_may_not_open_them(
    staff: Staff, role: str
) -> None:
    browser, entry = staff.client(role), str(staff.entries["own"])
    page = browser.get(address("entry", entry)).content.decode()
    assert "13800000000" not in page and "〔已密封〕" in page
    opened = browser.post(address("sealed", entry), {"reason": "核实来电情况"})
    assert opened.status_code == (200 if role == "inspector" else 403)
    assert ("13800000000" in opened.content.decode()) == (role == "inspector")
    assert rows("SELECT count(*) FROM opening")[0][0] == (role == "inspector")


def _without_tokens(content: bytes) -> str:
    lines = content.decode().splitlines()
    return "\n".join(
        line for line in lines if "csrfmiddlewaretoken" not in line and 'name="page"' not in line
    )
