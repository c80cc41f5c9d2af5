"""The parts of an `.xlsx` package, unpacked here and nowhere else: streamed, bounded, without entities.

Sizes a file declares are believed only where they are against it.
"""

import copy
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from posixpath import dirname, join, normpath
from typing import BinaryIO, Self
from xml.etree import ElementTree

from taizhang.formats.sheet.limits import MIB, Limits
from taizhang.formats.sheet.refusals import Corrupt, Entities, TooLarge, ZipBomb

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
CHUNK = 256 * 1024
INDEX_BYTES = 4 * MIB
"""The most a part may hold that is read as a whole: indexes, styles."""
_LONGEST_PIECE = 4 * MIB
_XML_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[^\0]")


class Package:
    """An open package, its parts by their names in lower case."""

    def __init__(self, file: BinaryIO) -> None:
        file.seek(0)
        self._archive = zipfile.ZipFile(file)
        self.parts = {info.filename.lower(): info for info in self._archive.infolist()}

    def check(self, limits: Limits) -> None:
        """Refuse what is abnormal by the directory alone. Raises `Corrupt` or `ZipBomb`."""
        members = self._archive.infolist()
        if len(members) > limits.members:
            raise ZipBomb(detail=f"{len(members)} 个部件 / parts")
        if len(self.parts) != len(members):
            raise Corrupt(detail="部件重名 / repeated part names")
        if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in members):
            raise Corrupt(detail="压缩方法 / compression method")
        total = sum(info.file_size for info in members)
        if total > limits.unpacked_bytes:
            raise ZipBomb(detail=f"{total // MIB} MB")
        for info in members:
            ratio = info.file_size // max(1, info.compress_size)
            if info.file_size > limits.ratio_from_bytes and ratio > limits.ratio:
                raise ZipBomb(detail=f"{info.filename}: {ratio} : 1")

    def stream(self, part: str) -> Iterator[bytes]:
        """The unpacked bytes of a part, given up at the first byte beyond what the directory declares.

        zipfile stops quietly at the declared size, where the parser would read on; so it is asked for more.
        """
        info = self.parts[part]
        asked = copy.copy(info)
        asked.file_size = info.file_size + 2 * CHUNK
        left = info.file_size
        with self._archive.open(asked) as content:
            while chunk := content.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise ZipBomb(detail=f"{info.filename} 比声明的大 / larger than declared")
                yield chunk
        if left:
            raise Corrupt(detail=f"{info.filename} 不完整 / cut short")

    def chunks(self, part: str, cut: bytes = b"<") -> Iterator[bytes]:
        """The text of an XML part in pieces that each begin at a `cut`, so that no tag or cell is split."""
        carry, started = b"", False
        for piece in self.stream(part):
            if not started and not _XML_START.match(piece):
                raise Corrupt(detail=f"{part} 不是 UTF-8 的 XML / not XML in UTF-8")
            started = True
            carry += piece
            end = carry.rfind(cut)
            if end <= 0 and len(carry) < _LONGEST_PIECE:
                continue
            end = end if end > 0 else len(carry)
            yield carry[:end]
            carry = carry[end:]
        yield carry

    def parse(self, part: str, most: int = INDEX_BYTES) -> ElementTree.Element:
        """A part as a tree. Raises `Corrupt` where there is none, `TooLarge` above `most` bytes."""
        if part not in self.parts:
            raise Corrupt(detail=part)
        if self.parts[part].file_size > most:
            raise TooLarge(detail=f"{part} {self.parts[part].file_size // MIB} MB")
        text = b"".join(self.stream(part))
        refuse_entities(text)
        try:
            return ElementTree.fromstring(text)  # noqa: S314 - entities, the danger of it, were refused above
        except (ElementTree.ParseError, LookupError, ValueError) as error:
            raise Corrupt(detail=f"{part}: {error}") from error

    def links(self, part: str) -> dict[str, tuple[str, str]]:
        """What a part refers to inside the package: id → (last word of the kind, part)."""
        folder, name = dirname(part), part.rpartition("/")[2]
        listed = f"{folder}/_rels/{name}.rels".lstrip("/")
        if listed not in self.parts:
            return {}
        return {
            link.get("Id", ""): (
                link.get("Type", "").rpartition("/")[2].lower(),
                _part_name(folder, link.get("Target", "")),
            )
            for link in self.parse(listed)
            if link.get("TargetMode", "Internal") == "Internal"
        }

    def close(self) -> None:
        self._archive.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def refuse_entities(chunk: bytes) -> None:
    """Raises `Entities`."""
    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
        raise Entities


def linked(node: ElementTree.Element, name: str = "id") -> str:
    """The relation a node names by an attribute (`r:id`, `r:embed`), in whichever of the two dialects."""
    return next((value for key, value in node.attrib.items() if key.endswith(f"}}{name}")), "")


def named(node: ElementTree.Element, name: str) -> Iterator[ElementTree.Element]:
    """The nodes of this name at and below a node, in whichever of the two dialects."""
    return (one for one in node.iter() if one.tag.rpartition("}")[2] == name)


def _part_name(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    return normpath(target.lstrip("/") if target.startswith("/") else join(folder, target)).lower()
