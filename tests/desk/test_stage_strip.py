"""The stages above an entry: passed, present, ahead."""

from __future__ import annotations

import re
from uuid import UUID

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.ledger.handle import handle
from tests.desk.staff import Staff
from tests.ledger.office import done


def strip(staff: Staff, entry: UUID) -> dict[str, str]:
    page = staff.client("desk").get(f"/entries/{entry}/")
    text = page.content.decode()
    assert len(re.findall('aria-current="step"', text)) == 1
    return {mark.label: mark.place for mark in page.context["stages"]}


def made(command: c.AnyCommand, actor: Actor) -> None:
    done(handle([command], actor))


def test_the_present_stage_stands_between_those_passed_and_those_ahead(staff: Staff) -> None:
    assert strip(staff, staff.entries["own"]) == {
        "已登记": "passed", "已交办": "present", "整改中": "ahead", "已报办结": "ahead", "核查通过": "ahead", "已销号": "ahead",
    }  # fmt: skip


def test_a_stage_passed_says_the_day_on_which_the_entry_came_to_it(staff: Staff) -> None:
    page = staff.client("desk").get(f"/entries/{staff.entries['own']}/")
    today = staff.office.today.isoformat()
    assert [mark.day for mark in page.context["stages"]] == [today, today, "", "", "", ""]


def test_a_shortcut_leaves_out_what_the_entry_never_stood_in(staff: Staff) -> None:
    entry = staff.office.registered("自己认领的事")
    made(c.ClaimEntry(entry_id=entry), staff.office.everything_at(staff.office.city))
    assert list(strip(staff, entry).items())[:3] == [
        ("已登记", "passed"), ("整改中", "present"), ("已报办结", "ahead"),
    ]  # fmt: skip


def test_what_was_returned_has_everything_ahead_of_it_again(staff: Staff) -> None:
    entry = staff.entries["own"]
    made(c.ReturnEntry(entry_id=entry, reason="不归我们管"), staff.office.worker)
    assert list(strip(staff, entry).values()) == ["present", *["ahead"] * 5]


def test_after_an_end_nothing_lies_ahead(staff: Staff) -> None:
    office = staff.office
    declined, voided, closed = (
        office.registered("不归本级"),
        office.assigned("误登"),
        office.assigned("修路灯"),
    )
    made(c.DeclineAdmission(entry_id=declined, reason="不属本级"), office.desk)
    made(c.VoidEntry(entry_id=voided, reason="重复"), office.desk)
    office.closed(closed)
    assert strip(staff, declined) == {"已登记": "passed", "不予受理": "present"}
    assert strip(staff, voided) == {"已登记": "passed", "已交办": "passed", "作废": "present"}
    assert list(strip(staff, closed).values()) == [*["passed"] * 5, "present"]


def test_a_claim_stands_alone_until_it_is_sent_to_verification(staff: Staff) -> None:
    office = staff.office
    entry = office.registered("旧表里的事", closure_claimed="是", fields={"measure": "早已修好"})
    claimed = "历史销号·未经本平台核查"
    assert strip(staff, entry) == {claimed: "present"}
    made(c.SendClaimToVerification(entry_id=entry), office.desk)
    assert strip(staff, entry) == {
        claimed: "passed", "已报办结": "present", "核查通过": "ahead", "已销号": "ahead",
    }  # fmt: skip
