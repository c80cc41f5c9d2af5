"""Finding the table on hand-made sheets: titles, filled-in lines, headers of one to three rows."""

from datetime import date

import pytest

from taizhang.formats.sheet.cells import Cell
from tests.formats.sheet.sheet_files import data_of, found, labels_of, skips_of

N = None


def test_a_plain_header_is_the_first_row() -> None:
    layout, read = found(
        [["序号", "问题描述", "责任单位"], [1, "路灯不亮", "城管局"], [2, "井盖缺失", "住建局"]]
    )
    assert labels_of(layout) == ["序号", "问题描述", "责任单位"]
    assert data_of(read) == [(1, "路灯不亮", "城管局"), (2, "井盖缺失", "住建局")]


def test_titles_and_blank_rows_stand_above_the_header() -> None:
    rows: list[list[Cell]] = [
        ["附件1"],
        ["某县问题台账", N, N],
        [],
        ["序号", "问题", "单位"],
        [1, "甲", "乙"],
    ]
    layout, read = found(rows, [(1, 0, 1, 2)])
    assert layout.titles == ("附件1", "某县问题台账")
    assert skips_of(read) == [(1, "title"), (2, "title"), (3, "blank"), (4, "header")]


def test_a_title_merged_over_two_rows_is_said_once() -> None:
    layout, _ = found([["台账", N, N], [], ["序号", "问题", "单位"], [1, "甲", "乙"]], [(0, 0, 1, 2)])
    assert layout.titles == ("台账",)


@pytest.mark.parametrize(
    ("line", "meta"),
    [
        (["填报单位：某局", N, "填报人： 某甲", N], {"填报单位": "某局", "填报人": "某甲"}),
        (["填报单位：", "某局", "填报人：", "某甲"], {"填报单位": "某局", "填报人": "某甲"}),
        (["填报单位（盖章）：某局   填报人：某甲"], {"填报单位（盖章）": "某局", "填报人": "某甲"}),
        (
            ["填报单位", "某局", "填报日期", date(2026, 11, 21)],
            {"填报单位": "某局", "填报日期": "2026-11-21"},
        ),
        (["填 报 人：", "某甲"], {"填报人": "某甲"}),
        (["填报时间：2026年 6 月 25 日 10:30"], {"填报时间": "2026年 6 月 25 日 10:30"}),
        (["填报单位：", N, N, "填报人："], {"填报单位": "", "填报人": ""}),
        (["填报人：某甲", "填报人：某乙"], {"填报人": "某甲", "填报人(2)": "某乙"}),
    ],
)
def test_a_filled_in_line_becomes_labels_and_values(line: list[Cell], meta: dict[str, str]) -> None:
    layout, read = found([["某县台账"], line, ["序号", "问题", "单位", "备注"], [1, "甲", "乙", "丙"]])
    assert layout.meta == meta
    assert layout.titles == ("某县台账",)
    assert skips_of(read)[1] == (2, "meta")


def test_text_beside_a_filled_in_line_stays_a_title() -> None:
    rows: list[list[Cell]] = [["某县台账", N, "单位：万元"], ["序号", "项目", "金额"], [1, "甲", 2.5]]
    layout, _ = found(rows)
    assert (layout.titles, layout.meta) == (("某县台账",), {"单位": "万元"})


def test_two_header_rows_are_flattened_by_their_merges() -> None:
    rows: list[list[Cell]] = [
        ["序号", "问题基本情况", N, "责任", N, "备注"],
        [N, "来源", "描述", "单位", "领导", N],
        [1, "热线", "路灯不亮", "城管局", "某甲", N],
    ]
    merges = [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4), (0, 5, 1, 5)]
    layout, read = found(rows, merges)
    assert labels_of(layout) == [
        "序号",
        "问题基本情况/来源",
        "问题基本情况/描述",
        "责任/单位",
        "责任/领导",
        "备注",
    ]
    assert len(data_of(read)) == 1


def test_two_header_rows_are_flattened_when_the_merges_are_lost_as_in_csv() -> None:
    rows: list[list[Cell]] = [
        ["序号", "问题情况", N, N, "备注"],
        [N, "来源", "描述", "地点", N],
        ["1", "热线", "路灯不亮", "城关镇", N],
    ]
    layout, read = found(rows)
    assert labels_of(layout) == ["序号", "问题情况/来源", "问题情况/描述", "问题情况/地点", "备注"]
    assert data_of(read) == [("1", "热线", "路灯不亮", "城关镇", N)]


def test_three_header_rows_are_flattened() -> None:
    rows: list[list[Cell]] = [
        ["序号", "整改情况", N, N],
        [N, "责任", N, "时限"],
        [N, "单位", "领导", N],
        [1, "城管局", "某甲", date(2026, 1, 1)],
    ]
    layout, read = found(rows, [(0, 0, 2, 0), (0, 1, 0, 3), (1, 1, 1, 2), (1, 3, 2, 3)])
    assert labels_of(layout) == ["序号", "整改情况/责任/单位", "整改情况/责任/领导", "整改情况/时限"]
    assert len(data_of(read)) == 1


def test_a_label_reaching_down_from_the_filled_in_line_is_a_header_label() -> None:
    rows: list[list[Cell]] = [
        ["统计表", N, N, N],
        ["序号", "项目名称：某项目", N, "填报人：某甲"],
        [N, "隐患内容", "整改措施", N],
        [1, "无护栏", "加护栏", N],
    ]
    layout, read = found(rows, [(0, 0, 0, 3), (1, 0, 2, 0), (1, 1, 1, 2), (2, 2, 2, 3), (3, 2, 3, 3)])
    assert labels_of(layout) == ["序号", "隐患内容", "整改措施"]
    assert layout.meta == {"项目名称": "某项目", "填报人": "某甲"}
    assert data_of(read) == [(1, "无护栏", "加护栏")]


def test_all_text_tables_keep_their_first_data_row() -> None:
    layout, read = found([["一级分类", "二级分类"], ["城乡建设", "安全生产"], ["城乡建设", "市政管理"]])
    assert labels_of(layout) == ["一级分类", "二级分类"]
    assert len(data_of(read)) == 2


def test_a_group_label_over_text_columns_does_not_swallow_the_first_data_row() -> None:
    rows: list[list[Cell]] = [
        ["编号", "地点", N, "备注"],
        ["甲一", "城关镇", "东街", "无"],
        ["甲二", "河东镇", "西街", "无"],
    ]
    layout, read = found(rows, [(0, 1, 0, 2)])
    assert labels_of(layout) == ["编号", "地点", "地点(2)", "备注"]
    assert len(data_of(read)) == 2


def test_a_group_of_one_column_is_flattened_when_its_neighbours_reach_down() -> None:
    rows: list[list[Cell]] = [["序号", "责任", "备注"], [N, "单位", N], [1, "城管局", N]]
    layout, _ = found(rows, [(0, 0, 1, 0), (0, 2, 1, 2)])
    assert labels_of(layout) == ["序号", "责任/单位", "备注"]


def test_a_full_row_of_words_above_the_header_gives_way_to_usual_labels() -> None:
    rows: list[list[Cell]] = [
        ["城关镇", "二〇二六年", "第一批", "表二"],
        ["序号", "问题", "单位", "备注"],
        [1, "甲", "乙", N],
    ]
    layout, _ = found(rows)
    assert labels_of(layout) == ["序号", "问题", "单位", "备注"]


def test_a_row_saying_the_same_over_every_column_is_no_header() -> None:
    rows: list[list[Cell]] = [
        ["万元", "万元", "万元", "万元"],
        ["甲项", "乙项", "丙项", "丁项"],
        ["子", "丑", "寅", "卯"],
    ]
    layout, read = found(rows)
    assert labels_of(layout) == ["甲项", "乙项", "丙项", "丁项"]
    assert len(data_of(read)) == 1


def test_data_that_speaks_like_a_header_does_not_take_its_place() -> None:
    rows: list[list[Cell]] = [
        ["序号", "名目", "甲方", "乙方"],
        ["一", "问题来源", "责任单位", "丙"],
        ["二", "戊", "己", "庚"],
    ]
    layout, read = found(rows)
    assert labels_of(layout) == ["序号", "名目", "甲方", "乙方"]
    assert len(data_of(read)) == 2


def test_a_merged_title_with_a_remark_beside_it_is_no_header() -> None:
    rows: list[list[Cell]] = [
        ["某县台账", N, N, "附表"],
        ["甲项", "乙项", "丙项", "丁项"],
        ["子", "丑", "寅", "卯"],
    ]
    layout, read = found(rows, [(0, 0, 0, 2)])
    assert layout.titles == ("某县台账", "附表")
    assert labels_of(layout) == ["甲项", "乙项", "丙项", "丁项"]
    assert len(data_of(read)) == 1


def test_repeated_labels_are_kept_apart() -> None:
    layout, _ = found([["序号", "备注", "备注(2)", "备注"], [1, "甲", "乙", "丙"]])
    assert labels_of(layout) == ["序号", "备注", "备注(2)", "备注(3)"]


def test_a_data_column_without_a_label_is_named_by_its_letter() -> None:
    layout, read = found([["序号", "问题", N, N], [1, "甲", N, "见附页"]])
    assert labels_of(layout) == ["序号", "问题", "D列"]
    assert layout.columns[2].index == 2
    assert data_of(read) == [(1, "甲", "见附页")]


def test_a_sheet_that_starts_with_data_has_columns_by_letter() -> None:
    layout, read = found([["某县台账"], [1, "甲", date(2026, 1, 1)], [2, "乙", date(2026, 1, 2)]])
    assert labels_of(layout) == ["A列", "B列", "C列"]
    assert layout.titles == ("某县台账",)
    assert len(data_of(read)) == 2


def test_numbers_and_dates_written_as_text_are_data_too() -> None:
    layout, _ = found([["1", "2026-01-01", "3.5"], ["2", "2026-01-02", "4.5"]])
    assert labels_of(layout) == ["A列", "B列", "C列"]


def test_years_may_head_columns() -> None:
    layout, read = found([["单位", 2024, 2025, "2026年"], ["甲镇", 5, 6, 7], ["乙镇", 1, 2, 3]])
    assert labels_of(layout) == ["单位", "2024", "2025", "2026年"]
    assert len(data_of(read)) == 2


def test_a_row_numbering_the_columns_belongs_to_the_header() -> None:
    _, read = found([["序号", "问题", "单位", "备注"], ["甲", 1, 2, 3], [1, "某", "某局", N]])
    assert skips_of(read) == [(1, "header")]
    _, read = found(
        [["序号", "问题", "单位", "责任人", "备注"], ["甲", 1, 2, 3, 4], [1, "某", "某局", "某", N]]
    )
    assert skips_of(read) == [(1, "header"), (2, "header")]


def test_a_header_alone_is_found_and_has_no_data() -> None:
    layout, read = found([["某县台账"], ["序号", "问题", "单位"]])
    assert labels_of(layout) == ["序号", "问题", "单位"]
    assert data_of(read) == []


def test_a_table_away_from_the_corner_is_found() -> None:
    layout, read = found([[], [N, N, "序号", "问题"], [N, N, 1, "甲"]])
    assert [(column.letter, column.label) for column in layout.columns] == [("C", "序号"), ("D", "问题")]
    assert data_of(read) == [(1, "甲")]


def test_an_empty_sheet_has_no_columns() -> None:
    layout, read = found([])
    assert (layout.columns, read) == ((), [])


def test_a_column_of_one_label_is_a_table() -> None:
    layout, read = found([["村名"], ["东村"], ["西村"]])
    assert labels_of(layout) == ["村名"]
    assert len(data_of(read)) == 2
