"""Every file that is not read: one refusal each, said in words, within about a second."""

import os
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.formats.sheet import refusals
from taizhang.formats.sheet.book import open_book
from taizhang.formats.sheet.limits import Limits
from taizhang.formats.sheet.refusals import SheetRefused
from tests.formats.sheet.sheet_files import (
    book_of,
    compound,
    number_cell,
    record,
    saved,
    workbook_stream,
    xlsx_parts,
    zipped,
)

SECONDS = 3.0  # what a user is promised for a refusal, on a machine of any speed
ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'


def refused(path: Path, limits: Limits = Limits()) -> SheetRefused:  # noqa: B008 - frozen
    begun = perf_counter()
    with pytest.raises(SheetRefused) as caught:
        open_book(path, limits=limits)
    assert perf_counter() - begun < SECONDS
    assert caught.value.zh
    assert caught.value.en
    return caught.value


def with_part(name: str, content: bytes, data: str = ROW) -> bytes:
    return zipped({**xlsx_parts(data), name: content})


def bomb() -> bytes:
    return with_part("xl/sharedStrings.xml", b"<sst>" + b" " * (40 << 20) + b"</sst>")


def shrunken_bomb() -> bytes:
    """A part that unpacks to far more than the directory declares."""
    content = b"<sst>" + b" " * (2 << 20) + b"</sst>"
    packed = with_part("xl/sharedStrings.xml", content)
    return packed.replace(struct.pack("<I", len(content)), struct.pack("<I", 1000))


def many_parts() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in xlsx_parts(ROW).items():
            archive.writestr(name, content)
        for number in range(10_001):
            archive.writestr(f"p{number}", b"")
    return file.getvalue()


def repeated_part() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in xlsx_parts(ROW).items():
            archive.writestr(name, content)
        archive.writestr("XL/worksheets/sheet1.xml", b"<x/>")
    return file.getvalue()


def cell_at(reference: str) -> bytes:
    return zipped(
        xlsx_parts(f'<row r="1"><c r="A1"><v>1</v></c></row><row><c r="{reference}"><v>1</v></c></row>')
    )


def entities() -> bytes:
    parts = xlsx_parts(ROW)
    parts["xl/worksheets/sheet1.xml"] = b'<!DOCTYPE x [<!ENTITY a "b">]>' + parts["xl/worksheets/sheet1.xml"]
    return zipped(parts)


def utf16_sheet() -> bytes:
    parts = xlsx_parts(ROW)
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].decode().encode("utf-16")
    return zipped(parts)


def lzma_part() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in xlsx_parts(ROW).items():
            archive.writestr(name, content)
    return file.getvalue()


def without(name: str) -> bytes:
    parts = xlsx_parts(ROW)
    del parts[name]
    return zipped(parts)


def many(element: str, times: int) -> bytes:
    parts = xlsx_parts(ROW)
    sheet = parts["xl/worksheets/sheet1.xml"].replace(
        b"</worksheet>", element.encode() * times + b"</worksheet>"
    )
    return zipped({**parts, "xl/worksheets/sheet1.xml": sheet})


XLSX = zipped(xlsx_parts(ROW))
XLS = compound({"Workbook": workbook_stream(number_cell(0, 0, 1.0))})
FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "empty": ("empty_file", lambda: b""),
    "html": ("html_page", lambda: b"\n<html><body><table><tr><td>1</td></tr></table></body></html>"),
    "html with bom": ("html_page", lambda: b"\xef\xbb\xbf<!DOCTYPE html><html></html>"),
    "html in gbk": ("html_page", lambda: "<table><tr><td>序号</td></tr></table>".encode("gbk")),
    "html inside xml": ("html_page", lambda: b'<?xml version="1.0"?><html></html>'),
    "web archive": ("html_page", lambda: b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html>"),
    "xml of excel 2003": ("not_a_sheet", lambda: b'<?xml version="1.0"?><Workbook xmlns="urn:x"></Workbook>'),
    "pdf": ("not_a_sheet", lambda: b"%PDF-1.7\n%\xe2\xe3"),
    "png": ("not_a_sheet", lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "jpeg": ("not_a_sheet", lambda: b"\xff\xd8\xff\xe0\0\x10JFIF"),
    "rar": ("not_a_sheet", lambda: b"Rar!\x1a\x07\x01\0"),
    "gzip": ("not_a_sheet", lambda: b"\x1f\x8b\x08\0\0\0\0\0"),
    "docx": ("not_a_sheet", lambda: zipped({"word/document.xml": b"<w/>"})),
    "pptx": ("not_a_sheet", lambda: zipped({"ppt/presentation.xml": b"<p/>"})),
    "ods": ("not_a_sheet", lambda: zipped({"mimetype": b"application/x", "content.xml": b"<o/>"})),
    "xlsb": ("not_a_sheet", lambda: zipped({"xl/workbook.bin": b"\0"})),
    "zip": ("not_a_sheet", lambda: zipped({"photo.jpg": b"x"})),
    "doc": ("not_a_sheet", lambda: compound({"WordDocument": b"x"})),
    "other ole": ("not_a_sheet", lambda: compound({"Contents": b"x"})),
    "xlsx with macros": ("macros", lambda: with_part("xl/vbaProject.bin", b"x")),
    "xls with macros": ("macros", lambda: compound({"Workbook": b"x", "_VBA_PROJECT": b"x"})),
    "xlsx with password": ("password", lambda: compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"})),
    "xls with password": (
        "password",
        lambda: compound({"Workbook": workbook_stream(globals_=record(0x2F, bytes(6)))}),
    ),
    "xlsx cut short": ("corrupt", lambda: XLSX[: len(XLSX) * 2 // 3]),
    "xls cut short": ("corrupt", lambda: XLS[:2500]),
    "xls header only": ("corrupt", lambda: XLS[:600]),
    "xls with looping sectors": ("corrupt", lambda: XLS[:512] + struct.pack("<I", 0) * 128 + XLS[1024:]),
    "no workbook links": ("corrupt", lambda: without("xl/_rels/workbook.xml.rels")),
    "repeated part": ("corrupt", repeated_part),
    "sheet in utf-16": ("corrupt", utf16_sheet),
    "odd compression": ("corrupt", lzma_part),
    "workbook not xml": ("corrupt", lambda: with_part("xl/workbook.xml", b"<sheets")),
    "bomb": ("zip_bomb", bomb),
    "bomb that lies": ("zip_bomb", shrunken_bomb),
    "too many parts": ("zip_bomb", many_parts),
    "far corner": ("far_cell", lambda: cell_at("XFD1048576")),
    "far row and column": ("far_cell", lambda: cell_at("XFD5000")),
    "far cell in small letters": ("far_cell", lambda: cell_at("xfd1048576")),
    "far cell within reach": ("far_cell", lambda: cell_at("XFD200")),
    "far cell in xls": (
        "far_cell",
        lambda: compound({"Workbook": workbook_stream(number_cell(0, 0, 1.0), number_cell(65535, 255, 1.0))}),
    ),
    "column no xls has": (
        "far_cell",
        lambda: compound({"Workbook": workbook_stream(number_cell(0, 0, 1.0), number_cell(200, 55808, 1.0))}),
    ),
    "encoding nobody knows": (
        "corrupt",
        lambda: with_part("xl/workbook.xml", b'<?xml version="1.0" encoding="UTF-889"?><workbook/>'),
    ),
    "entities": ("xml_entities", entities),
    "entities elsewhere": (
        "xml_entities",
        lambda: with_part("xl/styles.xml", b"<!DOCTYPE a []><styleSheet/>"),
    ),
    "too many merges": ("too_large", lambda: many('<mergeCell ref="A1:B2"/>', 200_001)),
    "noise": ("unknown_content", lambda: bytes(range(256)) * 8),
    "noise without zeros": ("unknown_content", lambda: bytes(range(1, 256)) * 8),
    "bad utf-8 with bom": ("bad_text", lambda: b"\xef\xbb\xbf" + "序号,问题\n".encode() + b"1,\xff\xfe\n"),
    "two encodings in one text": (
        "bad_text",
        lambda: ("序号,问题\n1,路灯不亮夜间危险\n" * 20).encode() + "2,井盖\n".encode("gbk"),
    ),
    "one bad byte in utf-8": (
        "bad_text",
        lambda: ("序号,问题,说明\n1,路灯不亮,已派\n" * 9).encode() + b"\xff\n",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_refused_with_its_reason(name: str, tmp_path: Path) -> None:
    code, made = FILES[name]
    assert refused(saved(tmp_path / "台账.xlsx", made())).code == code


def test_a_pipe_is_refused_whether_anyone_writes_to_it_or_not(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "台账.xlsx")
    assert refused(tmp_path / "台账.xlsx").code == "not_a_file"


def test_a_cell_written_with_odd_spacing_is_still_seen_far_away(tmp_path: Path) -> None:
    content = zipped(xlsx_parts("<row><c\n s=\"1\"  r = 'XFD1048576'><v>1</v></c></row>"))
    assert refused(saved(tmp_path / "a.xlsx", content)).code == "far_cell"


def test_a_cell_of_a_prefixed_sheet_is_still_seen_far_away(tmp_path: Path) -> None:
    content = zipped(xlsx_parts('<x:row><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>'))
    assert refused(saved(tmp_path / "a.xlsx", content)).code == "far_cell"


def test_the_far_cell_is_named(tmp_path: Path) -> None:
    refusal = refused(saved(tmp_path / "a.xlsx", cell_at("XFD1048576")))
    assert "XFD1048576" in refusal.zh
    assert "表一" in refusal.zh


def test_the_bad_line_of_a_text_is_named(tmp_path: Path) -> None:
    assert "第 3 行" in refused(saved(tmp_path / "a.csv", b"\xef\xbb\xbf" + b"a,b\n1,2\n\xff,3\n")).zh


def test_a_table_too_large_is_told_from_a_stray_cell(tmp_path: Path) -> None:
    path = book_of(tmp_path / "a.xlsx", [[1, 2, 3]] * 40)
    assert refused(path, Limits(cells=100)).code == "too_large"


def test_merges_laid_over_each_other_cost_nothing(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="ZZ{n}"><v>1</v></c></row>' for n in range(1, 80)
    )
    merges = "".join(f'<mergeCell ref="A{n % 70 + 1}:XFD1048576"/>' for n in range(100_000))
    parts = xlsx_parts(rows)
    sheet = parts["xl/worksheets/sheet1.xml"].replace(
        b"</worksheet>", f"<mergeCells>{merges}</mergeCells></worksheet>".encode()
    )
    path = saved(tmp_path / "a.xlsx", zipped({**parts, "xl/worksheets/sheet1.xml": sheet}))
    begun = perf_counter()
    with open_book(path) as book:
        assert sum(1 for _ in book.sheets[0].rows()) == 79
    assert perf_counter() - begun < 4 * SECONDS


def test_a_very_wide_sheet_is_laid_out_in_time(tmp_path: Path) -> None:
    path = book_of(tmp_path / "a.xlsx", [[f"项{n}" for n in range(2048)]] * 60)
    begun = perf_counter()
    with open_book(path) as book:
        assert len(book.sheets[0].columns) == 2048
    assert perf_counter() - begun < 4 * SECONDS


def test_a_file_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", b"PK\x03\x04" + bytes(2 << 20))
    refusal = refused(path, Limits(file_bytes=1 << 20))
    assert (refusal.code, refusal.facts) == ("file_too_large", {"megabytes": 1})


def test_a_declared_size_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.xlsx", with_part("xl/media/a.bin", bytes(3 << 20)))
    assert refused(path, Limits(unpacked_bytes=1 << 20)).code == "zip_bomb"


def test_too_many_failed_formulas_are_refused(tmp_path: Path) -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="e"><v>#REF!</v></c></row>' for n in range(1, 12))
    path = saved(tmp_path / "a.xlsx", zipped(xlsx_parts(cells)))
    assert refused(path, Limits(errors=10)).code == "too_large"


@pytest.mark.parametrize(
    "text",
    [
        b"<c " * 80_000,
        b"<c r" * 60_000,
        b'<c r="A1" ' + b't="e" ' * 40_000,
        b'<c r="A1"><f>' + b" " * 250_000,
        b'<c r="A1"><f/>' + b" " * 250_000,
        b"<row " * 50_000 + b"hidden",
    ],
)
def test_no_text_makes_the_scan_slow(text: bytes, tmp_path: Path) -> None:
    parts = xlsx_parts()
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"<sheetData>", b"<sheetData>" + text)
    path = saved(tmp_path / "a.xlsx", zipped({**parts, "xl/worksheets/sheet1.xml": sheet}))
    refused(path)


@given(
    st.sampled_from([XLSX, XLS]), st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=8)
)
@settings(max_examples=60, deadline=None)
def test_no_damage_to_a_file_gets_past_the_refusals(content: bytes, damage: list[tuple[int, int]]) -> None:
    damaged = bytearray(content)
    for place, byte in damage:
        damaged[place % len(damaged)] = byte
    with TemporaryDirectory() as folder, suppress(SheetRefused):
        path = saved(Path(folder) / "a.xlsx", bytes(damaged))
        with open_book(path) as book:
            for sheet in book.sheets:
                assert sum(1 for _ in sheet.rows()) <= 70_000


def test_every_refusal_has_a_code_of_its_own_and_speaks_two_languages() -> None:
    kinds = SheetRefused.__subclasses__()
    assert len({kind.code for kind in kinds}) == len(kinds) >= 16
    for kind in kinds:
        assert any("\u4e00" <= c <= "\u9fff" for c in kind.zh_text)
        assert kind.en_text.isprintable()
        assert "。" not in kind.en_text
        assert getattr(refusals, kind.__name__) is kind


def test_a_refusal_leaves_no_process_and_no_open_file(tmp_path: Path) -> None:
    before = set(Path("/proc/self/fd").iterdir()) if Path("/proc/self/fd").exists() else set()
    for name, (_, made) in FILES.items():
        refused(saved(tmp_path / f"{name}.xlsx", made()))
    if before:
        assert len(set(Path("/proc/self/fd").iterdir())) == len(before)
