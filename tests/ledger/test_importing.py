"""Rows of a sheet become entries, once, and whatever does not is listed with its cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.core.actor import Actor
from taizhang.core.playbook import CLAIMED_STAGE
from taizhang.ledger.vault import keyed_digest
from tests.ledger.office import Office, row_counts, rows
from tests.ledger.sheets_in import HEADER, counts, entries, imported, ledger_with, read_back, sheet

THREE = [
    [1, "路灯不亮", "城关镇", date(2026, 12, 1), ""],
    [2, "井盖缺失", "柳林镇", "立行立改", "整改中"],
    [3, "占道经营", "城关镇", "2026.12.3", "关闭"],
]


def test_rows_become_entries_with_units_dates_and_claims(office: Office, tmp_path: Path) -> None:
    report = imported(office, sheet(tmp_path / "一.xlsx", THREE))
    assert counts(report) == (3, 3, 0, 0, 0)
    assert (report.claimed, report.unmapped, report.errors) == (1, [], [])
    lamp, cover, stalls = entries(office.ledger_id)
    assert (lamp["title"], lamp["lead_unit_id"], lamp["due_on"]) == (
        "路灯不亮",
        office.town,
        date(2026, 12, 1),
    )
    assert (cover["lead_unit_id"], cover["due_on"], cover["stage"]) == (office.other_town, None, "new")
    assert (stalls["stage"], stalls["closure_claimed"], stalls["due_on"]) == (CLAIMED_STAGE, "关闭", None)
    assert stalls["fields"]["due"] == "2026-12-03"


def test_words_that_name_no_day_are_kept_and_asked_about(office: Office, tmp_path: Path) -> None:
    report = imported(office, sheet(tmp_path / "一.xlsx", THREE))
    assert entries(office.ledger_id)[1]["fields"]["due"] == "~立行立改"
    assert [(one["cell"], one["field"]) for one in report.suspicions] == [("D3", "整改时限")]
    assert report.suspicious == 1


def test_the_same_file_registers_nothing_the_second_time(office: Office, tmp_path: Path) -> None:
    path = sheet(tmp_path / "一.xlsx", THREE)
    imported(office, path)
    before = row_counts()
    report = imported(office, path)
    assert counts(report) == (3, 0, 3, 0, 0)
    assert (report.suspicious, report.claimed) == (0, 0)
    assert row_counts() == before


def test_a_row_is_known_again_whatever_its_counter_place_and_form(office: Office, tmp_path: Path) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", THREE))
    again = [
        [9, " 占道经营 ", "城关镇", date(2026, 12, 3), "关闭"],
        [8, "路灯不亮", "城关镇", "2026年12月1日", None],
        [7, "井盖缺失", "柳林镇", "立行立改", "整改中"],
    ]
    assert counts(imported(office, sheet(tmp_path / "二.xlsx", again))) == (3, 0, 3, 0, 0)


def test_equal_rows_are_as_many_entries_and_stay_so(office: Office, tmp_path: Path) -> None:
    path = sheet(tmp_path / "一.xlsx", [THREE[0], THREE[0], THREE[0]])
    assert counts(imported(office, path)) == (3, 3, 0, 0, 0)
    more = sheet(tmp_path / "二.xlsx", [THREE[0]] * 4)
    assert counts(imported(office, more)) == (4, 1, 3, 0, 0)


CELLS = st.sampled_from(["", "路灯", "井盖", "/", "2026-12-01", "1.2E+17", "#REF!", "城关镇", "关闭", "月底"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=8))
def test_counts_add_up_a_dry_run_tells_the_truth_and_twice_is_once(
    office: Office, tmp_path: Path, lines: list[list[str]]
) -> None:
    path = sheet(tmp_path / "一.xlsx", [[n, *line] for n, line in enumerate(lines)])
    before = row_counts()
    told = imported(office, path, dry_run=True)
    assert row_counts() == before
    done = imported(office, path)
    again = imported(office, path)
    for report in (told, done, again):
        assert report.read == report.registered + report.unchanged + report.changed + report.refused
        assert 0 <= report.suspicious <= report.registered
        assert len({fault.place for fault in report.errors}) == report.changed + report.refused
    told_json, done_json = told.as_json(), done.as_json()
    for only_then in ("batch", "dry_run"):
        del told_json[only_then], done_json[only_then]
    assert told_json == done_json
    assert (again.registered, again.refused) == (0, done.refused)


def test_a_cell_that_cannot_be_taken_refuses_its_row_and_names_itself(office: Office, tmp_path: Path) -> None:
    lines = [THREE[0], [2, "井盖缺失", "柳林镇", "2026-13-45", ""], [3, "", "城关镇", "", ""]]
    report = imported(office, sheet(tmp_path / "一.xlsx", lines))
    assert counts(report) == (3, 1, 0, 0, 2)
    assert [(one.cell, one.field) for one in report.errors] == [("D3", "整改时限"), ("B4", "问题")]


def test_an_id_damaged_by_excel_is_refused(office: Office, tmp_path: Path) -> None:
    header = ("问题", "联系电话")
    report = imported(office, sheet(tmp_path / "一.xlsx", [["路灯", "1.38E+17"]], header))
    assert [fault.cell for fault in report.errors] == ["B2"]
    assert "1.38" not in str(report.as_json()), "the field is sealed"


def test_unknown_units_stay_text_and_are_listed_once_with_the_nearest(office: Office, tmp_path: Path) -> None:
    lines = [[n, f"问题{n}", "柳林", "", ""] for n in range(3)] + [[4, "问题", "火星科", "", ""]]
    report = imported(office, sheet(tmp_path / "一.xlsx", lines))
    assert counts(report) == (4, 4, 0, 0, 0)
    assert report.suspicious == 4
    near, far = report.suspicions
    assert (near["text"], near["rows"], near["nearest"][0], near["cell"]) == ("柳林", 3, "柳林镇", "C2")
    assert (far["text"], far["rows"]) == ("火星科", 1)
    first = entries(office.ledger_id)[0]
    assert (first["lead_unit_id"], first["fields"]["unit"]) == (None, "柳林")


def test_the_first_of_several_units_leads_and_the_others_help(office: Office, tmp_path: Path) -> None:
    lines = [[1, "路灯", "柳林镇、城关镇（牵头）", "", ""]]
    report = imported(office, sheet(tmp_path / "一.xlsx", lines))
    assert report.suspicious == 1
    parties = rows("SELECT unit_id, role FROM entry_party WHERE role <> 'registering' ORDER BY role DESC")
    assert parties == [(office.town, "lead"), (office.other_town, "assisting")]


def test_hidden_rows_are_taken_and_marked(office: Office, tmp_path: Path) -> None:
    path = sheet(tmp_path / "一.xlsx", THREE)
    book = openpyxl.load_workbook(path)
    book.worksheets[0].row_dimensions[2].hidden = True
    book.save(path)
    report = imported(office, path)
    assert counts(report) == (3, 3, 0, 0, 0)
    assert report.suspicions[0]["cell"] == "A2"
    assert rows("SELECT count(*) FROM event WHERE body->'origin'->>'hidden' = 'true'") == [(1,)]


def test_columns_nobody_takes_are_listed_with_what_they_hold(office: Office, tmp_path: Path) -> None:
    header = (*HEADER, "天气", "整改措施落实")
    lines = [[*THREE[0], "晴", "已换灯"], [*THREE[1], "", "已补"]]
    report = imported(office, sheet(tmp_path / "一.xlsx", lines, header))
    weather, measures = report.unmapped
    assert (weather["column"], weather["label"], weather["filled"]) == ("F", "天气", 1)
    assert (measures["filled"], measures["nearest"]) == (2, "整改措施")
    assert "measure" not in entries(office.ledger_id)[0]["fields"], (
        "a likely field is suggested, never filled"
    )


def test_several_sheets_are_imported_and_the_others_named(office: Office, tmp_path: Path) -> None:
    path = sheet(tmp_path / "一.xlsx", THREE)
    book = openpyxl.load_workbook(path)
    second = book.create_sheet("表二")
    for line in (HEADER, [1, "", "城关镇", "", ""]):
        second.append(line)
    other, hidden = book.create_sheet("说明"), book.create_sheet("旧表")
    other.append(["姓名", "电话", "地址"])
    other.append(["甲", "1", "乙"])
    for line in (HEADER, [1, "旧问题", "", "", ""]):
        hidden.append(line)
    hidden.sheet_state = "hidden"
    book.save(path)
    report = imported(office, path)
    assert counts(report) == (4, 3, 0, 0, 1)
    assert report.errors[0].cell == "表二!B2"
    assert {one["sheet"] for one in report.skipped if one["row"] == 0} == {"说明", "旧表"}
    assert counts(imported(office, path, sheet="旧表")) == (1, 1, 0, 0, 0)


def test_claims_may_be_sent_to_verification_at_once(office: Office, tmp_path: Path) -> None:
    lines = [[*line, "已清理"] for line in THREE]
    report = imported(office, sheet(tmp_path / "一.xlsx", lines, (*HEADER, "整改措施")), sends_claims=True)
    assert (report.claimed, report.claims_sent, report.notes) == (1, 1, [])
    assert [entry["stage"] for entry in entries(office.ledger_id)] == ["new", "new", "done"]


def test_a_claim_that_cannot_be_sent_stays_a_claim_and_says_why(office: Office, tmp_path: Path) -> None:
    report = imported(office, sheet(tmp_path / "一.xlsx", THREE), sends_claims=True)
    assert (report.claimed, report.claims_sent) == (1, 0)
    assert [(note["cell"], note["rows"]) for note in report.notes] == [("A4", 1)]
    assert "整改措施" in report.notes[0]["message"]
    assert entries(office.ledger_id)[2]["stage"] == CLAIMED_STAGE


def test_open_rows_start_where_the_playbooks_sheets_do(office: Office, tmp_path: Path) -> None:
    ledger_id = ledger_with(office, 'starts_at = "working"')
    imported(office, sheet(tmp_path / "一.xlsx", THREE), ledger_id=ledger_id)
    assert [entry["stage"] for entry in entries(ledger_id)] == ["working", "working", CLAIMED_STAGE]


def test_a_name_in_the_verifiers_column_verifies_nothing(office: Office, tmp_path: Path) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", [[*THREE[2], "核查员丁"]], (*HEADER, "验收人")))
    assert rows("SELECT kind FROM event") == [("EntryRegistered",)]
    assert rows("SELECT stage FROM entry") == [(CLAIMED_STAGE,)]


def test_importing_for_another_says_so_on_every_entry(office: Office, tmp_path: Path) -> None:
    actor = Actor(office.agent("登记员甲", office.town, "register"), office.operator.acting)
    report = imported(office, sheet(tmp_path / "一.xlsx", THREE), actor)
    assert counts(report) == (3, 3, 0, 0, 0)
    assert {entry["for_another_count"] for entry in entries(office.ledger_id)} == {1}
    assert {kind for (kind,) in rows("SELECT source->>'kind' FROM event")} == {"sheet"}


def test_rows_are_named_by_keyed_digests_only(office: Office, tmp_path: Path) -> None:
    imported(office, sheet(tmp_path / "一.xlsx", [["路灯不亮"]], ("问题",)))
    (key,) = rows("SELECT body->'origin'->>'key' FROM event")[0]
    assert key == keyed_digest("路灯不亮")


def test_rows_not_taken_come_back_with_the_reason(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "一.csv"
    path.write_text(
        "序号,问题,责任单位,整改时限,是否销号\n1,路灯,城关镇,,\n2,井盖,城关镇,2026-13-45,\n",
        encoding="gb18030",
    )
    back = tmp_path / "退回.xlsx"
    report = imported(office, path, give_back=back)
    assert report.returned == str(back)
    returned = read_back(back)
    assert returned[0] == ("序号", "问题", "责任单位", "整改时限", "是否销号", "原因")
    assert [str(cell) for cell in returned[1][:4]] == ["2", "井盖", "城关镇", "2026-13-45"]
    assert returned[1][5].startswith("D3 整改时限：")
    assert len(returned) == 2


def test_nothing_to_give_back_writes_no_file(office: Office, tmp_path: Path) -> None:
    back = tmp_path / "退回.xlsx"
    assert imported(office, sheet(tmp_path / "一.xlsx", THREE), give_back=back).returned is None
    assert not back.exists()


def test_what_is_no_data_is_listed_with_the_reason(office: Office, tmp_path: Path) -> None:
    lines: list[list[object]] = [THREE[0], [None] * 5, [None] * 5, ["合计", None, None, None, "3"]]
    report = imported(office, sheet(tmp_path / "一.xlsx", lines, title="问题台账"))
    told = [(one["row"], one.get("until"), one["why"]) for one in report.skipped]
    assert told == [(1, None, "标题行"), (2, None, "表头"), (4, 5, "空行"), (6, None, "合计行")]


def test_messages_come_in_the_language_asked_for(office: Office, tmp_path: Path) -> None:
    path = sheet(tmp_path / "一.xlsx", [[1, "", "城关镇", "", ""], [2, "路灯", "火星科", "", ""]])
    report = imported(office, path, language="en")
    assert report.errors[0].message == "required, and empty in the sheet"
    assert report.suspicions[0]["message"].startswith("no unit is called `火星科`")
