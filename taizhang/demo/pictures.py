"""Small PNG pictures standing in for photographs, drawn from rectangles (W3C PNG, truecolour, 8 bits)."""

from __future__ import annotations

import struct
import zlib
from functools import cache

WIDTH, HEIGHT = 320, 200
Colour = tuple[int, int, int]

SKIES: tuple[Colour, ...] = ((176, 208, 232), (206, 212, 216), (236, 214, 178), (150, 180, 210))
WALLS: tuple[Colour, ...] = (
    (214, 196, 168),
    (186, 188, 190),
    (196, 170, 150),
    (222, 222, 214),
    (168, 180, 160),
)
GROUND: Colour = (120, 118, 112)
WINDOW: Colour = (88, 112, 132)
FAULT: Colour = (196, 60, 44)
MENDED: Colour = (72, 148, 92)


@cache
def picture(number: int, *, mended: bool) -> bytes:
    """A house under the sky; where the fault was there is a red patch before and a green one after."""
    rows = [[SKIES[number % len(SKIES)]] * WIDTH for _ in range(HEIGHT)]
    _box(rows, 0, 150, WIDTH, HEIGHT, GROUND)
    left = 30 + 17 * (number % 7)
    _box(rows, left, 50 + 6 * (number % 5), left + 180, 150, WALLS[number % len(WALLS)])
    for n in range(3):
        _box(rows, left + 18 + 54 * n, 84, left + 48 + 54 * n, 116, WINDOW)
    at = left + 20 + 23 * (number % 6)
    _box(rows, at, 130, at + 44, 164, MENDED if mended else FAULT)
    return _png(rows)


def _box(rows: list[list[Colour]], left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
    for row in rows[top:bottom]:
        row[left:right] = [colour] * (right - left)


def _png(rows: list[list[Colour]]) -> bytes:
    pixels = b"".join(b"\0" + bytes(value for colour in row for value in colour) for row in rows)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
