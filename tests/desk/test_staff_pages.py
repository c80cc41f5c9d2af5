"""人员与账号 by its pages: a new person, slips, the first password, stand-ins, a handover, the log."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from taizhang.core import commands as c
from taizhang.ledger.database import cursor
from taizhang.ledger.handle import handle
from taizhang.org.founding import add_person, add_post, appoint
from taizhang.org.models import AccountDeed, Person, Tenure
from taizhang.org.one_time import VALID_DAYS
from tests.desk.staff import PASSWORD, Staff
from tests.ledger.office import done, rows

OWN = "自己想的口令 2026"


def password_on(page: str) -> str:
    found = re.findall(r'class="slip-password">([^<]+)<', page)
    assert len(found) == 1
    return str(found[0])


def reset(staff: Staff, username: str) -> str:
    answer = staff.client("admin").post("/staff/slips/", {"person": [staff.people[username].id]})
    return password_on(answer.content.decode())


def signed_in(username: str, password: str) -> Client:
    browser = Client()
    assert browser.post("/account/login/", {"login": username, "password": password}).status_code == 302
    return browser


@pytest.fixture
def wang(staff: Staff) -> str:
    """A new person's one-time password."""
    add_post(staff.office.section, "站长", ["handle"])
    given = {"name": "王一", "username": "wang", "staff_number": "1007", "post": "环保站 站长", "from_on": ""}
    answer = staff.client("admin").post("/staff/new/", given)
    page = answer.content.decode()
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    for words in ("王一", "环保站 站长", "<code>wang</code>", "<code>1007</code>", "http://testserver/"):
        assert words in page
    return password_on(page)


@pytest.mark.parametrize("login", ["wang", "WANG", "1007", "１００７"])
def test_user_name_and_staff_number_open_the_same_account(wang: str, login: str) -> None:
    browser = signed_in(login, wang.upper())
    assert browser.get("/account/first/").status_code == 200


def test_nothing_is_shown_before_an_own_password_is_set(staff: Staff, wang: str) -> None:
    browser = signed_in("wang", wang)
    for page in (
        "/",
        "/ledgers/sample/",
        f"/entries/{staff.entries['lower']}/",
        "/account/password/",
        "/nowhere/",
    ):
        answer = browser.get(page)
        assert (answer.status_code, answer.get("Location")) == (302, "/account/first/") or page == "/nowhere/"
        assert "环保站" not in answer.content.decode()
    assert browser.get("/api/ledgers").status_code == 401
    assert browser.post(f"/entries/{staff.entries['lower']}/moves/accept/").status_code == 302
    page = browser.get("/account/first/").content.decode()
    assert "我的待办" not in page and "环保站" not in page


def test_an_own_password_ends_the_one_time_one_and_every_other_session(wang: str) -> None:
    browser, other = signed_in("wang", wang), signed_in("wang", wang)
    for bad, why in ((wang, "不能就用一次性口令"), ("12345678", ""), ("短", "")):
        answer = browser.post("/account/first/", {"new_password1": bad, "new_password2": bad})
        assert answer.status_code == 200 and why in answer.content.decode()
    answer = browser.post("/account/first/", {"new_password1": OWN, "new_password2": OWN})
    assert answer["Location"] == "/"
    assert browser.get("/").status_code == 200 and browser.get("/api/ledgers").status_code == 200
    assert other.get("/account/first/")["Location"].startswith("/account/login/")
    again = Client().post("/account/login/", {"login": "wang", "password": wang})
    assert again.status_code == 200, "the one-time password is used up"
    assert signed_in("wang", OWN).get("/account/first/")["Location"] == "/"


def test_a_one_time_password_is_good_for_some_days(wang: str) -> None:
    Person.objects.filter(username="wang").update(one_time_until=timezone.now() - timedelta(seconds=1))
    answer = Client().post("/account/login/", {"login": "wang", "password": wang}, follow=True)
    assert "一次性口令已过期，请找本单位的管理员重发一个" in answer.content.decode()
    assert answer.wsgi_request.user.is_anonymous
    assert VALID_DAYS == 14


def test_a_reset_signs_the_person_out_everywhere_and_is_logged(staff: Staff) -> None:
    person = staff.people["handler"]
    person.set_password(PASSWORD)
    person.save()
    browsers = [signed_in("handler", PASSWORD), signed_in("handler", PASSWORD)]
    password = reset(staff, "handler")
    for browser in browsers:
        assert browser.get("/")["Location"].startswith("/account/login/")
    assert Client().post("/account/login/", {"login": "handler", "password": PASSWORD}).status_code == 200
    assert signed_in("handler", password).get("/")["Location"] == "/account/first/"
    page = staff.client("admin").get("/staff/log/").content.decode()
    assert "重设口令" in page and "某handler（handler）" in page and "城关镇 admin岗" in page
    assert password not in page and Session.objects.count() > 0


def test_several_slips_at_once_or_none_at_all(staff: Staff) -> None:
    browser = staff.client("admin")
    people = [staff.people[name].id for name in ("handler", "sectioner")]
    page = browser.post("/staff/slips/", {"person": people}).content.decode()
    assert page.count('class="slip-password"') == 2
    assert browser.get("/staff/slips/").status_code == 405
    before = Person.objects.get(username="handler").password
    foreign = [*people, staff.people["stranger"].id]
    assert browser.post("/staff/slips/", {"person": foreign}).status_code == 403
    assert browser.post("/staff/slips/", {"person": [*people, "x"]}).status_code == 200
    assert Person.objects.get(username="handler").password == before


def test_a_form_that_cannot_be_taken_says_why_and_keeps_what_was_typed(staff: Staff) -> None:
    browser = staff.client("admin")
    given = {"name": "王一", "username": "HANDLER", "post": "城关镇 handler岗（某handler）", "from_on": ""}
    for changed, words in (
        ({}, "用户名或工号已被使用：HANDLER"),
        ({"username": ""}, "请填用户名，或者填工号"),
        ({"post": "柳林镇 stranger岗"}, "您能管的单位里没有"),
        ({"from_on": "昨天"}, "这样的日期"),
    ):
        answer = browser.post("/staff/new/", {**given, **changed})
        assert answer.status_code == 422 and words in answer.content.decode()
        assert 'value="王一"' in answer.content.decode()
    assert not Person.objects.filter(name="王一").exists()


def test_a_stand_in_is_arranged_with_days_and_shown_as_one(staff: Staff) -> None:
    browser, handler = staff.client("admin"), staff.people["handler"]
    add_post(staff.office.section, "站长", ["handle"])
    today = staff.office.today
    page = f"/staff/{handler.id}/stand-in/"
    given = {"post": "环保站 站长", "from_on": today.isoformat(), "last_on": today.isoformat()}
    assert browser.post(page, {**given, "last_on": ""}).status_code == 422
    assert browser.post(page, given).status_code == 302
    shown = browser.get(f"/staff/{handler.id}/").content.decode()
    assert f"{today} 至 {today}" in shown and "代</span> 环保站 站长" in shown
    refused = browser.post(f"/staff/{staff.people['sectioner'].id}/stand-in/", given)
    assert "日期不能重叠" in refused.content.decode()
    assert AccountDeed.objects.filter(what="stood_in").count() == 1


def test_a_handover_lists_what_passes_and_does_it_in_one(staff: Staff) -> None:
    browser, handler, office = staff.client("admin"), staff.people["handler"], staff.office
    tenure = Tenure.objects.get(person=handler)
    page = browser.get(f"/staff/{handler.id}/handover/").content.decode()
    link = re.search(
        r'href="(/ledgers/sample/\?stage=[^"]+)"><span>待签收</span> <span class="number">(\d+)<', page
    )
    assert link is not None and link[2] == "2"
    assert "共 2 条" in browser.get(link[1].replace("&amp;", "&")).content.decode()
    day = office.today.isoformat()
    given = {"tenure": tenure.id, "day": day, "successor": "某sectioner（sectioner）"}
    answer = browser.post(f"/staff/{handler.id}/handover/", given, follow=True)
    assert "某handler → 某sectioner" in answer.content.decode()
    seats = staff.client("sectioner").get("/").content.decode()
    assert "城关镇 handler岗" in seats
    assert "没有岗位" in staff.client("handler").get("/").content.decode()
    assert list(AccountDeed.objects.order_by("id").values_list("what", flat=True)) == [
        "handed_over",
        "appointed",
    ]


def test_a_post_left_to_nobody_is_listed_as_vacant(staff: Staff) -> None:
    browser, handler = staff.client("admin"), staff.people["handler"]
    tenure = Tenure.objects.get(person=handler).id
    given = {"tenure": tenure, "day": staff.office.today.isoformat()}
    answer = browser.post(f"/staff/{handler.id}/handover/", given)
    assert answer.status_code == 422 and "请填接任人" in answer.content.decode(), (
        "nobody is forgotten unawares"
    )
    assert browser.post(f"/staff/{handler.id}/handover/", {**given, "vacant": "yes"}).status_code == 302
    page = browser.get("/staff/").content.decode()
    assert "空缺岗位" in page and "城关镇 handler岗 <a" in page
    assert "无岗位" in page


def test_the_list_is_paged_filtered_and_asks_no_more_for_more_people(staff: Staff) -> None:
    post = add_post(staff.office.section, "站员").id
    for n in range(60):
        appoint(add_person(f"staff{n:02}", f"站员{n:02}").id, post)
    browser = staff.client("admin")
    first = browser.get("/staff/").content.decode()
    after = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', first)
    assert after is not None and "共 63 人" in first
    second = browser.get("/staff/" + after[1].replace("&amp;", "&")).content.decode()
    names = [re.findall(r'class="title-cell"><a href="/staff/(\d+)/"', page) for page in (first, second)]
    assert [len(each) for each in names] == [50, 13] and not set(names[0]) & set(names[1])
    for asked, count in (("q=staff5", 10), ("q=环保站", 61), ("q=某handler", 1), ("state=left", 0)):
        assert f"共 {count} 人" in browser.get(f"/staff/?{asked}").content.decode(), asked


def test_who_looks_after_no_accounts_sees_no_way_there(staff: Staff) -> None:
    assert "人员与账号" in staff.client("admin").get("/").content.decode()
    assert "人员与账号" not in staff.client("handler").get("/").content.decode()


def test_the_time_line_says_who_stood_in_for_whom(staff: Staff) -> None:
    """The deed of the last day of standing in is told so on the days after, too."""
    office, stranger = staff.office, staff.people["stranger"]
    chief = appoint(add_person("chief", "周镇长").id, add_post(office.town, "镇长", ["handle"]).id)
    today = office.today
    appoint(stranger.id, chief.post_id, from_on=today, to_on=today + timedelta(days=1), stand_in=True)
    browser, entry = staff.client("stranger"), staff.entries["own"]
    assert browser.post("/post/", {"post": chief.post_id}).status_code == 302
    answer = browser.post(f"/entries/{entry}/moves/comment/", {"text": "代岗期间的留言"})
    assert answer.status_code == 302
    line = "某stranger · 城关镇 镇长 · 代 周镇长"
    assert line in staff.client("handler").get(f"/entries/{entry}/").content.decode()
    staff.client("handler").post(f"/entries/{entry}/moves/comment/", {"text": "自己的留言"})
    page = staff.client("handler").get(f"/entries/{entry}/").content.decode()
    assert page.count("· 代 ") == 1
    own = appoint(stranger.id, chief.post_id)
    page = staff.client("handler").get(f"/entries/{entry}/").content.decode()
    assert "· 代 " not in page, "who holds the post stands in for nobody"
    Tenure.objects.filter(id=own.id).delete()
    Tenure.objects.filter(person=stranger, stand_in=True).update(to_on=today)
    assert line not in staff.client("handler").get(f"/entries/{entry}/").content.decode()


def test_a_post_with_an_english_name_is_called_by_it_on_english_pages(staff: Staff) -> None:
    post = Tenure.objects.get(person=staff.people["handler"]).post
    post.name_en = "Handling desk"
    post.save()
    browser = staff.client("admin")
    assert "Handling desk" not in browser.get("/staff/").content.decode()
    browser.cookies["language"] = "en"
    assert "城关镇 Handling desk" in browser.get("/staff/").content.decode()
    assert (
        "城关镇 Handling desk (某handler)"
        in browser.get("/staff/options/post/?q=城关镇 Hand").content.decode()
    )
    handler = staff.client("handler")
    handler.cookies["language"] = "en"
    assert "城关镇 Handling desk" in handler.get("/").content.decode()


def test_a_post_is_set_up_and_a_person_put_into_it_in_the_browser_alone(staff: Staff) -> None:
    browser = staff.client("admin")
    given = {"unit": "环保站", "name": "副站长", "name_en": "Deputy head", "duty": ["handle", "verify"]}
    for changed, words in (
        ({"name": " "}, "请填岗位名称"),
        ({"unit": "没有这个"}, "没有这个单位"),
        ({"duty": ["unseal"]}, "只有系统操作员能给"),
        ({"duty": ["handle", "administer"]}, "只有系统操作员能给"),
    ):
        answer = browser.post("/staff/post/", {**given, **changed})
        assert answer.status_code == 422 and words in answer.content.decode()
    answer = browser.post("/staff/post/", given, follow=True)
    assert 'value="环保站 副站长"' in answer.content.decode()
    assert "已经有“副站长”这个岗位" in browser.post("/staff/post/", given).content.decode()
    new = {"name": "王一", "username": "wang", "post": "环保站 副站长", "from_on": ""}
    assert browser.post("/staff/new/", new).status_code == 200
    post = Tenure.objects.get(person__username="wang").post
    assert (post.duties, post.scope_unit_id, post.name_en) == (["handle", "verify"], None, "Deputy head")
    assert "新设岗位" in browser.get("/staff/log/").content.decode()


def test_entries_of_before_are_given_the_posts_their_events_name(staff: Staff) -> None:
    post, office = Tenure.objects.get(person=staff.people["handler"]).post_id, staff.office
    due = office.today + timedelta(days=9)
    for title in ("留着的", "退回的", "转走的"):
        entry_id = office.registered(title)
        command = c.AssignEntry(entry_id=entry_id, lead_unit=office.town, responsible_post=post, due_on=due)
        done(handle([command], office.desk))
        if title == "退回的":
            done(handle([c.ReturnEntry(entry_id=entry_id, reason="不属")], office.everything_at(office.town)))
        if title == "转走的":
            moved = c.TransferEntry(entry_id=entry_id, lead_unit=office.other_town, reason="属地")
            done(handle([moved], office.desk))
    asked = "SELECT title, responsible_post_id, overseeing_post_id FROM entry ORDER BY entry_id"
    folded = rows(asked)
    assert [row[1] for row in folded if row[1]] == [post]
    with cursor() as database:
        database.execute("UPDATE entry SET responsible_post_id = NULL, overseeing_post_id = NULL")
        database.execute(import_module("taizhang.ledger.migrations.0008_entry_posts").FILL)
    assert rows(asked) == folded


def test_what_a_post_answers_for_is_counted_where_it_is_handed_over(staff: Staff) -> None:
    tenure = Tenure.objects.get(person=staff.people["handler"])
    entry_id, office = staff.office.registered("有责任人的一条"), staff.office
    due = office.today + timedelta(days=9)
    command = c.AssignEntry(
        entry_id=entry_id, lead_unit=office.town, responsible_post=tenure.post_id, due_on=due
    )
    done(handle([command], office.desk))
    browser = staff.client("admin")
    page = browser.get(f"/staff/{tenure.person_id}/handover/").content.decode()
    found = dict(
        re.findall(
            r'href="([^"]+)"><span>(?:责任人|分管领导)是这个岗位</span> <span class="number">(\d+)<', page
        )
    )
    assert list(found.values()) == ["1", "0"]
    shown = browser.get(next(iter(found)).replace("&amp;", "&")).content.decode()
    assert "共 1 条" in shown and "有责任人的一条" in shown and "责任人：handler岗（某handler）" in shown
    done(handle([c.ReturnEntry(entry_id=entry_id, reason="不属本镇")], office.everything_at(office.town)))
    assert "共 0 条" in browser.get(next(iter(found)).replace("&amp;", "&")).content.decode()
    assert "看不懂这个筛选条件" in browser.get("/ledgers/sample/?responsible=x").content.decode()
