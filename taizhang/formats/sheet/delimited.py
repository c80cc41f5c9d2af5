"""Delimited text: its encoding and delimiter. The records themselves are read in the child."""

import codecs
import csv
import re
from collections import Counter
from typing import BinaryIO

from taizhang.formats.sheet.refusals import BadText, Garbage, HtmlPage, NotASheet

DELIMITERS = ",;\t|"
_CHUNK = 1 << 20
_SAMPLE_BYTES = 1 << 16
_SAMPLE_RECORDS = 60
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile("[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_MARKUP = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|div|style|script)\b", re.I | re.S
)
_HTML_INSIDE = re.compile(r"<(?:html|table|body)\b", re.I)
_MOST_RARE = 0.3
"""Share of characters outside GB 2312 above which GB18030 is a wrong reading: names hold a few of them."""


def sniff_text(file: BinaryIO) -> tuple[str, str]:
    """(encoding, delimiter) of a text file. Raises `HtmlPage`, `NotASheet`, `BadText` or `Garbage`."""
    encoding = _encoding(file)
    file.seek(0)
    sample = codecs.getincrementaldecoder(encoding)().decode(file.read(_SAMPLE_BYTES))
    _refuse_markup(sample)
    if _CONTROL.search(sample):
        raise Garbage
    return encoding, _delimiter(sample)


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    start = file.read(_SAMPLE_BYTES)
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            bad_line = _first_bad_line(file, encoding)
            if bad_line:
                raise BadText(line=bad_line)
            return encoding
    if b"\0" in start:
        raise Garbage
    bad_line = _first_bad_line(file, "utf-8")
    if bad_line is None:
        return "utf-8"
    if _first_bad_line(file, "gb18030") is None and not _is_mojibake(start):
        return "gb18030"
    if _is_mostly_utf8(start):
        raise BadText(line=bad_line)
    raise Garbage


def _first_bad_line(file: BinaryIO, encoding: str) -> int | None:
    """1-based line where strict decoding of the whole file fails, or None."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 1
    try:
        while chunk := file.read(_CHUNK):
            lines += decoder.decode(chunk).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return lines + error.object[: error.start].count(b"\n")
    return None


def _is_mojibake(start: bytes) -> bool:
    wide = [c for c in start.decode("gb18030", "ignore") if ord(c) > 0x7F]
    common = "".join(wide).encode("gb2312", "ignore")
    return len(wide) - len(common) // 2 > _MOST_RARE * len(wide)


def _is_mostly_utf8(start: bytes) -> bool:
    text = start.decode("utf-8", "replace")
    return not _CONTROL.search(text) and text.count("\ufffd") * 10 < len(text)


def _refuse_markup(sample: str) -> None:
    if _MARKUP.match(sample):
        raise HtmlPage
    start = sample.lstrip()[:2000]
    if start.startswith(("<?xml", "MIME-Version:")):
        if _HTML_INSIDE.search(sample) or start.startswith("MIME"):
            raise HtmlPage
        raise NotASheet(found="XML 文件，如 Excel 2003 XML 表格（XML, such as an Excel 2003 XML sheet）")


def _delimiter(sample: str) -> str:
    """The delimiter under which most records have the same number, above one, of fields."""
    best, best_score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        score = _agreement(sample, delimiter)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _agreement(sample: str, delimiter: str) -> tuple[float, int]:
    try:
        rows = csv.reader(sample.splitlines(keepends=True), delimiter=delimiter)
        widths = [len(row) for _, row in zip(range(_SAMPLE_RECORDS), rows, strict=False) if row]
    except csv.Error:
        return (0.0, 0)
    counted = Counter(width for width in widths if width > 1)
    if not counted:
        return (0.0, 0)
    width, times = counted.most_common(1)[0]
    return (times / len(widths), width)
