"""What stands under a header: data, blanks, totals, notes, repeated pages, merged cells."""

from collections.abc import Iterator
from datetime import date

import pytest

from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.facts import SheetFacts
from taizhang.formats.sheet.grid import Grid, Row
from taizhang.formats.sheet.layout import find_layout
from taizhang.formats.sheet.rows import LOOK_AHEAD, read_rows
from tests.formats.sheet.sheet_files import data_of, found, skips_of

N = None
HEADER: list[Cell] = ["序号", "问题", "责任单位", "时限", "备注"]
ONE: list[Cell] = [1, "路灯不亮", "城管局", date(2026, 3, 1), N]
TWO: list[Cell] = [2, "井盖缺失", "住建局", date(2026, 3, 2), "已派工"]


def why_last(*rows: list[Cell]) -> str:
    """Why the last of the rows under HEADER and ONE was skipped; empty if it is data."""
    _, read = found([HEADER, ONE, *rows])
    return "" if isinstance(read[-1], Row) else read[-1].why


def test_blank_and_merely_numbered_rows_are_told_apart() -> None:
    assert why_last([]) == "blank"
    assert why_last([3, N, N, N, N]) == "numbered_blank"
    assert why_last(["3", N, N, N, N]) == "numbered_blank"


@pytest.mark.parametrize(
    "row",
    [
        ["合计", N, N, 37, N],
        [N, N, "共计", 37, N],
        ["小　计", 2, 3, 4, N],
        ["全县合计", 2, 3, 4, "/"],
        ["合计：12条", N, N, N, N],
        ["共 12 条", N, N, N, N],
        ["总计", N, N, N, N],
        ["Total", 1, 2, 3, N],
    ],
)
def test_rows_that_sum_are_totals(row: list[Cell]) -> None:
    assert why_last(row) == "total"


@pytest.mark.parametrize(
    "row",
    [
        [3, "合计金额与清单不符", "财政局", N, N],
        [3, "累计", "经核对三次均未整改到位", N, N],
        [N, "统计数据不实", N, N, N],
        [3, N, "城管局", N, N],
        [N, "接上条", N, N, N],
        [3, "说明：此件为重复件", "信访局", date(2026, 1, 1), "注：已并案"],
    ],
)
def test_sparse_or_wordy_rows_stay_data(row: list[Cell]) -> None:
    assert why_last(row) == ""


@pytest.mark.parametrize(
    "row",
    [
        ["注：1、本表每月5日前报送。"],
        ["说明：", "时限按工作日计算"],
        ["填表说明：一式两份"],
        ["编制：某甲", N, "审核：某乙", N, "日期：2026年3月1日"],
        ["单位负责人：", N, N, "填表人：", N],
        ["备注：时限为空的按30日计"],
    ],
)
def test_notes_and_signatures_are_footers(row: list[Cell]) -> None:
    assert why_last(row) == "footer"


def test_lines_under_a_note_belong_to_it() -> None:
    _, read = found(
        [HEADER, ONE, ["注：一、按月报送。"], [], ["二、逾期未报的通报。"], ["三、联系人见通知。"]]
    )
    assert skips_of(read)[1:] == [(3, "footer"), (4, "blank"), (5, "footer"), (6, "footer")]


def test_lines_under_a_note_end_where_data_goes_on() -> None:
    header: list[Cell] = ["产品", "起息日", "金额", "备注"]
    full: list[Cell] = ["甲一", date(2026, 1, 1), 3, "已还"]
    rows: list[list[Cell]] = [header, full, ["注：金额单位为万元。"], ["利率见合同。"], full, ["甲二"]]
    _, read = found(rows)
    assert skips_of(read) == [(1, "header"), (3, "footer"), (4, "footer")]
    assert data_of(read)[-1] == ("甲二", N, N, N)


def test_text_laid_across_an_unnumbered_table_is_no_data() -> None:
    header: list[Cell] = ["产品", "起息日", "金额", "备注"]
    rows: list[list[Cell]] = [header, ["甲一", date(2026, 1, 1), 3, N], ["以上数据截至三月", N, N, N]]
    assert skips_of(found(rows)[1]) == [(1, "header")]
    assert skips_of(found(rows, [(2, 0, 2, 3)])[1]) == [(1, "header"), (3, "footer")]


def test_a_numbered_row_is_data_even_where_its_number_is_merged_sideways() -> None:
    rows: list[list[Cell]] = [HEADER, ONE, [2, N, N, N, "待补"]]
    _, read = found(rows, [(2, 0, 2, 1)])
    assert data_of(read)[-1] == (2, N, N, N, "待补")


def test_a_note_merged_over_several_rows_gives_no_row_a_value() -> None:
    rows: list[list[Cell]] = [
        HEADER,
        ONE,
        ["说明：", "一、甲", N, N, N],
        [N, "二、乙", N, N, N],
        [N, "三、丙", N, N, N],
    ]
    merges = [(2, 0, 4, 0), (2, 1, 2, 4), (3, 1, 3, 4), (4, 1, 4, 4)]
    _, read = found(rows, merges)
    assert skips_of(read)[1:] == [(3, "footer"), (4, "footer"), (5, "footer")]


def test_text_laid_across_the_columns_is_a_heading_above_data_and_a_footer_below_it() -> None:
    rows: list[list[Cell]] = [
        HEADER,
        ["一、城区", N, N, N, N],
        ONE,
        ["二、乡镇", N, N, N, N],
        TWO,
        ["以上数据截至三月", N, N, N, N],
    ]
    merges = [(1, 0, 1, 4), (3, 0, 3, 4), (5, 0, 5, 4)]
    _, read = found(rows, merges)
    assert skips_of(read) == [(1, "header"), (2, "title"), (4, "title"), (6, "footer")]
    assert len(data_of(read)) == 2


def test_a_heading_without_merges_is_known_by_standing_alone_under_the_number() -> None:
    _, read = found([HEADER, ["一、城区"], ONE])
    assert skips_of(read) == [(1, "header"), (2, "title")]


def test_the_order_of_rows_is_kept_while_a_heading_waits() -> None:
    _, read = found([HEADER, ONE, ["二、乡镇"], [], [3, N, N, N, N], TWO])
    assert [row.number if isinstance(row, Row) else row.row for row in read] == [1, 2, 3, 4, 5, 6]


def test_a_heading_waits_only_so_long_for_its_data() -> None:
    rows: list[list[Cell]] = [HEADER, ONE, ["二、乡镇"], *([[]] * (LOOK_AHEAD + 5)), TWO]
    layout = find_layout(Grid(rows), frozenset(), frozenset())
    ahead: list[int] = []

    def chunks() -> Iterator[object]:
        for index, row in enumerate(rows):
            ahead.append(index)
            yield index, [row], []

    for row in read_rows(chunks(), layout, SheetFacts()):
        at = row.number if isinstance(row, Row) else row.row
        assert len(ahead) - at <= LOOK_AHEAD + 1
    assert len(ahead) == len(rows)


def test_title_and_header_repeated_on_the_next_page_are_skipped() -> None:
    rows: list[list[Cell]] = [["某县台账"], ["填报单位：某局"], HEADER, ONE, ["某县台账"], ["填报单位：某局"]]
    rows += [["序 号", "问题", "责任\n单位", "时限", "备注"], TWO]
    _, read = found(rows)
    assert skips_of(read)[3:] == [(5, "title"), (6, "meta"), (7, "repeated_header")]
    assert data_of(read) == [tuple(ONE), tuple(TWO)]


def test_both_rows_of_a_repeated_double_header_are_skipped() -> None:
    top: list[Cell] = ["序号", "问题", N, "备注"]
    low: list[Cell] = [N, "来源", "描述", N]
    merges = [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3), (3, 0, 4, 0), (3, 1, 3, 2), (3, 3, 4, 3)]
    _, read = found([top, low, [1, "热线", "甲", N], top, low, [2, "巡查", "乙", N]], merges)
    assert skips_of(read)[2:] == [(4, "repeated_header"), (5, "repeated_header")]
    assert data_of(read) == [(1, "热线", "甲", N), (2, "巡查", "乙", N)]


def test_a_merged_data_column_gives_every_row_its_value_and_marks_it() -> None:
    rows: list[list[Cell]] = [
        HEADER,
        [1, "甲", "城管局", N, N],
        [2, "乙", N, N, N],
        [3, "丙", N, N, N],
        [4, "丁", "住建局", N, N],
    ]
    _, read = found(rows, [(1, 2, 3, 2)])
    data = [row for row in read if isinstance(row, Row)]
    assert [row.cells[2] for row in data] == ["城管局", "城管局", "城管局", "住建局"]
    assert [row.filled for row in data] == [frozenset(), frozenset({2}), frozenset({2}), frozenset()]


def test_a_row_filled_only_by_merges_is_blank() -> None:
    rows: list[list[Cell]] = [HEADER, ONE, [N] * 5, TWO]
    _, read = found(rows, [(1, column, 2, column) for column in range(5)])
    assert skips_of(read) == [(1, "header"), (3, "blank")]


def test_a_merged_number_over_several_lines_leaves_no_line_out() -> None:
    rows: list[list[Cell]] = [
        HEADER,
        [1, "甲", "城管局", N, N],
        [N, N, "住建局", N, N],
        [2, "乙", "水利局", N, N],
    ]
    _, read = found(rows, [(1, 0, 2, 0), (1, 1, 2, 1)])
    assert [cells[:3] for cells in data_of(read)] == [
        (1, "甲", "城管局"),
        (1, "甲", "住建局"),
        (2, "乙", "水利局"),
    ]


def test_merges_that_begin_in_a_later_chunk_are_applied() -> None:
    rows: list[list[Cell]] = [HEADER, ONE, TWO, [3, "丙", "水利局", N, N], [4, "丁", N, N, N]]
    layout = find_layout(Grid(rows[:2]), frozenset(range(5)), frozenset())
    read = list(
        read_rows(
            [(0, rows[:3], []), (3, rows[3:4], [(3, 2, 4, 2)]), (4, rows[4:], [])], layout, SheetFacts()
        )
    )
    assert data_of(read)[-1][2] == "水利局"


def test_hidden_rows_are_read_and_marked() -> None:
    layout = find_layout(Grid([HEADER, ONE]), frozenset(), frozenset({4}))
    read = list(read_rows([(0, [HEADER, ONE, TWO], [])], layout, SheetFacts(hidden_rows=frozenset({3}))))
    assert [row.hidden for row in read if isinstance(row, Row)] == [False, True]
    assert [column.hidden for column in layout.columns] == [False] * 4 + [True]
