"""Colours as sheets name them (RGB, theme and tint, palette number), and the words people have for them."""

from collections.abc import Mapping, Sequence
from colorsys import hls_to_rgb, rgb_to_hls
from xml.etree.ElementTree import Element

WHITE = "FFFFFF"

# The palette of [MS-XLS] 2.5.161 and ECMA-376 18.8.27: eight colours twice, then those of the old colour box.
_BOX = [
    "800000", "008000", "000080", "808000", "800080", "008080", "C0C0C0", "808080", "9999FF", "993366",
    "FFFFCC", "CCFFFF", "660066", "FF8080", "0066CC", "CCCCFF", "000080", "FF00FF", "FFFF00", "00FFFF",
    "800080", "800000", "008080", "0000FF", "00CCFF", "CCFFFF", "CCFFCC", "FFFF99", "99CCFF", "FF99CC",
    "CC99FF", "FFCC99", "3366FF", "33CCCC", "99CC00", "FFCC00", "FF9900", "FF6600", "666699", "969696",
    "003366", "339966", "003300", "333300", "993300", "993366", "333399", "333333",
]  # fmt: skip
_EIGHT = ["000000", WHITE, "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF"]
PALETTE: tuple[str, ...] = (*_EIGHT, *_EIGHT, *_BOX)

THEME: tuple[str, ...] = (
    WHITE, "000000", "E7E6E6", "44546A", "5B9BD5", "ED7D31", "A5A5A5", "FFC000", "4472C4", "70AD47", "0563C1", "954F72",
)  # fmt: skip
"""The theme of a package that brings none, in the order colours refer to it: light before dark."""

_HUES = (
    (15, "红", "red"), (47, "橙", "orange"), (70, "黄", "yellow"), (165, "绿", "green"), (200, "青", "cyan"),
    (255, "蓝", "blue"), (290, "紫", "purple"), (345, "粉", "pink"), (360, "红", "red"),
)  # fmt: skip
_GREY, _BLACK, _PALE, _DEEP = 0.12, 0.12, 0.75, 0.3


def rgb_of(colour: Element, theme: Sequence[str] = THEME, palette: Sequence[str] = PALETTE) -> str | None:
    """Six hexadecimal digits in upper case; None for what means `as usual` or is written wrong."""
    given = colour.attrib
    found: str | None
    if "rgb" in given:
        found = given["rgb"][-6:].upper()
        found = found if len(found) == 6 and not set(found) - set("0123456789ABCDEF") else None
    elif "theme" in given:
        found = _at(theme, given["theme"])
    else:
        found = _at(palette, given.get("indexed", ""))
    return _tinted(found, given.get("tint", "0")) if found is not None else None


def _at(colours: Sequence[str], number: str) -> str | None:
    return colours[int(number)] if number.isdecimal() and int(number[:4]) < len(colours) else None


def _tinted(rgb: str, tint: str) -> str:
    """Lighter for a positive tint, darker for a negative one (ECMA-376 18.8.19)."""
    try:
        share = max(-1.0, min(1.0, float(tint)))
    except ValueError:
        return rgb
    if not share:
        return rgb
    hue, light, full = _hls(rgb)
    light = light * (1 + share) if share < 0 else light * (1 - share) + share
    return "".join(f"{round(255 * part):02X}" for part in hls_to_rgb(hue, light, full))


def _hls(rgb: str) -> tuple[float, float, float]:
    return rgb_to_hls(*(int(rgb[n : n + 2], 16) / 255 for n in (0, 2, 4)))


def colour_words(rgb: str) -> tuple[str, str]:
    """What people call it, in Chinese and English: 浅绿, `light green`."""
    hue, light, full = _hls(rgb)
    if light < _BLACK:
        return "黑", "black"
    if full < _GREY or light > 1 - _GREY / 4:
        return "灰", "grey"
    zh, en = next((zh, en) for until, zh, en in _HUES if 360 * hue <= until)
    if light >= _PALE:
        return f"浅{zh}", f"light {en}"
    return (f"深{zh}", f"dark {en}") if light <= _DEEP else (zh, en)


def theme_of(scheme: Mapping[str, str]) -> tuple[str, ...]:
    """A theme's colours in the order cells refer to them, from its own names; the usual one for what is missing."""
    names = ("lt1", "dk1", "lt2", "dk2", *(f"accent{n}" for n in range(1, 7)), "hlink", "folHlink")
    return tuple(scheme.get(name, usual) for name, usual in zip(names, THEME, strict=True))
