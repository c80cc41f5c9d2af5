"""`taizhang deadline compute`: without a site, for people and for machines."""

from __future__ import annotations

import pytest

from tests.cli.terminal import Terminal

ASKED = ("deadline", "compute", "--from", "2026-02-13", "--limit", "5 工作日")


def test_each_day_is_told_with_its_reason_and_no_site_is_made(empty: Terminal) -> None:
    found = empty.done(*ASKED, "--json").json
    assert (found["due_on"], found["provisional"]) == ("2026-02-27", False)
    assert [day["date"] for day in found["days"] if day["counted"]] == [
        "2026-02-14", "2026-02-24", "2026-02-25", "2026-02-26", "2026-02-27",
    ]  # fmt: skip
    assert found["days"][2] == {
        "date": "2026-02-15",
        "counted": False,
        "why": "春节放假，国办发明电〔2025〕7号",
    }
    assert not empty.data.exists()


def test_people_read_the_same(empty: Terminal) -> None:
    told = empty.done(*ASKED).out.splitlines()
    assert told[2].split() == ["2026-02-14", "计", "春节调休上班，国办发明电〔2025〕7号"]
    assert told[-1] == "5 工作日，到期 2026-02-27（全国工作日历（含调休））"


def test_english(empty: Terminal) -> None:
    asked = ("deadline", "compute", "--from", "2026-12-25", "--limit", "5 working days", "--lang", "en")
    told = empty.done(*asked).out.splitlines()
    assert told[0].split() == ["Date", "Counted", "Reason"]
    assert "provisional" in told[-1] and "2027-01-01" in told[-1]


def test_pauses_roll_hours_and_calendar(empty: Terminal) -> None:
    def due(*more: str) -> str:
        return str(empty.done("deadline", "compute", *more, "--json").json["due_on"])

    holiday = ("--from", "2026-02-06", "--limit", "10 日")
    assert due(*holiday) == "2026-02-24"
    assert due(*holiday, "--roll", "none") == due(*holiday, "--calendar", "weekends") == "2026-02-16"
    assert due(*holiday, "--pause", "2026-02-09..2026-02-10", "--pause", "2026-02-12") == "2026-02-24"
    hours = (
        "--from",
        "2026-03-02 15:30",
        "--limit",
        "4 工作时",
        "--hours",
        "9:00-12:00",
        "--hours",
        "13:30-16:30",
    )
    answer = empty.done("deadline", "compute", *hours, "--json").json
    assert (answer["due_on"], answer["due_at"]) == ("2026-03-03", "2026-03-03T12:00")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--from", "昨天", "--limit", "5 工作日"), "不是一天"),
        (("--from", "2026年2月", "--limit", "5 工作日"), "不是一天"),
        (("--from", "2026-02-13", "--limit", "5 周"), "看不懂时限“5 周”"),
        (("--from", "2026-02-13", "--limit", "5 工作时"), "几点几分起算"),
        (("--from", "2026-02-13", "--limit", "99999 工作日"), "1 到 10000"),
        (("--from", "2026-02-13", "--limit", "1 月", "--calendar", "../x"), "没有“../x”这个工作日历"),
        (("--from", "2026-02-13", "--limit", "1 月", "--pause", "2026-03-06..2026-03-02"), "--pause“2026-03-06..2026-03-02”不对"),
        (("--from", "2026-02-13", "--limit", "1 月", "--pause", "x"), "--pause“x”不对"),
        (("--from", "2026-02-13 9:00", "--limit", "1 工作时", "--hours", "12:00-9:00"), "--hours“12:00-9:00”不对"),
        (("--from", "2026-02-13 9:00", "--limit", "1 工作时", "--hours", "9:00-25:00"), "--hours“9:00-25:00”不对"),
        (("--from", "2026-02-13 9:00", "--limit", "1 工作时", "--hours", "9:00-12:00", "--hours", "11:00-13:00"), "重叠"),
        (("--limit", "5 工作日"), "--from"),
    ],
)  # fmt: skip
def test_what_cannot_be_reckoned_is_refused_in_words(
    asked: tuple[str, ...], told: str, empty: Terminal
) -> None:
    said = empty.run("deadline", "compute", *asked)
    assert (said.code, said.out) == (2, "") and told in said.err
