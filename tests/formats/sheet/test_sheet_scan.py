"""What the pre-scan tells of honest files: hidden rows and columns, failed formulas, the date system."""

from io import BytesIO
from pathlib import Path

import xlsxwriter

from taizhang.formats.sheet.biff import scan_xls
from taizhang.formats.sheet.cells import UNCALCULATED
from taizhang.formats.sheet.facts import BookFacts
from taizhang.formats.sheet.limits import Limits
from taizhang.formats.sheet.ole import CompoundFile
from taizhang.formats.sheet.scan import scan_xlsx
from tests.formats.sheet.sheet_files import (
    compound,
    error_cell,
    hidden_columns,
    hidden_row,
    number_cell,
    record,
    workbook_stream,
    xlsx_parts,
    zipped,
)

LIMITS = Limits()


def facts_of(data: str = "", **around: str) -> BookFacts:
    return scan_xlsx(BytesIO(zipped(xlsx_parts(data, **around))), LIMITS)


def test_hidden_rows_and_columns_are_found() -> None:
    facts = facts_of(
        '<row r="1"><c r="A1"/></row><row r="2" ht="0" hidden="1"><c r="A2"/></row><row r="9" hidden="true"/>',
        before='<cols><col min="1" max="1"/><col min="3" max="5" width="0" hidden="1"/></cols>',
    ).of("表一")
    assert facts.hidden_rows == {2, 9}
    assert facts.hidden_columns == {2, 3, 4}


def test_hidden_rows_without_numbers_are_counted() -> None:
    facts = facts_of('<row><c><v>1</v></c></row><row hidden="1"><c><v>2</v></c></row>').of("表一")
    assert facts.hidden_rows == {2}


def test_a_row_that_says_it_is_not_hidden_is_not() -> None:
    assert facts_of('<row r="1" hidden="0"><c r="A1"/></row>').of("表一").hidden_rows == frozenset()


def test_failed_and_unfinished_formulas_are_found() -> None:
    facts = facts_of(
        '<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c t="e" r="B1" s="2"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="C1"><f>1+1</f><v/></c><c r="D1"><f>1+1</f></c><c r="E1"><f>1+1</f><v>2</v></c>'
        '<c r="F1" t="str"><f>""</f><v></v></c><c r="G1"><v></v></c></row>'
    ).of("表一")
    assert facts.errors == {1: {0: "#REF!", 1: "#DIV/0!", 2: UNCALCULATED, 3: UNCALCULATED}}


def test_a_failed_cell_split_between_pieces_is_found_once() -> None:
    cells = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="e"><v>#N/A</v></c></row>'
        for n in range(1, 9001)
    )
    errors = facts_of(cells).of("表一").errors
    assert len(errors) == 9000
    assert {code for row in errors.values() for code in row.values()} == {"#N/A"}


def test_the_date_system_is_told() -> None:
    assert facts_of(more='<workbookPr date1904="1"/>').date1904
    assert not facts_of(more='<workbookPr date1904="0"/>').date1904
    assert not facts_of().date1904


def test_an_honest_large_area_passes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("台账")
    for row in range(3000):
        sheet.write_row(row, 0, [row, "路灯不亮", 1.5] * 5)
    book.close()
    with path.open("rb") as file:
        assert scan_xlsx(file, LIMITS).of("台账").errors == {}


def test_an_xls_tells_the_same() -> None:
    cells = [hidden_columns(1, 2), hidden_row(3), number_cell(0, 0, 1), error_cell(4, 1, 0x17)]
    facts = scan_xls(workbook_stream(*cells, globals_=record(0x22, b"\x01\x00")), LIMITS)
    assert facts.date1904
    assert facts.of("表一").hidden_rows == {4}
    assert facts.of("表一").hidden_columns == {1, 2}
    assert facts.of("表一").errors == {5: {1: "#REF!"}}


def test_streams_of_a_compound_file_come_out_whole() -> None:
    body = bytes(range(256)) * 40
    file = CompoundFile(compound({"甲": b"x" * 5000, "Workbook": body}))
    assert file.names() == {"Root Entry", "甲", "Workbook"}
    assert (file.stream("WORKBOOK") or b"")[: len(body)] == body
    assert file.stream("Book") is None
