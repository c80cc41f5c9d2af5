"""What a file is, by its content; the extension is never asked."""

import zipfile
from dataclasses import dataclass
from typing import BinaryIO, Literal

from taizhang.formats.sheet import ole
from taizhang.formats.sheet.delimited import sniff_text
from taizhang.formats.sheet.limits import MIB, Limits
from taizhang.formats.sheet.refusals import (
    Corrupt,
    EmptyFile,
    FileTooLarge,
    MacroBook,
    NotASheet,
    PasswordProtected,
)

Kind = Literal["xlsx", "xls", "csv"]

_OTHER_KINDS = (
    (b"%PDF", "PDF 文档（a PDF document）"),
    (b"\x89PNG", "PNG 图片（a PNG image）"),
    (b"\xff\xd8\xff", "JPEG 图片（a JPEG image）"),
    (b"GIF8", "GIF 图片（a GIF image）"),
    (b"BM", "BMP 图片（a BMP image）"),
    (b"II*\x00", "TIFF 图片（a TIFF image）"),
    (b"MM\x00*", "TIFF 图片（a TIFF image）"),
    (b"RIFF", "图片或音视频（an image, sound or film）"),
    (b"Rar!", "RAR 压缩包（a RAR archive）"),
    (b"7z\xbc\xaf", "7z 压缩包（a 7z archive）"),
    (b"\x1f\x8b", "gzip 压缩包（a gzip archive）"),
    (b"{\\rtf", "RTF 文档（an RTF document）"),
    (b"SQLite format 3", "数据库文件（a database）"),
)
_ALSO_WORDS = (b"BM", b"RIFF", b"GIF8")
"""These also begin ordinary text; a picture has bytes beyond ASCII in its first 64."""
_ZIP_KINDS = (
    ("word/document.xml", "Word 文档（a Word document）"),
    ("ppt/presentation.xml", "演示文稿（a slide show）"),
    ("xl/workbook.bin", ".xlsb 二进制工作簿（an .xlsb workbook）"),
    ("content.xml", "OpenDocument 文件，如 .ods（an OpenDocument file such as .ods）"),
)
_OLE_KINDS = (
    ("WordDocument", "Word 文档（a Word document）"),
    ("PowerPoint Document", "演示文稿（a slide show）"),
)


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`stream` is the workbook stream of an `.xls`; `encoding` and `delimiter` belong to a text file."""

    kind: Kind
    stream: bytes = b""
    encoding: str = ""
    delimiter: str = ""


def sniff(file: BinaryIO, limits: Limits) -> Sniffed:
    """What `file` holds. Raises a `SheetRefused` for everything that is not a readable sheet."""
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise EmptyFile
    if size > limits.file_bytes:
        raise FileTooLarge(megabytes=limits.file_bytes // MIB)
    start = file.read(64)
    if start.startswith(b"PK\x03\x04"):
        return _sniff_zip(file)
    if start.startswith(ole.MAGIC):
        return _sniff_ole(file)
    for magic, found in _OTHER_KINDS:
        if start.startswith(magic) and not (magic in _ALSO_WORDS and start.isascii()):
            raise NotASheet(found=found)
    encoding, delimiter = sniff_text(file)
    return Sniffed("csv", encoding=encoding, delimiter=delimiter)


def _sniff_zip(file: BinaryIO) -> Sniffed:
    try:
        with zipfile.ZipFile(file) as archive:
            names = {name.lower().replace("\\", "/") for name in archive.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Corrupt(detail=f"zip: {error}") from error
    if any(name.endswith("vbaproject.bin") for name in names):
        raise MacroBook
    if "xl/workbook.xml" in names:
        return Sniffed("xlsx")
    for part, found in _ZIP_KINDS:
        if part in names:
            raise NotASheet(found=found)
    raise NotASheet(found="压缩包（a zip archive）")


def _sniff_ole(file: BinaryIO) -> Sniffed:
    file.seek(0)
    compound = ole.CompoundFile(file.read())
    names = {name.lower() for name in compound.names()}
    if "encryptedpackage" in names:
        raise PasswordProtected
    if names & {"_vba_project", "_vba_project_cur"}:
        raise MacroBook
    stream = compound.stream("Workbook") or compound.stream("Book")
    if stream:
        return Sniffed("xls", stream=stream)
    for part, found in _OLE_KINDS:
        if part.lower() in names:
            raise NotASheet(found=found)
    raise NotASheet(found="OLE 复合文档（an OLE compound file）")
