"""What hangs on the cells of an `.xlsx`: comments (plain and threaded) and pictures.

Pictures come in three ways: laid over the sheet at a cell, put into a cell by Excel (a `rich value`), and put
into a cell by WPS (a formula `DISPIMG` that names one of the book's cell images).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from taizhang.formats.sheet.cells import clean, column_index, column_letter
from taizhang.formats.sheet.limits import MIB
from taizhang.formats.sheet.package import Package, linked, named

MOST_BYTES = 8 * MIB
"""The most a part may hold that is read as a tree; one larger is told as unread."""
_BOOK = "xl/workbook.xml"
_STAND_IN = "[Threaded comment]"
"""What the plain comment beside a threaded one begins with, in whatever language the rest of it is."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a cell; the answers to a threaded one are comments of their own, in their order."""

    row: int
    column: int
    text: str
    author: str = ""

    @property
    def cell(self) -> str:
        return f"{column_letter(self.column)}{self.row}"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on a cell: `part` is its name in the package, `size` its bytes, `fills` whether it stands in
    place of the cell's value."""

    row: int
    column: int
    part: str
    size: int
    fills: bool = False

    @property
    def cell(self) -> str:
        return f"{column_letter(self.column)}{self.row}"

    @property
    def suffix(self) -> str:
        return self.part.rpartition(".")[2]


def comments_of(package: Package, sheet: str) -> list[Comment]:
    """The comments of a worksheet; of a cell that has a thread, the thread alone."""
    links = list(package.links(sheet).values())
    threads = [one for kind, part in links if kind == "threadedcomment" for one in _threaded(package, part)]
    taken = {(one.row, one.column) for one in threads}
    plain = (one for kind, part in links if kind == "comments" for one in _plain(package, part))
    return threads + [one for one in plain if (one.row, one.column) not in taken]


def _plain(package: Package, part: str) -> Iterator[Comment]:
    tree = package.parse(part, MOST_BYTES)
    authors = ["".join(node.itertext()) for node in named(tree, "author")]
    for node in named(tree, "comment"):
        place = _place(node.get("ref", ""))
        text = clean("".join(one.text or "" for one in named(node, "t")))
        who = node.get("authorId", "")
        author = clean(authors[int(who)]) if who.isdecimal() and int(who) < len(authors) else ""
        if place and text and not text.startswith(_STAND_IN):
            yield Comment(*place, *_without_name(text, author))


def _without_name(text: str, author: str) -> tuple[str, str]:
    """Excel writes the author's name over the text; it is said once."""
    first, _, rest = text.partition("\n")
    return (rest.strip(), author) if author and rest and first.rstrip(":：") == author else (text, author)


def _threaded(package: Package, part: str) -> Iterator[Comment]:
    people = {
        node.get("id", ""): node.get("displayName", "")
        for kind, persons in package.links(_BOOK).values()
        if kind == "person"
        for node in named(package.parse(persons, MOST_BYTES), "person")
    }
    for node in named(package.parse(part, MOST_BYTES), "threadedComment"):
        place = _place(node.get("ref", ""))
        text = clean("".join(one.text or "" for one in named(node, "text")))
        if place and text:
            yield Comment(*place, text, clean(people.get(node.get("personId", ""), "")))


def _place(cell: str) -> tuple[int, int] | None:
    letters = cell.rstrip("0123456789")
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3 and letters != cell):
        return None
    return int(cell[len(letters) :]), column_index(letters)


def laid_over(package: Package, sheet: str) -> Iterator[Picture]:
    """The pictures anchored at a cell of a worksheet, each at the cell its upper left corner lies in."""
    for kind, part in package.links(sheet).values():
        if kind != "drawing":
            continue
        images = package.links(part)
        for anchor in package.parse(part, MOST_BYTES):
            corner = next(named(anchor, "from"), None)
            for blip in named(anchor, "blip"):
                image = images.get(linked(blip, "embed"), ("", ""))[1]
                if corner is not None and image in package.parts:
                    row, column = (int(next(named(corner, name)).text or 0) for name in ("row", "col"))
                    yield Picture(row + 1, column, image, package.parts[image].file_size)


def wps_images(package: Package) -> dict[str, str]:
    """The cell images of a book saved by WPS: the id `DISPIMG` names → part."""
    found = {}
    for kind, part in package.links(_BOOK).values():
        if kind != "cellimage" or part not in package.parts:
            continue
        links = package.links(part)
        for node in named(package.parse(part, MOST_BYTES), "cellImage"):
            name = next(named(node, "cNvPr"), None)
            blip = next(named(node, "blip"), None)
            if name is not None and blip is not None:
                found[name.get("name", "")] = links.get(linked(blip, "embed"), ("", ""))[1]
    return {name: part for name, part in found.items() if part in package.parts}


def excel_images(package: Package) -> dict[int, str]:
    """The pictures Excel puts into cells: the number a cell names as its `vm` → part."""
    parts = {kind: part for kind, part in package.links(_BOOK).values() if part in package.parts}
    kinds = ("sheetmetadata", "rdrichvalue", "rdrichvaluestructure", "richvaluerel")
    if not all(kind in parts for kind in kinds):
        return {}
    metadata, values, structures, relations = (package.parse(parts[kind], MOST_BYTES) for kind in kinds)
    links = package.links(parts["richvaluerel"])
    images = [links.get(linked(node), ("", ""))[1] for node in named(relations, "rel")]
    places = [
        [key.get("n") for key in named(node, "k")].index("_rvRel:LocalImageIdentifier")
        if any(key.get("n") == "_rvRel:LocalImageIdentifier" for key in named(node, "k"))
        else None
        for node in named(structures, "s")
    ]
    rich = [_image(node, places, images) for node in named(values, "rv")]
    blocks = [int(node.get("i", "0")) for node in named(metadata, "rvb")]
    found: Mapping[int, str] = {
        number: rich[blocks[at]]
        for number, at in enumerate(_value_blocks(metadata), start=1)
        if at < len(blocks) and blocks[at] < len(rich)
    }
    return {number: part for number, part in found.items() if part in package.parts}


def _value_blocks(metadata: Element) -> Iterator[int]:
    for block in named(metadata, "valueMetadata"):
        yield from (int(node.get("v", "0")) for node in named(block, "rc"))


def _image(value: Element, places: list[int | None], images: list[str]) -> str:
    kind = int(value.get("s", "0"))
    place = places[kind] if kind < len(places) else None
    texts = [node.text or "" for node in named(value, "v")]
    if place is None or place >= len(texts) or not texts[place].isdecimal():
        return ""
    number = int(texts[place])
    return images[number] if number < len(images) else ""
