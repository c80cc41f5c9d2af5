"""Two people at one entry: the second is told what the first did and loses nothing."""

from __future__ import annotations

from tests.desk.visit import Visiting, assigned


def test_the_second_of_two_sees_both_values_and_the_other_name_and_sends_again(visit: Visiting) -> None:
    entry, first, second = assigned(visit, "河边倾倒垃圾"), visit("handler"), visit("colleague")
    first.goto(entry)
    first.move("accept")
    second.goto(entry)
    first.move("amend", **{"field-measures": "每日清运"})
    assert second.send("amend", **{"field-measures": "每周清运", "reason": "人手不够"}) == 409
    told = second.text()
    assert "办理员丙" in told and "每日清运" in told and "每周清运" in told
    form = second.form("amend")
    assert form.locator("[name='field-measures']").input_value() == "每周清运"
    assert form.locator("[name=reason]").input_value() == "人手不够"
    assert second.send("amend") == 200
    assert "每周清运" in second.text() and "人手不够" in second.text()
    assert "每日清运 → 每周清运" in second.text()
