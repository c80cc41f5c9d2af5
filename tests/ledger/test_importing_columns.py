"""Which columns fill which fields, and which files are refused as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from taizhang.core.actor import Actor
from taizhang.core.playbook_text import read_playbook
from taizhang.formats.sheet.grid import Column
from taizhang.ledger.importing import ImportRefused
from taizhang.ledger.importing.mapping import LEFT_OUT, ColumnMap, check_given, map_columns
from tests.ledger.office import Office, row_counts
from tests.ledger.sheets_in import HEADER, counts, entries, imported, sheet
from tests.samples import TEXTS

PLAYBOOK = read_playbook(
    {
        "playbook.toml": TEXTS["playbook.toml"].replace(
            'label = "整改时限"', 'label = "整改时限"\nsynonyms = ["限期"]'
        )
    }
)


def mapped(*labels: str, **given: str) -> ColumnMap:
    columns = [Column(n, chr(65 + n), label) for n, label in enumerate(labels)]
    return map_columns(columns, PLAYBOOK, given)


def fields(found: ColumnMap) -> dict[str, str]:
    return {each.column.label: each.field.key for each in found.mapped}


def test_labels_synonyms_and_last_levels_map() -> None:
    found = mapped("序号", "＊问 题：", "整改/限期", "基本情况/责任单位")
    assert fields(found) == {"＊问 题：": "title", "整改/限期": "due", "基本情况/责任单位": "unit"}
    assert [column.label for column in found.serials] == ["序号"]


def test_the_surer_of_two_columns_takes_the_field_and_the_other_is_told() -> None:
    found = mapped("限期", "问题", "整改时限")
    assert fields(found) == {"整改时限": "due", "问题": "title"}
    assert found.unmapped[0].taken_by is not None
    assert found.unmapped[0].taken_by.label == "整改时限"


def test_a_number_in_another_unit_is_another_column() -> None:
    assert fields(mapped("问题", "资金（万元）"))["资金（万元）"] == "money"
    other = mapped("问题", "资金（元）")
    assert "资金（元）" not in fields(other)
    assert other.unmapped[0].nearest is not None


def test_the_users_own_assignment_comes_first() -> None:
    found = map_columns([Column(0, "A", "问题"), Column(1, "B", "情况")], PLAYBOOK, {"B": "问题"})
    assert fields(found) == {"情况": "title"}


def test_a_column_is_named_by_its_place_in_its_own_sheet() -> None:
    columns = [Column(0, "A", "问题"), Column(1, "B", "情况")]
    given = {"表一!B": "title", "表二!A": "measure"}
    assert fields(map_columns(columns, PLAYBOOK, given, "表一")) == {"情况": "title"}
    assert fields(map_columns(columns, PLAYBOOK, given, "表二")) == {"问题": "measure"}
    assert fields(map_columns(columns, PLAYBOOK, given, "表三")) == {"问题": "title"}


def test_a_column_left_out_fills_nothing_and_does_not_count_against_the_sheet() -> None:
    columns = [Column(n, "ABCD"[n], label) for n, label in enumerate(("问题", "天气", "心情", "整改时限"))]
    assert not map_columns(columns[:3], PLAYBOOK, {}).fits
    found = map_columns(columns, PLAYBOOK, {"天气": LEFT_OUT, "心情": LEFT_OUT, "D": LEFT_OUT})
    assert fields(found) == {"问题": "title"} and found.fits
    assert [each.column.letter for each in found.unmapped if each.left_out] == ["B", "C", "D"]


def test_a_row_counter_left_out_is_still_a_row_counter() -> None:
    found = map_columns([Column(0, "A", "序号"), Column(1, "B", "问题")], PLAYBOOK, {"序号": LEFT_OUT})
    assert [column.label for column in found.serials] == ["序号"] and not found.unmapped


def test_a_column_left_out_is_listed_and_its_rows_are_known_again_without_it(
    office: Office, tmp_path: Path
) -> None:
    path = sheet(tmp_path / "一.xlsx", [["路灯", "晴"]], ("问题", "整改措施"))
    report = imported(office, path, given={"B": LEFT_OUT})
    assert counts(report) == (1, 1, 0, 0, 0)
    assert report.unmapped == [
        {"sheet": "表一", "column": "B", "label": "整改措施", "filled": 1, "left_out": True}
    ]
    assert entries(office.ledger_id)[0]["fields"] == {"title": "路灯"}
    again = imported(office, path)
    assert (again.registered, again.changed) == (0, 1)


def test_two_columns_called_alike_are_not_both_given_to_one_field() -> None:
    columns = [Column(0, "A", "问题"), Column(1, "B", "现场/备注"), Column(2, "C", "科室/备注")]
    with pytest.raises(ImportRefused) as refused:
        check_given({"备注": "measure"}, {"表一": columns, "表二": columns[:2]}, PLAYBOOK)
    assert (
        refused.value.message.zh == "工作表“表一”的 B 现场/备注、C 科室/备注 都指定为“整改措施”，只能有一列。"
    )


def test_a_file_that_fits_badly_is_refused_with_advice(office: Office, tmp_path: Path) -> None:
    before = row_counts()
    path = sheet(tmp_path / "一.xlsx", [[1, "甲", "乙", "丙"]], ("序号", "问题描述", "地点", "电话"))
    with pytest.raises(ImportRefused) as refused:
        imported(office, path)
    said = refused.value.message
    assert refused.value.code == "columns_do_not_fit"
    for word in ("缺少必需的列：问题", "B 问题描述（是否“问题”）"):
        assert word in said.zh
    assert "columns missing" in said.en
    assert row_counts() == before


def test_fewer_than_half_of_the_columns_do_not_do(office: Office, tmp_path: Path) -> None:
    path = sheet(tmp_path / "一.xlsx", [["路灯", "甲", "乙"]], ("问题", "天气", "心情"))
    with pytest.raises(ImportRefused):
        imported(office, path)
    assert counts(imported(office, path, given={"天气": "measure"})) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"没有": "title"}, "no_such_column"),
        ({"问题": "nothing"}, "no_such_field"),
        ({"问题": "title", "责任单位": "问题"}, "field_twice"),
        ({"表一!B": "title", "C": "title"}, "field_twice"),
        ({"表二!B": "title"}, "no_such_column"),
        ({"没有": ""}, "no_such_column"),
    ],
)
def test_assignments_that_lead_nowhere_are_refused(
    office: Office, tmp_path: Path, given: dict[str, str], code: str
) -> None:
    with pytest.raises(ImportRefused) as refused:
        imported(office, sheet(tmp_path / "一.xlsx", [], HEADER), given=given)
    assert refused.value.code == code


def test_who_may_not_register_may_not_import(office: Office, tmp_path: Path) -> None:
    path = sheet(tmp_path / "一.xlsx", [[1, "路灯", "", "", ""]])
    for actor in (office.worker, Actor(office.clerk.acting, office.worker.acting)):
        with pytest.raises(ImportRefused) as refused:
            imported(office, path, actor)
        assert refused.value.code == "may_not_import"


def test_an_unknown_sheet_is_refused_with_those_there_are(office: Office, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused:
        imported(office, sheet(tmp_path / "一.xlsx", [], HEADER), sheet="表九")
    assert "表一" in refused.value.message.zh
