"""What a sheet says without words: colours, struck text, comments, pictures; and what of it cannot be heard."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
import xlsxwriter
from openpyxl.comments import Comment as Said  # type: ignore[import-untyped]
from openpyxl.styles import Font, PatternFill  # type: ignore[import-untyped]
from openpyxl.styles.colors import Color  # type: ignore[import-untyped]

from taizhang.formats.sheet.book import Book, open_book
from taizhang.formats.sheet.colours import colour_words, rgb_of
from taizhang.formats.sheet.grid import Row
from taizhang.formats.sheet.signs import Signs
from tests.formats.sheet.sheet_files import (
    compound,
    record,
    saved,
    text_cell,
    workbook_stream,
    xlsx_parts,
    zipped,
)

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
HEADER = ("序号", "问题", "责任单位", "备注")
LINES = [[1, "路灯不亮", "城关镇", ""], [2, "井盖缺失", "柳林镇", "在补"], [3, "占道经营", "城关镇", None]]


def made(path: Path, change: Callable[[Any], None]) -> Path:
    """A sheet of three rows under a title and a header, changed by openpyxl before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (["问题清单"], HEADER, *LINES):
        sheet.append(list(line))
    change(sheet)
    book.save(path)
    return path


def signs_in(book: Book) -> dict[int, Signs]:
    return {row.number: row.signs for row in book.sheets[0].rows() if isinstance(row, Row) and row.signs}


def signs_of(path: Path) -> dict[int, Signs]:
    with open_book(path) as book:
        return signs_in(book)


def filled(rgb: str) -> PatternFill:
    return PatternFill("solid", fgColor=rgb)


def test_a_plain_sheet_says_nothing_beside_its_words(tmp_path: Path) -> None:
    assert signs_of(made(tmp_path / "一.xlsx", lambda _: None)) == {}


def test_colours_are_told_by_row_and_column_whatever_way_they_are_written(tmp_path: Path) -> None:
    def paint(sheet: Any) -> None:
        for cell in sheet[3]:
            cell.fill = filled("FFFF0000")
        sheet["B4"].fill = PatternFill("solid", fgColor=Color(theme=4, tint=0.5))
        sheet["D4"].fill = PatternFill("solid", fgColor=Color(indexed=13))
        sheet["D5"].fill = filled("FFFFFFFF")
        sheet["A2"].fill = filled("FF00FF00")

    found = signs_of(made(tmp_path / "一.xlsx", paint))
    assert {row: signs.colours for row, signs in found.items()} == {
        3: (("FF0000", (0, 1, 2, 3)),),
        4: (("A7C0DE", (1,)), ("FFFF00", (3,))),
    }, "white is no colour, and the header's is no row's"


def test_struck_text_is_told(tmp_path: Path) -> None:
    def strike(sheet: Any) -> None:
        sheet["B4"].font = Font(strike=True)
        sheet["B3"].font = Font(strike=False, bold=True)

    found = signs_of(made(tmp_path / "一.xlsx", strike))
    assert {row: signs.struck for row, signs in found.items()} == {4: (1,)}


def test_comments_come_with_their_cell_and_author(tmp_path: Path) -> None:
    def comment(sheet: Any) -> None:
        sheet["B3"].comment = Said("王五:\n已去看过", "王五")
        sheet["F5"].comment = Said("表外的话", "")
        sheet["A1"].comment = Said("给标题的话", "王五")

    path = made(tmp_path / "一.xlsx", comment)
    with open_book(path) as book:
        found = signs_in(book)
        assert [(one.cell, one.text, one.author) for one in found[3].comments] == [("B3", "已去看过", "王五")]
        assert [(one.cell, one.text) for one in found[5].comments] == [("F5", "表外的话")]
        assert [one.text for one in book.sheets[0].hanging_on(1)] == ["给标题的话"]  # type: ignore[union-attr]


def drawn(path: Path, draw: Callable[[Any], None]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("表一")
        for number, line in enumerate((HEADER, *LINES)):
            sheet.write_row(number, 0, line)
        draw(sheet)
    return path


def test_pictures_laid_over_a_cell_and_put_into_one_belong_to_its_row(tmp_path: Path) -> None:
    def draw(sheet: Any) -> None:
        sheet.insert_image("D2", "灯.png", {"image_data": BytesIO(PIXEL)})
        sheet.embed_image("D3", "井.png", {"image_data": BytesIO(PIXEL + b"\0")})

    with open_book(drawn(tmp_path / "一.xlsx", draw)) as book:
        found = signs_in(book)
        (over,), (inside,) = found[2].pictures, found[3].pictures
        assert (over.cell, over.suffix, over.fills, inside.cell, inside.fills) == (
            "D2",
            "png",
            False,
            "D3",
            True,
        )
        assert (book.picture(over), book.picture(inside)) == (PIXEL, PIXEL + b"\0")
        rows = [row.cells for row in book.sheets[0].rows() if isinstance(row, Row)]
        assert rows[1] == (2, "井盖缺失", "柳林镇", None), "what older programs see there is no value"


def wps_book(path: Path) -> Path:
    """A picture in a cell as WPS saves it."""
    cell = '<c r="C2" t="str"><f>_xlfn.DISPIMG("ID_7A",1)</f><v>=DISPIMG("ID_7A",1)</v></c>'
    text = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
    parts = xlsx_parts(
        f'<row r="1">{text.format("A1", "问题")}{text.format("B1", "单位")}{text.format("C1", "照片")}</row>'
        f'<row r="2">{text.format("A2", "路灯")}{text.format("B2", "城关镇")}{cell}</row>'
    )
    relation = '<Relationship Id="{}" Type="{}" Target="{}"/>'
    image = relation.format("rId9", "http://www.wps.cn/officeDocument/2020/cellImage", "cellimages.xml")
    links = (
        parts["xl/_rels/workbook.xml.rels"].decode().replace("</Relationships>", f"{image}</Relationships>")
    )
    parts["xl/_rels/workbook.xml.rels"] = links.encode()
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/"
    parts["xl/cellimages.xml"] = (
        '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"'
        f' xmlns:xdr="{drawing}spreadsheetDrawing" xmlns:a="{drawing}main"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><etc:cellImage><xdr:pic>'
        '<xdr:nvPicPr><xdr:cNvPr id="2" name="ID_7A"/></xdr:nvPicPr><xdr:blipFill><a:blip r:embed="rId1"/>'
        "</xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>"
    ).encode()
    parts["xl/_rels/cellimages.xml.rels"] = (
        re.sub(r"<Relationship [^>]*/>", "", links).replace(
            "</Relationships>", relation.format("rId1", "x/image", "media/image1.png") + "</Relationships>"
        )
    ).encode()
    parts["xl/media/image1.png"] = PIXEL
    return saved(path, zipped(parts))


def test_a_picture_put_into_a_cell_by_wps_is_a_picture_and_no_text(tmp_path: Path) -> None:
    with open_book(wps_book(tmp_path / "一.xlsx")) as book:
        (picture,) = signs_in(book)[2].pictures
        assert (picture.cell, book.picture(picture)) == ("C2", PIXEL)
        assert [row.cells for row in book.sheets[0].rows() if isinstance(row, Row)] == [
            ("路灯", "城关镇", None)
        ]


def test_what_hangs_on_a_damaged_part_is_told_as_unread_and_the_words_are_read(tmp_path: Path) -> None:
    path = made(tmp_path / "一.xlsx", lambda sheet: setattr(sheet["B3"], "comment", Said("话", "王五")))
    with open_book(path) as book:
        parts = {info: book_part(path, info) for info in names_of(path)}
    broken = next(name for name in parts if "comment" in name and name.endswith(".xml"))
    path.write_bytes(zipped({**parts, broken: b"<comments><comment"}))
    with open_book(path) as book:
        assert book.sheets[0].unread == {"comments"}
        assert [row.number for row in book.sheets[0].rows() if isinstance(row, Row)] == [3, 4, 5]


def names_of(path: Path) -> list[str]:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def book_part(path: Path, name: str) -> bytes:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def test_colours_made_by_rules_are_told_as_unread(tmp_path: Path) -> None:
    from openpyxl.formatting.rule import CellIsRule  # type: ignore[import-untyped]

    def rule(sheet: Any) -> None:
        sheet.conditional_formatting.add(
            "A3:A9", CellIsRule(operator="lessThan", formula=["2"], fill=filled("FF0000"))
        )

    with open_book(made(tmp_path / "一.xlsx", rule)) as book:
        assert book.sheets[0].unread == {"rules"}


@pytest.mark.parametrize(
    ("rgb", "words"),
    [("FF0000", "红"), ("FFFF00", "黄"), ("00B050", "绿"), ("5B9BD5", "蓝"), ("F2F2F2", "灰"), ("C5E0B4", "浅绿"),
     ("FFC000", "橙"), ("7030A0", "紫"), ("000000", "黑"), ("800000", "深红")],
)  # fmt: skip
def test_colours_are_called_as_people_call_them(rgb: str, words: str) -> None:
    assert colour_words(rgb)[0] == words


def test_a_colour_written_wrong_is_none() -> None:
    from xml.etree.ElementTree import Element

    for given in ({"rgb": "XYZ"}, {"theme": "99"}, {"indexed": "64"}, {"theme": "-1"}, {}):
        assert rgb_of(Element("fgColor", given)) is None


def cell_format(font: int, pattern: int, colour: int) -> bytes:
    content = struct.pack("<H", font) + bytes(12) + struct.pack("<IH", pattern << 26, colour)
    return record(0xE0, content)


def styled_text(row: int, column: int, style: int, text: str) -> bytes:
    plain = text_cell(row, column, text)
    return plain[:8] + struct.pack("<H", style) + plain[10:]


def test_an_xls_tells_its_colours_and_struck_text_and_what_of_it_is_not_read(tmp_path: Path) -> None:
    fonts = b"".join(record(0x31, struct.pack("<HH", 220, 8 * (n == 4)) + bytes(12)) for n in range(5))
    palette = record(0x92, struct.pack("<H", 1) + bytes((1, 2, 3, 0)))
    formats = [cell_format(0, 0, 64), cell_format(0, 1, 13), cell_format(5, 0, 64), cell_format(0, 1, 8)]
    cells = [text_cell(0, 0, "问题"), text_cell(0, 1, "单位"), text_cell(0, 2, "备注")]
    cells += [styled_text(1, n, 1, "路灯") for n in range(2)] + [text_cell(1, 2, "x")]
    cells += [styled_text(2, n, 2, "井盖") for n in range(2)]
    blanks = struct.pack("<HHHHH", 2, 2, 3, 0, 3)
    stream = workbook_stream(
        *cells, record(0xBE, blanks), record(0x1C, bytes(12)), globals_=fonts + palette + b"".join(formats)
    )
    path = saved(tmp_path / "一.xls", compound({"Workbook": stream}))
    with open_book(path) as book:
        found = signs_in(book)
        assert found[2].colours == (("FFFF00", (0, 1)),)
        assert (found[3].struck, found[3].colours) == ((0, 1), (("010203", (2,)),))
        assert book.sheets[0].unread == {"comments"}


def test_hundreds_of_styles_are_told_apart(tmp_path: Path) -> None:
    def paint(sheet: Any) -> None:
        for n in range(300):
            sheet.append([n, f"第 {n} 件", "城关镇", ""])
            for cell in sheet[sheet.max_row]:
                cell.fill = filled(f"FF{n + 1:06X}")
        sheet["A3"].font = Font(bold=True)

    found = signs_of(made(tmp_path / "一.xlsx", paint))
    assert [signs.colours for signs in found.values()] == [
        ((f"{n + 1:06X}", (0, 1, 2, 3)),) for n in range(300)
    ]
