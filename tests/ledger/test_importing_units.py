"""The units of a sheet as people settled them: who leads, who assists, and a row that becomes one entry for each unit."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from taizhang.ledger import ledgers
from taizhang.ledger.exporting import export_ledger
from taizhang.org import spellings
from taizhang.org.founding import NewUnit, add_units
from taizhang.org.groups import Members, define
from taizhang.org.reorganise import merge
from taizhang.org.spellings import Answer
from taizhang.org.tree import units_now
from tests.ledger.office import Office, rows
from tests.ledger.sheets_in import counts, entries, imported, keyed_ledger, read_back, sheet

DAY = date(2021, 1, 1)


def settle(office: Office, **answers: Answer) -> list[int]:
    agent = office.operator.acting
    return spellings.of_batch(spellings.settle(answers, agent, units_now()))


def group_of(office: Office, name: str, *units: int) -> int:
    return define(name, Members(units), DAY, office.operator.acting, units_now()).id


def lines(*cells: str) -> list[list[Any]]:
    return [[n, f"问题{n}", cell, "", ""] for n, cell in enumerate(cells, 1)]


def parties() -> list[tuple[str, str, int]]:
    """Title, role and unit, in order."""
    return [
        (str(title), str(role), int(unit))
        for title, role, unit in rows(
            "SELECT title, role, unit_id FROM entry_party JOIN entry USING (site_id, entry_id)"
            " WHERE role <> 'registering' ORDER BY title, role DESC, unit_id"
        )
    ]


def test_what_was_settled_registers_the_row_with_its_units_and_says_who_leads(
    office: Office, tmp_path: Path
) -> None:
    settle(
        office, 城关=Answer((office.town,)), 两镇=Answer((office.other_town, office.town)), 县领导=Answer()
    )
    path = sheet(tmp_path / "一.xlsx", lines("城关", "两镇", "县领导", "两镇", "环保站、城关(牵头)"))
    report = imported(office, path)
    assert counts(report) == (5, 5, 0, 0, 0)
    assert [one["message"] for one in report.several] == [
        "“两镇”：牵头 柳林镇；协办 城关镇",
        "“城关、环保站”：牵头 城关镇；协办 环保站",
    ]
    assert [one["rows"] for one in report.several] == [2, 1]
    assert report.suspicions == []
    two = [("lead", office.other_town), ("assisting", office.town)]
    assert parties() == [
        ("问题1", "lead", office.town),
        *(("问题2", *one) for one in two),
        *(("问题4", *one) for one in two),
        ("问题5", "lead", office.town),
        ("问题5", "assisting", office.section),
    ]


def test_an_unknown_name_that_would_lead_leaves_the_row_without_a_lead_and_says_so(
    office: Office, tmp_path: Path
) -> None:
    report = imported(office, sheet(tmp_path / "一.xlsx", lines("火星科、城关镇")))
    assert parties() == [("问题1", "assisting", office.town)]
    assert [one["message"] for one in report.several] == [
        "“火星科、城关镇”：没有牵头单位；协办 城关镇；不认得 火星科"
    ]
    (unknown,) = report.suspicions
    assert (unknown["text"], unknown["rows"], unknown["example"]) == ("火星科", 1, "问题1")


def test_a_group_in_one_entry_is_led_by_nobody_and_in_one_each_by_every_unit(
    office: Office, tmp_path: Path
) -> None:
    group = group_of(office, "各乡镇", office.town, office.other_town)
    settle(office, 各乡镇=Answer(group_id=group), 各镇=Answer(group_id=group, each=True))
    report = imported(office, sheet(tmp_path / "一.xlsx", lines("各乡镇", "各镇、环保站")))
    assert (counts(report), report.spread) == ((2, 2, 0, 0, 0), 1)
    assert [one["message"] for one in report.several] == [
        "“各乡镇”：没有牵头单位；协办 城关镇、柳林镇",
        "“各镇、环保站”：每个单位一条，共 2 条：城关镇、柳林镇；协办 环保站",
    ]
    both = sorted((office.town, office.other_town))
    found = parties()
    assert found[:2] == [("问题1", "assisting", unit) for unit in both]
    assert [one for one in found if one[1] == "lead"] == [("问题2", "lead", unit) for unit in both]
    assert found.count(("问题2", "assisting", office.section)) == 2
    assert len({entry["number"] for entry in entries(office.ledger_id)}) == 3


@pytest.mark.parametrize("keys", [(), ("title",)])
def test_a_row_that_became_an_entry_for_each_unit_is_known_again(
    office: Office, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    ledger_id = keyed_ledger(office, *keys) if keys else office.ledger_id
    group = group_of(office, "各镇", office.town, office.other_town)
    ids = settle(office, 各镇=Answer(group_id=group, each=True))
    path = sheet(tmp_path / "一.xlsx", lines("各镇", "各镇"))
    assert imported(office, path, ledger_id=ledger_id).spread == 2
    before = entries(ledger_id)
    again = imported(office, path, ledger_id=ledger_id)
    assert (counts(again), again.spread, again.errors, again.notes) == ((2, 0, 2, 0, 0), 0, [], [])
    spellings.undo(ids, office.operator.acting)
    assert counts(imported(office, path, ledger_id=ledger_id)) == (2, 0, 2, 0, 0), (
        "as one entry it is not new either"
    )
    assert entries(ledger_id) == before and len(before) == 4


def test_a_row_known_as_one_entry_does_not_become_more_when_its_name_is_settled_later(
    office: Office, tmp_path: Path
) -> None:
    path = sheet(tmp_path / "一.xlsx", lines("各镇"))
    imported(office, path)
    group = group_of(office, "各镇", office.town, office.other_town)
    settle(office, 各镇=Answer(group_id=group, each=True))
    assert counts(imported(office, path)) == (1, 0, 1, 0, 0)
    assert len(entries(office.ledger_id)) == 1


def test_a_unit_that_joined_the_group_since_is_named_and_one_that_took_anothers_place_is_not(
    office: Office, tmp_path: Path
) -> None:
    group = group_of(office, "各镇", office.town, office.other_town)
    settle(office, 各镇=Answer(group_id=group, each=True))
    path = sheet(tmp_path / "一.xlsx", lines("各镇"))
    imported(office, path)
    new, merged = (
        unit.id for unit in add_units([NewUnit("新镇", office.county), NewUnit("合镇", office.other_county)])
    )
    merge([office.other_town], merged, office.today)
    group_of(office, "各镇", office.town, merged, new)
    again = imported(office, path)
    assert counts(again) == (1, 0, 1, 0, 0)
    (note,) = again.notes
    assert "没有 新镇 的条目" in note["message"]


def test_a_changed_row_is_compared_with_an_entry_it_became(office: Office, tmp_path: Path) -> None:
    ledger_id = keyed_ledger(office, "title")
    group = group_of(office, "各镇", office.town, office.other_town)
    settle(office, 各镇=Answer(group_id=group, each=True))
    imported(office, sheet(tmp_path / "一.xlsx", lines("各镇")), ledger_id=ledger_id)
    changed = [[1, "问题1", "各镇", date(2026, 12, 1), ""]]
    report = imported(office, sheet(tmp_path / "二.xlsx", changed), ledger_id=ledger_id)
    assert counts(report) == (1, 0, 0, 1, 0) and len(report.errors) == 1


def test_an_export_keeps_the_settled_spelling_and_names_each_units_own_entry(
    office: Office, tmp_path: Path
) -> None:
    group = group_of(office, "各镇", office.town, office.other_town)
    settle(office, 城关=Answer((office.town,)), 各镇=Answer(group_id=group, each=True))
    imported(office, sheet(tmp_path / "一.xlsx", lines("城关", "各镇")))
    ledger = ledgers.by_id(office.ledger_id)
    assert ledger is not None
    out = tmp_path / "出.xlsx"
    export_ledger(ledger, office.operator.acting, out)
    units = [row[2] for row in read_back(out) if str(row[1]).startswith("问题") and row[0] != "序号"]
    assert sorted(map(str, units)) == sorted(["城关", "城关镇", "柳林镇"])
    assert imported(office, out).registered == 0
