"""Exports: what is written comes back as it was, looks as offices print it, and nothing in it can act."""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from taizhang.formats.sheet import write
from taizhang.formats.sheet.book import open_book
from taizhang.formats.sheet.cells import Cell, CellError
from taizhang.formats.sheet.grid import Row, Skipped
from taizhang.formats.sheet.write import OutColumn, OutSheet, TooManyRows, write_returned, write_sheet

COLUMNS = [
    OutColumn("序号", "number", 6),
    OutColumn("证件号码", "id"),
    OutColumn("来源", above=("问题",)),
    OutColumn("描述", above=("问题",)),
    OutColumn("单位", above=("责任",)),
    OutColumn("姓名", above=("责任", "人员")),
    OutColumn("电话", "id", above=("责任", "人员")),
    OutColumn("时限", "date"),
    OutColumn("是/否"),
]
SHEET = OutSheet("台账", COLUMNS, "某县问题台账", {"填报单位": "某局", "填报人": "某甲"})
ROW: list[Cell] = [
    1,
    "110101199003074233",
    "热线",
    "路灯不亮",
    "城管局",
    "某甲",
    "13800138000",
    date(2026, 3, 1),
    "是",
]


def read(path: Path, sheet: int = 0) -> list[tuple[Cell, ...]]:
    with open_book(path) as book:
        return [row.cells for row in book.sheets[sheet].rows() if isinstance(row, Row)]


def sheet_xml(path: Path, number: int = 1) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(f"xl/worksheets/sheet{number}.xml").decode()


def test_the_layout_written_is_the_layout_found(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_sheet(path, SHEET, [ROW, [2, *ROW[1:]]]) == 2
    with open_book(path) as book:
        sheet = book.sheets[0]
        assert sheet.titles == ("某县问题台账",)
        assert sheet.meta == {"填报单位": "某局", "填报人": "某甲"}
        assert [column.label for column in sheet.columns] == [
            "序号", "证件号码", "问题/来源", "问题/描述", "责任/单位", "责任/人员/姓名", "责任/人员/电话", "时限", "是/否",
        ]  # fmt: skip
        rows = list(sheet.rows())
    assert [row.cells for row in rows if isinstance(row, Row)] == [tuple(ROW), (2, *ROW[1:])]
    assert rows[-1] == Skipped(8, "total", "共 2 条")


def test_header_labels_are_merged_over_their_columns(tmp_path: Path) -> None:
    write_sheet(tmp_path / "a.xlsx", SHEET, [ROW])
    merged = {str(area) for area in openpyxl.load_workbook(tmp_path / "a.xlsx").active.merged_cells.ranges}
    assert merged == {
        "A1:I1",
        "A2:I2",
        "A3:A5",
        "B3:B5",
        "C3:D3",
        "C4:C5",
        "D4:D5",
        "E3:G3",
        "E4:E5",
        "F4:G4",
        "H3:H5",
        "I3:I5",
    }


def test_the_page_is_a4_landscape_with_its_header_on_every_page(tmp_path: Path) -> None:
    write_sheet(tmp_path / "a.xlsx", SHEET, [ROW])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$3:$5", "A6")
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet["D6"].alignment.wrap_text


ACTING = [
    "=1+1",
    '=HYPERLINK("http://x")',
    "+1+1",
    "-1",
    "@SUM(A1)",
    "http://x.cn",
    "mailto:a@b.c",
    "{=A1}",
    "00123",
    "1e5",
]


def test_text_never_becomes_a_formula_a_link_or_a_number(tmp_path: Path) -> None:
    write_sheet(
        tmp_path / "a.xlsx",
        OutSheet("台账", [OutColumn("编号"), OutColumn("说明")]),
        [[f"甲{n}", text] for n, text in enumerate(ACTING)],
    )
    xml = sheet_xml(tmp_path / "a.xlsx")
    assert "<f>" not in xml
    assert "hyperlink" not in xml
    assert [cells[1] for cells in read(tmp_path / "a.xlsx")] == ACTING


def test_identity_numbers_are_text_in_text_format(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["110101199003074233", 110101199003074233], [123, 0.5]]
    write_sheet(
        tmp_path / "a.xlsx", OutSheet("台账", [OutColumn("证件号码", "id"), OutColumn("数", "number")]), rows
    )
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert (sheet["A2"].number_format, sheet["A2"].value, sheet["A3"].value) == (
        "@",
        "110101199003074233",
        "123",
    )
    assert (sheet["B2"].value, sheet["B3"].value) == ("110101199003074233", 0.5)


def test_dates_times_truths_and_errors_are_written_as_people_read_them(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 1, 8, 30)  # noqa: DTZ001 - a sheet knows no zone
    row: list[Cell] = [
        date(2026, 3, 1),
        moment,
        moment.replace(tzinfo=UTC),
        time(8, 30),
        date(1899, 5, 4),
        True,
        CellError("#REF!"),
        None,
    ]
    columns = [OutColumn(f"列{n}", "datetime" if n in (1, 2) else "text") for n in range(len(row))]
    write_sheet(tmp_path / "a.xlsx", OutSheet("台账", columns), [row])
    expected = (date(2026, 3, 1), moment, moment, time(8, 30), "1899-05-04", "是", "#REF!", None)
    assert read(tmp_path / "a.xlsx") == [expected]


@pytest.mark.parametrize(
    ("text", "units"), [("长" * 32_767, 0), ("长" * 32_768, 1), ("长" * 70_000, 2), ("😀" * 16_384, 1)]
)
def test_a_text_too_long_for_a_cell_goes_on_in_a_second_sheet(text: str, units: int, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_sheet(path, OutSheet("台账", [OutColumn("序号"), OutColumn("说明")]), [["甲", text], ["乙", "短"]])
    shown = read(path)[0][1]
    assert isinstance(shown, str)
    assert len(shown.encode("utf-16-le")) // 2 <= 32_767
    if units == 0:
        assert shown == text
        return
    head, note = re.fullmatch(r"(?s)(.*)\n〔(.*)〕", shown).groups()  # type: ignore[union-attr]
    rest = read(path, sheet=1)
    assert head + "".join(str(cells[3]) for cells in rest) == text
    assert len(rest) == units
    assert rest[0][:2] == ("2", "说明")
    assert f"其余 {units} 段" in note
    assert "“超长文本”表第 2 行" in note


def test_rows_are_given_back_with_their_reasons(tmp_path: Path) -> None:
    rows: Iterator[tuple[list[Cell], str]] = iter(
        [([1, "甲"], "时限：写的不是日期"), ([None, "乙"], "序号：必填")]
    )
    assert write_returned(tmp_path / "a.xlsx", "退回", ["序号", "原因"], rows) == 2
    with open_book(tmp_path / "a.xlsx") as book:
        assert [column.label for column in book.sheets[0].columns] == ["序号", "原因", "原因(2)"]
    assert read(tmp_path / "a.xlsx") == [(1, "甲", "时限：写的不是日期"), (None, "乙", "序号：必填")]


def test_a_row_of_the_wrong_width_is_an_error_and_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(ValueError, match="8 cells for 9 columns"):
        write_sheet(tmp_path / "a.xlsx", SHEET, [ROW, ROW[:8]])
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "MOST_ROWS", 10)
    columns = [OutColumn("序号"), OutColumn("说明")]
    assert write_sheet(tmp_path / "a.xlsx", OutSheet("台账", columns), [["甲", "乙"]] * 8) == 8
    with pytest.raises(TooManyRows, match="一张工作表"):
        write_sheet(tmp_path / "b.xlsx", OutSheet("台账", columns), [["甲", "乙"]] * 9)


def test_rows_are_taken_one_by_one_and_may_go_to_memory() -> None:
    file = BytesIO()
    rows = ([n, *ROW[1:]] for n in range(500))
    assert write_sheet(file, SHEET, rows) == 500
    assert zipfile.ZipFile(BytesIO(file.getvalue())).testzip() is None


def test_a_sheet_without_rows_says_so(tmp_path: Path) -> None:
    write_sheet(tmp_path / "a.xlsx", SHEET, [])
    with open_book(tmp_path / "a.xlsx") as book:
        assert list(book.sheets[0].rows())[-1] == Skipped(6, "total", "共 0 条")


VALUES = st.one_of(
    st.none(),
    st.text(st.characters(codec="utf-8"), max_size=40),
    st.integers(-(10**14), 10**14),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
)


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_comes_back(rows: list[tuple[Cell, Cell]]) -> None:
    file = BytesIO()
    columns = [OutColumn("序号", "number"), OutColumn("问题"), OutColumn("说明")]
    write_sheet(file, OutSheet("台账", columns), ([n, *row] for n, row in enumerate(rows, 1)))
    found = CalamineWorkbook.from_filelike(BytesIO(file.getvalue())).get_sheet_by_index(0).to_python()
    for number, (cells, expected) in enumerate(zip(found[1:-1], rows, strict=True), 1):
        assert cells[0] == number
        for cell, value in zip(cells[1:], expected, strict=True):
            assert cell == ("" if value is None else value)
