"""What every page has in common, and what the screens answer."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.desk.policy import CONTENT_POLICY
from taizhang.ledger.handle import handle
from taizhang.org.reorganise import dissolve
from tests.desk.staff import PASSWORD, Staff
from tests.ledger.office import done

TEMPLATES = Path(__file__).parent.parent.parent / "taizhang" / "desk" / "templates"
PAGES = (
    "/",
    "/ledgers/sample/",
    "/ledgers/sample/board/",
    "/ledgers/sample/register/",
    "/account/mfa/",
    "/nothing/",
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6300010000"
    "0500010d0a2db40000000049454e44ae426082"
)


def listed(page: Any) -> list[str]:
    """The ids of the entries in a list's table, in its order."""
    return re.findall(r'<a href="/entries/([0-9a-f-]{36})/">', page.content.decode())


def test_no_template_holds_code_or_style_of_its_own() -> None:
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'\sstyle=|<style|\son\w+="|javascript:|hx-on|<script(?![^>]*\ssrc=)', text), (
            path
        )
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), path


@pytest.mark.parametrize("address", PAGES)
def test_every_page_carries_the_policy_and_the_notice(staff: Staff, address: str) -> None:
    answer = staff.client("clerk").get(address)
    assert answer["Content-Security-Policy"] == CONTENT_POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert "非涉密系统，严禁处理涉密信息" in answer.content.decode()


def queries_of(browser: Client, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("address", "most"), [("/", 8), ("/ledgers/sample/", 11), ("/ledgers/sample/board/", 10), ("entry", 11)]
)
def test_a_page_asks_the_database_no_more_for_more_rows(staff: Staff, address: str, most: int) -> None:
    browser = staff.client("desk")
    if address == "entry":
        address = f"/entries/{staff.entries['own']}/"
    before = queries_of(browser, address)
    for n in range(12):
        staff.office.assigned(f"第 {n} 处")
    assert queries_of(browser, address) == before <= most


def test_signing_in_by_user_name_goes_on_to_the_page_wanted_first(staff: Staff) -> None:
    person = staff.people["handler"]
    person.set_password(PASSWORD)
    person.save()
    browser = Client()
    wanted = f"/entries/{staff.entries['own']}/"
    sent = browser.get(wanted)
    answer = browser.post(sent["Location"], {"login": "handler", "password": PASSWORD, "next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, wanted)
    wrong = Client().post("/account/login/", {"login": "handler", "password": "不对"})
    assert wrong.status_code == 200 and "alert-danger" in wrong.content.decode()


def test_each_number_of_the_board_opens_exactly_its_rows(staff: Staff) -> None:
    browser = staff.client("desk")
    staff.office.registered("没有单位的事")
    staff.office.closed(staff.office.assigned("办完了的事"))
    for address in ("/ledgers/sample/board/", f"/ledgers/sample/board/?unit={staff.office.county}"):
        board = browser.get(address).context
        lines = (*board["lines"], *board["chart"], board["totals"])
        figures = {figure for line in lines for figure in line.cells if figure.n}
        figures |= {figure for _label, figure in board["tiles"] if figure.n}
        assert sum(line.total.n for line in board["lines"]) == board["totals"].total.n > 1
        for figure in figures:
            page = browser.get(f"/ledgers/sample/{figure.query}")
            assert f"共 {figure.n} 条" in page.content.decode()
            assert len(listed(page)) == figure.n


def test_what_a_dissolved_unit_left_behind_is_counted_and_listed_as_the_own_of_the_one_above(
    staff: Staff,
) -> None:
    office = staff.office
    handler = Actor.alone(office.agent("站员庚", office.section, scope=office.city))
    commands = (
        c.AcceptEntry(entry_id=staff.entries["lower"]),
        c.AmendEntry(entry_id=staff.entries["lower"], changes={"measure": "已补上"}),
        c.ReportDone(entry_id=staff.entries["lower"]),
    )
    for command in commands:
        done(handle([command], handler))
    done(handle([c.PassVerification(entry_id=staff.entries["lower"])], office.checker))
    done(handle([c.CloseOutEntry(entry_id=staff.entries["lower"])], office.closer))
    dissolve(office.section, office.today)
    browser = staff.client("desk")
    (line,) = browser.get(f"/ledgers/sample/board/?unit={office.town}").context["lines"]
    assert (line.name, line.total.n) == ("城关镇本级", 2)
    page = browser.get(f"/ledgers/sample/{line.total.query}")
    assert set(listed(page)) == {str(staff.entries[kind]) for kind in ("own", "lower")}


def test_counts_of_the_to_do_page_open_lists_of_that_many(staff: Staff) -> None:
    for role, name, expected in (("handler", "sign", 1), ("desk", "do", 0), ("stranger", "sign", 2)):
        browser = staff.client(role)
        (ledger,) = browser.get("/").context["ledgers"]
        shown = {count["name"]: count["n"] for count in ledger["counts"]}
        assert shown[name] == expected
        for listed, n in shown.items():
            assert f"共 {n} 条" in browser.get(f"/ledgers/sample/?todo={listed}").content.decode()


def test_pages_follow_each_other_without_gap_or_repetition(staff: Staff) -> None:
    commands = [staff.office.registration(f"第 {n} 处") for n in range(120)]
    done(handle(commands, staff.office.clerk))
    browser = staff.client("desk")
    for order in ("", "title", "number"):
        seen: list[str] = []
        address = f"/ledgers/sample/?order={order}"
        while True:
            page = browser.get(address)
            seen += listed(page)
            if not page.context["next"]:
                break
            address = f"/ledgers/sample/{page.context['next']}"
        assert len(seen) == len(set(seen)) == 124


def post_move(
    staff: Staff, role: str, entry: UUID, verb: str, version: int, **typed: object
) -> tuple[int, str]:
    given = {"expected_version": version, **typed}
    answer = staff.client(role).post(f"/entries/{entry}/moves/{verb}/", given)
    return answer.status_code, answer.content.decode()


def test_an_entry_goes_from_signing_to_closure_by_its_forms(staff: Staff) -> None:
    entry = staff.entries["own"]
    moves: tuple[tuple[str, str, dict[str, object]], ...] = (
        ("handler", "accept", {}),
        ("handler", "amend", {"field-title": "城关镇的路灯不亮", "field-measure": "换了灯泡"}),
        ("handler", "report_done", {"text": "已修好"}),
        ("checker", "pass", {}),
        ("closer", "close_out", {}),
    )
    for n, (role, verb, typed) in enumerate(moves):
        status, page = post_move(staff, role, entry, verb, 2 + n, **typed)
        assert status == 302, (verb, re.findall(r'role="alert">(.*?)</div>', page, re.S))
    page = staff.client("inspector").get(f"/entries/{entry}/").content.decode()
    assert (
        "核查通过 → 已销号" in page
        and "整改措施：— → 换了灯泡" in page
        and "某handler · 城关镇 handler岗" in page
    )


def test_a_handler_is_offered_to_write_down_what_was_done_and_no_date_of_his_own(staff: Staff) -> None:
    office = staff.office
    entry = office.assigned("有原定时限的事", fields={"due": "2099-12-31"})
    done(handle([c.AcceptEntry(entry_id=entry)], office.worker))
    page = staff.client("handler").get(f"/entries/{entry}/").content.decode()
    assert f'action="/entries/{entry}/moves/amend/"' in page
    assert 'id="amend-field-measure"' in page and 'id="amend-due_on"' not in page
    # The date in the sheet's own column is not the one given at 交办; leaving it as it is changes neither.
    typed = {"field-title": "有原定时限的事", "field-due": "2099-12-31", "field-measure": "换了灯泡"}
    assert post_move(staff, "handler", entry, "amend", 3, **typed)[0] == 302
    status, page = post_move(staff, "handler", entry, "amend", 4, **{**typed, "field-due": "2098-01-01"})
    assert status == 403 and "只有有交办职责的岗位可以办这一步" in page


def test_who_did_the_work_is_told_why_he_cannot_verify(staff: Staff) -> None:
    office, entry = staff.office, staff.entries["foreign"]
    office.assign(entry_id := office.registered("督查室自己的事"), office.checking)
    office_actor = office.everything_at(office.checking)
    for command in (
        c.AcceptEntry(entry_id=entry_id),
        c.AmendEntry(entry_id=entry_id, changes={"measure": "已办"}),
        c.ReportDone(entry_id=entry_id),
    ):
        done(handle([command], office_actor))
    page = staff.client("checker").get(f"/entries/{entry_id}/").content.decode()
    assert "核查人不能来自办理单位" in page and f"/entries/{entry_id}/moves/pass/" not in page
    status, _page = post_move(staff, "checker", entry_id, "pass", 5, text="通过")
    assert status == 403
    assert entry != entry_id


def test_a_stale_form_shows_both_values_and_the_other_person_and_keeps_the_words(staff: Staff) -> None:
    entry = staff.entries["own"]
    amended = {"field-title": "路灯两盏不亮", "field-money": "3"}
    assert post_move(staff, "clerk", entry, "amend", 2, **amended)[0] == 302
    mine = {"field-title": "路灯三盏不亮", "field-money": "5", "reason": "现场看过"}
    status, page = post_move(staff, "clerk", entry, "amend", 2, **mine)
    assert status == 409
    assert "某clerk" in page and "路灯三盏不亮" in page and "路灯两盏不亮" in page and "现场看过" in page
    assert 'name="expected_version" value="3"' in page


def test_what_does_not_fit_is_said_beside_its_input_and_nothing_typed_is_lost(staff: Staff) -> None:
    entry = staff.office.registered("没有单位的事")
    typed = {"lead_unit": "没有这个镇", "due_on": "2030-01-01", "text": "请抓紧"}
    status, page = post_move(staff, "desk", entry, "assign", 1, **typed)
    assert status == 422
    assert "没有这个单位：没有这个镇" in page and "请抓紧" in page and "2030-01-01" in page


def test_the_same_form_sent_twice_is_carried_out_once(staff: Staff) -> None:
    entry, typed = staff.entries["own"], {"text": "路过看了一眼", "key": "abc"}
    assert [post_move(staff, "clerk", entry, "comment", 2, **typed)[0] for _ in range(2)] == [302, 302]
    assert staff.client("clerk").get(f"/entries/{entry}/").content.decode().count("路过看了一眼") == 1
    parts = {"part-1": "灯", "part-2": "线", "reason": "两件事", "key": "def"}
    assert [post_move(staff, "desk", entry, "split", 3, **parts)[0] for _ in range(2)] == [302, 302]
    assert len(staff.client("desk").get(f"/entries/{entry}/").context["parts"]) == 2


def test_an_unknown_filter_is_told_and_an_empty_list_says_so(staff: Staff) -> None:
    page = staff.client("desk").get("/ledgers/sample/?stage=nowhere&unit=无此单位").content.decode()
    assert "看不懂这个筛选条件" in page and "没有找到单位" in page and "没有符合条件的条目" in page


def test_what_a_list_shows_is_text_and_never_markup(staff: Staff) -> None:
    entry_id = staff.office.assigned('<script>alert(1)</script> & "引号"')
    page = staff.client("desk").get("/ledgers/sample/")
    assert str(entry_id) in listed(page)
    text = page.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;引号&quot;" in text
    assert "<script>alert" not in text


def test_a_hostile_address_is_answered_in_words(staff: Staff) -> None:
    browser = staff.client("desk")
    for query in (
        "after=x~y",
        "after=~",
        "order=due&after=00000000-0000-0000-0000-000000000000~x",
        "q=%00",
        "q=%27",
        "unit=99999999999999999999",
        "from=x",
        "category=%00",
    ):
        assert browser.get(f"/ledgers/sample/?{query}").status_code == 200, query
    assert browser.get("/ledgers/%00/").status_code == 404
