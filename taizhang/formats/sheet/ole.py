"""Compound files (OLE2): names and streams, as [MS-CFB] lays them out. Bounded against loops and lies."""

import struct
from dataclasses import dataclass

from taizhang.formats.sheet.refusals import Corrupt

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END = 0xFFFFFFFA
_HEADER_FAT_SLOTS = 109
_ENTRY = 128
_STREAM, _ROOT = 2, 5


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class CompoundFile:
    """One OLE2 file held in memory. Raises `Corrupt` when a chain of sectors leaves the file or loops."""

    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):
            raise Corrupt(detail="OLE 文件头 / OLE header")
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Corrupt(detail="OLE 扇区大小 / OLE sector size")
        self._sector, self._mini = 1 << shift, 1 << mini_shift
        directory, self._cutoff, mini_fat = struct.unpack_from("<I4xII", data, 48)
        self._fat = self._table(self._fat_sectors())
        self._entries = self._read_directory(self._chain(directory))
        self._mini_fat = self._table(self._chain_sectors(mini_fat)) if mini_fat < _END else ()
        root = next((e for e in self._entries if e.kind == _ROOT), None)
        self._mini_stream = self._chain(root.start)[: root.size] if root and root.start < _END else b""

    def names(self) -> frozenset[str]:
        """Names of all storages and streams, at any depth."""
        return frozenset(entry.name for entry in self._entries if entry.kind)

    def stream(self, name: str) -> bytes | None:
        """The bytes of the first stream of that name in any case, or None."""
        for entry in self._entries:
            if entry.kind == _STREAM and entry.name.lower() == name.lower():
                return self._stream_bytes(entry)
        return None

    def _stream_bytes(self, entry: _Entry) -> bytes:
        find = self._chain if entry.size >= self._cutoff else self._mini_chain
        found = find(entry.start)
        if len(found) < entry.size:
            raise Corrupt(detail=f"{entry.name} 不完整 / {entry.name} cut short")
        return found[: entry.size]

    def _sector_at(self, number: int) -> bytes:
        start = (number + 1) * self._sector
        found = self._data[start : start + self._sector]
        if not found:
            raise Corrupt(detail="OLE 扇区缺失 / OLE sector missing")
        return found

    def _table(self, sectors: list[int]) -> tuple[int, ...]:
        joined = b"".join(self._sector_at(number) for number in sectors)
        return struct.unpack(f"<{len(joined) // 4}I", joined[: len(joined) // 4 * 4])

    def _fat_sectors(self) -> list[int]:
        count, next_block = struct.unpack_from("<I20xI", self._data, 44)
        found = list(struct.unpack_from(f"<{_HEADER_FAT_SLOTS}I", self._data, 76))
        most = len(self._data) // self._sector + 1
        blocks = 0
        while next_block < _END:
            blocks += 1
            if blocks > most:
                raise Corrupt(detail="OLE 分配表循环 / OLE allocation loop")
            block = self._table([next_block])
            found += block[:-1]
            next_block = block[-1]
        return [number for number in found if number < _END][: min(count, most)]

    def _chain_sectors(self, start: int, table: tuple[int, ...] | None = None) -> list[int]:
        table = self._fat if table is None else table
        found: list[int] = []
        while start < _END:
            if start >= len(table) or len(found) > len(table):
                raise Corrupt(detail="OLE 扇区链断开 / OLE sector chain broken")
            found.append(start)
            start = table[start]
        return found

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector_at(number) for number in self._chain_sectors(start))

    def _mini_chain(self, start: int) -> bytes:
        numbers = self._chain_sectors(start, self._mini_fat)
        return b"".join(self._mini_stream[n * self._mini : (n + 1) * self._mini] for n in numbers)

    @staticmethod
    def _read_directory(data: bytes) -> tuple[_Entry, ...]:
        entries = []
        for at in range(0, len(data) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", data, at + 64)
            start, size = struct.unpack_from("<II", data, at + 116)
            name = data[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            entries.append(_Entry(name, kind, start, size))
        return tuple(entries)
