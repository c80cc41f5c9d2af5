"""Real sheets of real offices, kept outside the repository: exactly their rows, none from header or footer."""

from collections import Counter
from pathlib import Path

import pytest

from taizhang.formats.sheet.book import open_book
from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.grid import Row, Skipped

DATA = Path(__file__).parents[4] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="the sample files in ../shared are no part of the repository"
)


def file(part: str) -> Path:
    return next(path for path in sorted(DATA.glob("*/*.xls*")) if part in path.name)


def rows_of(part: str, sheet: int = 0) -> tuple[list[Row], list[Skipped]]:
    with open_book(file(part)) as book:
        rows = list(book.sheets[sheet].rows())
    return [r for r in rows if isinstance(r, Row)], [r for r in rows if isinstance(r, Skipped)]


def labels_of(part: str) -> list[str]:
    with open_book(file(part)) as book:
        return [column.label for column in book.sheets[0].columns]


@pytest.mark.parametrize(
    ("part", "sheet", "rows", "columns"),
    [
        ("2019.06", 0, 38, 13),
        ("2017-03-23", 0, 113, 10),
        ("融通宝", 0, 28, 8),
        ("融通宝", 1, 12, 8),
        ("2019-03-21", 0, 18, 4),
        ("附件1", 0, 517, 3),
        ("附件3", 0, 30, 7),
        ("附件4", 0, 120, 7),
    ],
)
def test_exactly_the_data_rows_are_found(part: str, sheet: int, rows: int, columns: int) -> None:
    data, _ = rows_of(part, sheet)
    assert len(data) == rows
    assert {len(row.cells) for row in data} == {columns}


@pytest.mark.parametrize(("part", "last"), [("2019.06", 38), ("2017-03-23", 113), ("2019-03-21", 18)])
def test_numbered_lists_come_out_numbered_without_a_gap(part: str, last: int) -> None:
    numbers: list[Cell] = [row.cells[0] for row in rows_of(part)[0]]
    assert numbers == list(range(1, last + 1))


def test_the_hazard_list_has_its_title_filled_in_line_header_and_footer() -> None:
    with open_book(file("2019.06")) as book:
        sheet = book.sheets[0]
        assert sheet.titles == ("项目现场隐患排查与治理统计表",)
        assert list(sheet.meta) == ["项目名称", "填报人", "填报时间"]
        assert sheet.meta["填报时间"] == "2019年 6 月 25 日"
        assert book.sheets[1].empty
    assert labels_of("2019.06") == [
        "序号", "隐患内容", "排查日期", "隐患类型", "隐患级别", "责任单位", "责任人", "整改期限",
        "整改措施与要求", "复查结果", "复查日期", "复查人", "隐患状态",
    ]  # fmt: skip
    skipped = rows_of("2019.06")[1]
    assert [(s.row, s.why) for s in skipped] == [
        (1, "title"), (2, "meta"), (3, "header"), (42, "footer"), (43, "footer"), (44, "footer"),
    ]  # fmt: skip


def test_the_sum_under_the_list_of_2019_is_skipped_as_a_total() -> None:
    assert rows_of("2019-03-21")[1][-1] == Skipped(20, "total", "共计 37")


def test_the_nearly_empty_monthly_form_has_a_header_and_no_data() -> None:
    data, skipped = rows_of("HSE")
    assert data == []
    assert Counter(s.why for s in skipped) == {"blank": 13, "footer": 8, "title": 2, "header": 2}
    labels = labels_of("HSE")
    assert labels[:3] == ["序号", "单位名称", "各管理人员工时(人数*工作时间)/公司领导"]
    assert labels[-1] == "各管理人员工时(人数*工作时间)/合计"


def test_no_real_file_trips_a_refusal_or_loses_a_row() -> None:
    for path in sorted(DATA.glob("*/*.xls*")):
        with open_book(path) as book:
            for sheet in book.sheets:
                rows = list(sheet.rows())
                assert [r.number if isinstance(r, Row) else r.row for r in rows] == [*range(1, len(rows) + 1)]
                assert len(rows) == (0 if sheet.empty else sheet.height)
