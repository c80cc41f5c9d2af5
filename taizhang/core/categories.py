"""Category trees (分类体系): from rows with one column per level to the paths entries store."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence


class CategoriesRefused(Exception):
    """A category table that is no tree: the 1-based `row` (the header is row 1) and why."""

    def __init__(self, row: int, zh: str, en: str) -> None:
        self.row, self.zh, self.en = row, zh, en
        super().__init__(zh)


def category_rows(text: str) -> list[list[str]]:
    """The cells of a CSV text, commas between and double quotes around where needed."""
    return list(csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True)))


def category_tree(rows: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Every node's path (`上级/下级`), parents before children, in the order they first appear.

    `rows` start with a header naming the levels. A row's empty leading cells repeat the row
    above (so a sheet with merged cells can be saved as it is); empty cells at its end make the path shorter.
    """
    nodes: dict[str, None] = {}
    above: list[str] = []
    leaves: set[str] = set()
    for number, row in enumerate(rows, start=1):
        names = [cell.strip() for cell in row]
        if number == 1 or not any(names):
            continue
        above = _filled(number, names, above)
        path = "/".join(above)
        if path in leaves:
            raise CategoriesRefused(number, f"“{path}”出现了两次", f"`{path}` stands twice")
        leaves.add(path)
        nodes.update(dict.fromkeys(ancestry(path)))
    return tuple(nodes)


def ancestry(path: str) -> list[str]:
    """The path and all its parents, the root first."""
    parts = path.split("/")
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]


def _filled(number: int, names: list[str], above: list[str]) -> list[str]:
    while not names[-1]:
        names = names[:-1]
    lead = next(index for index, name in enumerate(names) if name)
    names = [*above[:lead], *names[lead:]] if len(above) >= lead else names
    if not all(names):
        raise CategoriesRefused(number, "中间一级是空的", "a level in the middle is empty")
    if slashed := next((name for name in names if "/" in name), None):
        raise CategoriesRefused(
            number,
            f"“{slashed}”含有“/”，而“/”是各级之间的分隔符",
            f"`{slashed}` holds `/`, which separates the levels",
        )
    return names
