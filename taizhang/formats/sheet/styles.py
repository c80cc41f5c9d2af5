"""What a package's cell styles look like: which of them fill a cell with colour or strike its text through."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from xml.etree.ElementTree import Element

from taizhang.formats.sheet.colours import PALETTE, THEME, WHITE, rgb_of, theme_of
from taizhang.formats.sheet.package import Package, named

MOST_BYTES = 8 << 20
_PLAIN_PATTERNS = ("none", "gray125")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell says beside its value: a fill colour (`FF0000`, empty for none), and whether it is struck out."""

    colour: str = ""
    struck: bool = False


def looks_of(package: Package, part: str) -> dict[int, Look]:
    """The styles that say anything, by the number cells name them by."""
    if part not in package.parts:
        return {}
    styles = package.parse(part, MOST_BYTES)
    theme = _theme(package)
    palette = [found or WHITE for node in named(styles, "rgbColor") if (found := rgb_of(node)) is not None]
    fills = [_fill(node, theme, palette or PALETTE) for node in _listed(styles, "fills")]
    struck = [_is_struck(node) for node in _listed(styles, "fonts")]
    looks = {}
    for number, node in enumerate(_listed(styles, "cellXfs")):
        look = Look(_at(fills, node.get("fillId"), ""), _at(struck, node.get("fontId"), False))
        if look != Look():
            looks[number] = look
    return looks


def _listed(styles: Element, name: str) -> list[Element]:
    return [child for node in styles if node.tag.rpartition("}")[2] == name for child in node]


def _at(found: Sequence[T], number: str | None, otherwise: T) -> T:
    return found[int(number)] if number and number.isdecimal() and int(number) < len(found) else otherwise


def _fill(fill: Element, theme: Sequence[str], palette: Sequence[str]) -> str:
    """The colour one sees: of a pattern its lines, of a gradient its first colour; white is none."""
    pattern = next(named(fill, "patternFill"), None)
    if pattern is not None and pattern.get("patternType", "none") in _PLAIN_PATTERNS:
        return ""
    wanted = ("fgColor", "bgColor") if pattern is not None else ("color",)
    colours = (rgb_of(node, theme, palette) for name in wanted for node in named(fill, name))
    found = next(filter(None, colours), "")
    return "" if found == WHITE else found


def _is_struck(font: Element) -> bool:
    return any(node.get("val", "1") not in ("0", "false") for node in named(font, "strike"))


def _theme(package: Package) -> Sequence[str]:
    part = next(
        (name for name in package.parts if name.startswith("xl/theme/") and name.endswith(".xml")), ""
    )
    if not part:
        return THEME
    scheme = next(named(package.parse(part, MOST_BYTES), "clrScheme"), None)
    if scheme is None:
        return THEME
    found = {}
    for node in scheme:
        colour = next(iter(node), None)
        if colour is not None:
            found[node.tag.rpartition("}")[2]] = (colour.get("lastClr") or colour.get("val") or "").upper()
    return theme_of({name: rgb for name, rgb in found.items() if len(rgb) == 6})
