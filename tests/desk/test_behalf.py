"""代录 on the forms: who is offered it, who can be meant, what is refused, and how the time line tells it."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from taizhang.core import commands as c
from taizhang.ledger.handle import handle
from taizhang.org.founding import add_people, add_post, appoint
from taizhang.org.models import Person
from tests.desk.staff import Staff
from tests.desk.test_pages import PIXEL, post_move
from tests.ledger.office import done, rows

BY_PHONE = {"source_kind": "telephone", "source_note": "值班电话"}


def second(staff: Staff, unit: int, name: str = "某handler", username: str = "second") -> int:
    """One more person who may handle in a unit."""
    person = add_people([Person(username=username, name=name)])[0].pk
    appoint(person, add_post(unit, "值班岗", ["handle"]).id)
    return person


def recorded(entry: UUID) -> tuple[str, str]:
    """User names of who acted and who typed last."""
    ((acted, typed),) = rows(
        "SELECT a.username, t.username FROM event JOIN person a ON a.id = acted_by JOIN person t ON t.id = typed_by"
        " WHERE entry_id = %s ORDER BY version DESC LIMIT 1",
        entry,
    )
    return acted, typed


def groups(staff: Staff, role: str) -> tuple[set[str], set[str]]:
    """Verbs with a form of one's own, and those only to record for others."""
    context = staff.client(role).get(f"/entries/{staff.entries['own']}/").context
    return {one.verb for one in context["possible"]}, {one.verb for one in context["for_another"]}


def test_whoever_may_register_is_offered_what_others_may_do(staff: Staff) -> None:
    own, others = groups(staff, "clerk")
    assert own == {"amend", "comment"} and {"accept", "return", "progress", "attach", "transfer"} <= others
    page = staff.client("clerk").get(f"/entries/{staff.entries['own']}/").content.decode()
    assert re.search(r'id="accept-acted_by"[^>]* required', page)
    assert re.search(r'id="comment-acted_by"(?![^>]* required)', page)


@pytest.mark.parametrize("role", ["desk", "handler", "checker", "closer", "inspector"])
def test_nobody_else_sees_a_word_of_it(staff: Staff, role: str) -> None:
    browser = staff.client(role)
    page = browser.get(f"/entries/{staff.entries['own']}/")
    assert page.context["for_another"] == []
    assert "acted_by" not in page.content.decode() and "代他人录入" not in page.content.decode()
    assert browser.get("/people/", {"acted_by": "某"}).status_code == 403


@pytest.mark.parametrize(
    "typed",
    ["某handler", "handler", "某handler（城关镇）", "某handler(城关镇)", "某handler（城关镇 handler岗）"],
)
def test_a_move_is_recorded_for_the_person_meant_and_the_time_line_names_both(
    staff: Staff, typed: str
) -> None:
    entry = staff.entries["own"]
    status, _page = post_move(staff, "clerk", entry, "accept", 2, acted_by=typed, **BY_PHONE)
    assert status == 302 and recorded(entry) == ("handler", "clerk")
    page = staff.client("desk").get(f"/entries/{entry}/").content.decode()
    assert "某handler · 城关镇 handler岗 · 代录人 某clerk" in page and "来源 电话 值班电话" in page


def test_one_s_own_name_is_no_recording_for_another(staff: Staff) -> None:
    entry = staff.entries["own"]
    assert post_move(staff, "clerk", entry, "comment", 2, text="看过", acted_by="某clerk")[0] == 302
    assert recorded(entry) == ("clerk", "clerk")


def test_without_a_source_it_is_refused_and_nothing_typed_is_lost_or_folded(staff: Staff) -> None:
    entry = staff.entries["own"]
    status, page = post_move(staff, "clerk", entry, "comment", 2, text="电话里说的", acted_by="某handler")
    assert status == 422
    assert "代录须注明来源" in page and "电话里说的" in page and 'value="某handler"' in page
    form = page[page.index('id="move-comment"') :]
    assert form[: form.index("</form>")].count("<details") == form[: form.index("</form>")].count(
        "<details open"
    )


@pytest.mark.parametrize("typed", ["没有这个人", "stranger", "某handler（甲县）", "某\0", "p0"])
def test_who_is_not_within_scope_is_not_there(staff: Staff, typed: str) -> None:
    entry = staff.entries["own"]
    status, page = post_move(staff, "county", entry, "accept", 2, acted_by=typed, **BY_PHONE)
    assert status == 422 and "您的范围内没有“" in page
    assert rows("SELECT version FROM entry WHERE entry_id = %s", entry) == [(2,)]


def test_namesakes_are_told_apart_by_their_unit(staff: Staff) -> None:
    entry, office = staff.entries["own"], staff.office
    second(staff, office.section)
    status, page = post_move(staff, "clerk", entry, "accept", 2, acted_by="某handler", **BY_PHONE)
    assert status == 422
    assert (
        "有几位叫“某handler”，请写明单位：某handler（城关镇 handler岗）、某handler（环保站 值班岗）" in page
    )
    typed = "某handler（环保站）"
    lower = staff.entries["lower"]
    assert post_move(staff, "clerk", lower, "accept", 2, acted_by=typed, **BY_PHONE)[0] == 302
    assert recorded(lower) == ("second", "clerk")


def test_namesakes_of_one_unit_are_told_apart_by_user_name(staff: Staff) -> None:
    entry, office = staff.entries["own"], staff.office
    second(staff, office.town, "某乙", "second")
    third = add_people([Person(username="third", name="某乙")])[0].pk
    appoint(third, rows("SELECT id FROM post WHERE name = '值班岗'")[0][0])
    status, page = post_move(staff, "clerk", entry, "accept", 2, acted_by="某乙", **BY_PHONE)
    assert status == 422 and "请改填用户名：second、third" in page
    assert post_move(staff, "clerk", entry, "accept", 2, acted_by="third", **BY_PHONE)[0] == 302
    assert recorded(entry) == ("third", "clerk")


def test_who_cannot_see_the_entry_cannot_have_done_it(staff: Staff) -> None:
    entry = staff.entries["own"]
    status, page = post_move(staff, "clerk", entry, "accept", 2, acted_by="某stranger", **BY_PHONE)
    assert status == 422 and "这一条不在此人的范围内" in page and 'value="某stranger"' in page


def test_who_was_meant_must_be_able_to_do_it(staff: Staff) -> None:
    entry = staff.entries["own"]
    status, page = post_move(staff, "clerk", entry, "accept", 2, acted_by="某checker", **BY_PHONE)
    assert status == 403 and "只有责任单位可以办这一步" in page and 'value="某checker"' in page


def test_who_typed_for_the_doer_cannot_type_for_the_verifier(staff: Staff) -> None:
    entry, office = staff.entries["own"], staff.office
    done(
        handle(
            [c.AcceptEntry(entry_id=entry), c.AmendEntry(entry_id=entry, changes={"measure": "修好"})],
            office.worker,
        )
    )
    assert post_move(staff, "clerk", entry, "report_done", 4, acted_by="某handler", **BY_PHONE)[0] == 302
    status, page = post_move(staff, "clerk", entry, "pass", 5, acted_by="某checker", **BY_PHONE)
    assert status == 403 and "核查人不能是办理人（含代录人）" in page


def test_a_form_made_up_without_the_duty_is_refused_in_words(staff: Staff) -> None:
    entry = staff.entries["own"]
    status, page = post_move(
        staff, "handler", entry, "comment", 2, text="冒名", acted_by="某clerk", **BY_PHONE
    )
    assert status == 403 and "代他人录入须由有登记职责的岗位办理" in page
    assert rows("SELECT version FROM entry WHERE entry_id = %s", entry) == [(2,)]


def test_a_file_is_attached_for_another(staff: Staff) -> None:
    entry = staff.entries["own"]
    given = {
        "file": SimpleUploadedFile("现场.png", PIXEL),
        "purpose": "after",
        "acted_by": "某handler",
        **BY_PHONE,
    }
    assert post_move(staff, "clerk", entry, "attach", 2, **given)[0] == 302
    assert recorded(entry) == ("handler", "clerk")
    stranger = {**given, "file": SimpleUploadedFile("现场.png", PIXEL), "acted_by": "某stranger"}
    status, page = post_move(staff, "clerk", entry, "attach", 3, **stranger)
    assert status == 422 and "这一条不在此人的范围内" in page
    assert rows("SELECT count(*) FROM evidence") == [(1,)]


def test_an_entry_is_registered_for_another_registrar(staff: Staff) -> None:
    browser = staff.client("clerk")
    assert 'id="new-acted_by"' in browser.get("/ledgers/sample/register/").content.decode()
    typed = {"field-title": "电话报来的事", "acted_by": "某county", **BY_PHONE}
    refused = browser.post("/ledgers/sample/register/", {**typed, "acted_by": "某handler"})
    assert refused.status_code == 422 and "只有登记员可以办这一步" in refused.content.decode()
    answer = browser.post("/ledgers/sample/register/", typed)
    assert answer.status_code == 302
    assert recorded(UUID(answer["Location"].split("/")[2])) == ("county", "clerk")


def test_the_list_of_people_is_short_within_scope_and_needs_a_name(staff: Staff) -> None:
    def offered(role: str, typed: str) -> list[str]:
        answer = staff.client(role).get("/people/", {"acted_by": typed})
        return re.findall(r'<option value="(.*?)"></option>', answer.content.decode())

    assert offered("county", "某") == [
        "某admin（城关镇 admin岗）",
        "某county（甲县 county岗）",
        "某handler（城关镇 handler岗）",
        "某sectioner（环保站 sectioner岗）",
    ]
    assert offered("county", "handl") == ["某handler（城关镇 handler岗）"]
    assert offered("clerk", "某handler（城关") == ["某handler（城关镇 handler岗）"]
    assert offered("county", "") == offered("county", "stranger") == offered("county", "\0") == []
    for n in range(25):
        second(staff, staff.office.town, f"某人{n}", f"u{n}")
    assert len(offered("clerk", "某")) == 20
