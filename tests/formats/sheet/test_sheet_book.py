"""Opening files and streaming their rows through the child."""

from collections.abc import Generator
from datetime import date, datetime, time
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from taizhang.formats.sheet.book import Book, open_book
from taizhang.formats.sheet.cells import UNCALCULATED, Cell, CellError
from taizhang.formats.sheet.grid import Row, Skipped
from tests.formats.sheet.sheet_files import (
    book_of,
    compound,
    error_cell,
    hidden_row,
    number_cell,
    saved,
    text_cell,
    workbook_stream,
)

HEADER = ["序号", "问题", "责任单位", "时限"]


def read(path: Path) -> list[list[Cell]]:
    with open_book(path) as book:
        return [list(row.cells) for row in book.sheets[0].rows() if isinstance(row, Row)]


def labels(book: Book) -> list[str]:
    return [column.label for column in book.sheets[0].columns]


def test_every_sheet_is_offered_and_says_whether_it_is_hidden_or_empty(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("台账").write_row(0, 0, HEADER)
        book.add_worksheet("空表")
        hidden = book.add_worksheet("字典")
        hidden.write(0, 0, "类别")
        hidden.hide()
        book.add_chartsheet("图")
    with open_book(path) as opened:
        assert [(s.name, s.hidden, s.empty) for s in opened.sheets] == [
            ("台账", False, False), ("空表", False, True), ("字典", True, False), ("图", False, True),
        ]  # fmt: skip
        assert list(opened.sheets[1].rows()) == []
        assert opened.sheets[1].columns == ()


def test_kind_and_digest_are_of_the_content(tmp_path: Path) -> None:
    path = book_of(tmp_path / "改过名.xls", [HEADER, [1, "甲", "乙", "丙"]])
    with open_book(path) as book:
        assert book.kind == "xlsx"
        assert book.sha256 == sha256(path.read_bytes()).hexdigest()


def test_cells_keep_their_types(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 21, 8, 30)  # noqa: DTZ001 - a sheet knows no zone
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        formats = {
            key: book.add_format({"num_format": key})
            for key in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm", "[h]:mm:ss")
        }
        sheet.write_row(
            0, 0, ["整数", "小数", "日期", "时刻", "钟点", "时长", "是否", "大数", "错误", "文字"]
        )
        sheet.write_number(1, 0, 3)
        sheet.write_number(1, 1, 0.075)
        sheet.write_datetime(1, 2, date(2026, 11, 21), formats["yyyy-mm-dd"])
        sheet.write_datetime(1, 3, moment, formats["yyyy-mm-dd hh:mm"])
        sheet.write_datetime(1, 4, time(8, 30), formats["hh:mm"])
        sheet.write_number(1, 5, 1.25, formats["[h]:mm:ss"])
        sheet.write_boolean(1, 6, True)
        sheet.write_number(1, 7, 110101199003074000)
        sheet.write_formula(1, 8, "=1/0", None, "#DIV/0!")
        sheet.write_string(1, 9, "\u3000甲\t乙\r\n丙\n")
    expected = [3, 0.075, date(2026, 11, 21), moment, time(8, 30), "30:00:00", True, 110101199003074000]
    found = read(path)[0]
    assert found == [*expected, CellError("#DIV/0!"), "甲 乙\n丙"]
    assert [type(cell) for cell in found[:3]] == [int, float, date]


def test_dates_counted_from_1904_come_out_right(tmp_path: Path) -> None:
    path = book_of(tmp_path / "a.xlsx", [HEADER, [1, "甲", "乙", date(2026, 3, 1)]], date_1904=True)
    with open_book(path) as book:
        assert book.sheets[0].date1904
    assert read(path) == [[1, "甲", "乙", date(2026, 3, 1)]]


def test_a_formula_nobody_worked_out_is_an_error_not_an_empty_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["序号", "问题", "金额"])
    sheet.append([1, "甲", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx") == [[1, "甲", CellError(UNCALCULATED)]]


def test_a_column_of_nothing_but_errors_is_a_column(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, ["序号", "问题"])
        sheet.write_row(1, 0, [1, "甲"])
        sheet.write_formula(1, 3, "=A9", None, "#REF!")
    with open_book(path) as opened:
        assert labels(opened) == ["序号", "问题", "D列"]
    assert read(path) == [[1, "甲", CellError("#REF!")]]


def test_a_filtered_sheet_gives_its_hidden_rows_marked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        for number, row in enumerate([HEADER, [1, "甲", "乙", "丙"], [2, "甲", "乙", "丙"]]):
            sheet.write_row(number, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column(3, 3, None, None, {"hidden": True})
    with open_book(path) as opened:
        rows = [row for row in opened.sheets[0].rows() if isinstance(row, Row)]
        assert [(row.number, row.hidden) for row in rows] == [(2, False), (3, True)]
        assert [column.hidden for column in opened.sheets[0].columns] == [False, False, False, True]


def test_a_table_that_does_not_begin_in_the_corner_keeps_its_row_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(4, 2, ["序号", "问题"])
        sheet.write_row(5, 2, [1, "甲"])
    with open_book(path) as opened:
        assert [column.letter for column in opened.sheets[0].columns] == ["C", "D"]
        rows = list(opened.sheets[0].rows())
        assert [row.row for row in rows if isinstance(row, Skipped)] == [1, 2, 3, 4, 5]
        assert rows[-1] == Row(6, (1, "甲"), False, frozenset())


def test_rows_far_below_the_head_are_read_with_their_merges_and_columns(tmp_path: Path) -> None:
    rows: list[list[object]] = [[*HEADER]]
    rows += [[n, f"问题{n}", "城管局", None] for n in range(1, 700)]
    rows[650][2] = "水利局"
    rows[651][2] = None
    rows[660].append("补充说明")
    path = book_of(tmp_path / "a.xlsx", rows, [(650, 2, 651, 2)])
    with open_book(path) as opened:
        assert labels(opened) == [*HEADER, "E列"]
        data = [row for row in opened.sheets[0].rows() if isinstance(row, Row)]
    assert len(data) == 699
    assert (data[650].cells[2], data[650].filled) == ("水利局", frozenset({2}))
    assert data[659].cells[4] == "补充说明"


def test_rows_may_be_read_again_in_part_and_side_by_side(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name in ("一", "二"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADER)
            for number in range(1, 2000):
                sheet.write_row(number, 0, [number, name, "乙", "丙"])
    with open_book(path) as opened:
        first, second = opened.sheets
        whole = list(first.rows())
        some = first.rows()
        assert [next(some) for _ in range(5)] == whole[:5]
        pairs = list(zip(first.rows(), second.rows(), strict=True))
        assert len(pairs) == 2000
        assert [row.cells[1] for row in pairs[7] if isinstance(row, Row)] == ["一", "二"]
        del some
        assert list(first.rows()) == whole


def test_reading_that_was_given_up_does_not_spoil_the_next(tmp_path: Path) -> None:
    rows: list[list[object]] = [[*HEADER]]
    rows += [[n, f"问题{n}", "城管局", "长" * 50] for n in range(1, 3000)]
    with open_book(book_of(tmp_path / "a.xlsx", rows)) as book:
        some = book.sheets[0].rows()
        next(some)
        assert isinstance(some, Generator)
        some.close()
        numbers = [row.cells[0] for row in book.sheets[0].rows() if isinstance(row, Row)]
    assert numbers == list(range(1, 3000))


def test_a_closed_book_gives_no_rows(tmp_path: Path) -> None:
    with open_book(book_of(tmp_path / "a.xlsx", [HEADER, [1, "甲", "乙", "丙"]])) as book:
        sheet = book.sheets[0]
    with pytest.raises(ValueError, match="closed"):
        list(sheet.rows())


def test_a_missing_file_is_no_refusal(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_book(tmp_path / "无.xlsx")


def test_an_xls_is_read_like_any_other(tmp_path: Path) -> None:
    cells = [hidden_row(2)]
    cells += [text_cell(0, column, label) for column, label in enumerate(HEADER)]
    cells += [
        number_cell(1, 0, 1),
        text_cell(1, 1, "路灯不亮"),
        text_cell(1, 2, "城管局"),
        number_cell(1, 3, 2.5),
    ]
    cells += [number_cell(2, 0, 2), text_cell(2, 1, "井盖"), error_cell(2, 3, 0x2A)]
    path = saved(tmp_path / "老表.xls", compound({"Workbook": workbook_stream(*cells)}))
    with open_book(path) as book:
        assert book.kind == "xls"
        rows = [row for row in book.sheets[0].rows() if isinstance(row, Row)]
    assert [row.cells for row in rows] == [
        (1, "路灯不亮", "城管局", 2.5),
        (2, "井盖", None, CellError("#N/A")),
    ]
    assert [row.hidden for row in rows] == [False, True]


TEXT = '某县问题台账\n序号,问题,责任单位\n1,路灯不亮,城管局\n2,"井盖缺失,\n夜间危险",住建局\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimited_text_is_read_in_every_usual_dress(encoding: str, delimiter: str, tmp_path: Path) -> None:
    text = TEXT.replace(",", delimiter).replace("\n", "\r\n")
    inside = delimiter.replace("\t", " ")
    with open_book(saved(tmp_path / "a.csv", text.encode(encoding))) as book:
        assert (book.kind, book.sheets[0].titles) == ("csv", ("某县问题台账",))
        rows = [row.cells for row in book.sheets[0].rows() if isinstance(row, Row)]
    assert rows == [("1", "路灯不亮", "城管局"), ("2", f"井盖缺失{inside}\n夜间危险", "住建局")]


def test_text_cells_of_a_csv_stay_text(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.csv", "编号,证件号码\n001,110101199003074233\n".encode())
    assert read(path) == [["001", "110101199003074233"]]


def test_one_column_of_text_is_a_sheet(tmp_path: Path) -> None:
    assert read(saved(tmp_path / "a.csv", "村名\n东村\n西村\n".encode())) == [["东村"], ["西村"]]


def test_a_text_that_begins_like_a_picture_is_still_text(tmp_path: Path) -> None:
    assert read(saved(tmp_path / "a.csv", b"BM,RIFF\nGIF8,x\n")) == [["GIF8", "x"]]


def test_text_in_gb18030_with_rare_names_is_not_taken_for_noise(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.csv", "序号,姓名,村\n1,某喆,东村\n2,某堃,西村\n3,某𠮷,南村\n".encode("gb18030")
    )
    assert [row[1] for row in read(path)] == ["某喆", "某堃", "某𠮷"]
