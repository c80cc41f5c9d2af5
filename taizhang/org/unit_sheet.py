"""Founding units from the rows of a sheet: what is new, what is there already, what cannot be taken and why.

A unit is the same as a stored one when it has the same name below the same parent; administrative
codes change from year to year and only link the rows of one sheet to each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from taizhang.core.wording import Label
from taizhang.org.cell_names import name_key
from taizhang.org.founding import NewUnit, add_units
from taizhang.org.matching import UnitNames
from taizhang.org.models import Unit
from taizhang.org.refusals import NoSite
from taizhang.org.unit_columns import Line, Lines, SheetProblem, StaffLine, read_lines, repeated_message

T = TypeVar("T")


@dataclass(slots=True)
class UnitPlan:
    """What `apply` would do.

    `problems` were not taken. `skipped` lie outside the site: above its root unit or beside it.
    `remarks` speak of rows that were taken all the same, or that differ from a stored unit, which
    stays as it is. `existing` counts the units that are there already. `staff` are the people the rows
    name, each with the unit of the row (`staff_sheet.plan_staff` takes them from here).
    """

    new: list[NewUnit] = field(default_factory=list)
    existing: int = 0
    problems: list[SheetProblem] = field(default_factory=list)
    remarks: list[SheetProblem] = field(default_factory=list)
    skipped: list[SheetProblem] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()
    staff: list[tuple[StaffLine, NewUnit | int]] = field(default_factory=list)


def plan_units(rows: Iterable[Mapping[str, str]], *, first_row: int = 2) -> UnitPlan:
    """What founding the units of these rows would do; nothing is written.

    Rows are keyed by heading; `first_row` is the number of the first one in the sheet.
    """
    read = read_lines(rows, first_row)
    tree = _Tree()
    links = _Links(read, tree)
    plan = UnitPlan(
        problems=read.problems + links.problems,
        remarks=read.remarks,
        ignored_columns=read.ignored_columns,
    )
    _Placing(plan, tree, links).place_all()
    plan.problems.sort(key=lambda problem: problem.row)
    return plan


def apply(plan: UnitPlan) -> list[Unit]:
    """Found the new units of a plan."""
    return add_units(plan.new)


class _Tree:
    """The living units, as rows are compared with them."""

    def __init__(self) -> None:
        self.names = UnitNames.load()
        self.units = {unit.id: unit for unit in Unit.objects.filter(id__in=self.names.units)}
        self.children = {(unit.parent_id, name_key(unit.name)): unit.id for unit in self.units.values()}
        roots = sorted(unit.id for unit in self.units.values() if unit.parent_id is None)
        if not roots:
            raise NoSite
        self.root = roots[0]
        self._by_code = _grouped((unit.code, unit.id) for unit in self.units.values())

    def coded(self, code: str) -> list[str]:
        """The units that bear this code; it may have been another's in the year of the sheet, and joins nothing."""
        return [self.names.label(unit) for unit in self._by_code.get(code, ())]


class _Links:
    """Each line's parent, in the sheet (`Line.parent`) or in the tree (`stored`); `refused` have none."""

    def __init__(self, read: Lines, tree: _Tree) -> None:
        self.lines, self.staff = read.lines, read.staff
        self.tree = tree
        self.stored: dict[int, int] = {}
        self.refused: set[int] = set()
        self.problems: list[SheetProblem] = []
        self._by_key = _grouped((line.key, line) for line in self.lines)
        self._by_name = _grouped((name_key(line.name), line) for line in self.lines)
        within = {line.level for line in self.lines if line.parent_text in self._by_key}
        self._top_levels = {line.level for line in self.lines if line.level} - within
        for line in self.lines:
            if line.parent_text:
                self._link(line)
        self._refuse_circles()
        self.root_line = self._line_of_root()

    def _link(self, line: Line) -> None:
        """By code or number in the sheet, by name in it, else by name in the tree.

        A level none of whose rows has its parent in the sheet hangs from the root: lists of one
        prefecture name the province's code above it, and nothing more.
        """
        named = self._by_key.get(line.parent_text) or self._by_name.get(name_key(line.parent_text), [])
        if len(named) == 1:
            line.parent = named[0]
        elif named:
            self._refuse(line, _several_parents(line, named))
        elif (stored := self.tree.names.find(line.parent_text)) is not None:
            self.stored[id(line)] = stored
        elif line.level not in self._top_levels:
            coded = self.tree.coded(line.parent_text)
            near = self.tree.names.nearest(line.parent_text)
            self._refuse(line, _only_a_code(line, coded) if coded else _no_parent(line, near))

    def _refuse(self, line: Line, message: Label) -> None:
        self.problems.append(SheetProblem(line.row, line.parent_column, message))
        self.refused.add(id(line))

    def _refuse_circles(self) -> None:
        for line in self.lines:
            if any(each is line for each in _above(line)):
                self._refuse(line, _circle(line))

    def _line_of_root(self) -> Line | None:
        """The row that is the site's own root unit, if the sheet has it."""
        own = self._by_name.get(name_key(self.tree.units[self.tree.root].name), [])
        tops = [line for line in own if line.parent is None] or own
        return tops[0] if len(tops) == 1 else None

    def is_outside(self, line: Line) -> bool:
        """Whether the line stands above the site's root, or beside it below such a unit."""
        if self.root_line is None or line is self.root_line:
            return False
        line_above, root_above = list(_above(line)), list(_above(self.root_line))
        if self.root_line in line_above:
            return False
        return any(each in root_above for each in (line, *line_above))


def _above(line: Line) -> Iterator[Line]:
    """The lines above this one, nearest first, each once; itself too when they run in a circle."""
    seen: set[int] = set()
    parent = line.parent
    while parent is not None and id(parent) not in seen:
        seen.add(id(parent))
        yield parent
        parent = parent.parent


class _Placing:
    """Walks the lines from the top down and sorts each into new, existing, skipped or a problem."""

    def __init__(self, plan: UnitPlan, tree: _Tree, links: _Links) -> None:
        self.plan = plan
        self.tree = tree
        self.links = links
        self.placed: dict[int, NewUnit | int | None] = {}
        self.rows: dict[tuple[NewUnit | int, str], int] = {}
        self.starts: dict[NewUnit, date | None] = {}

    def place_all(self) -> None:
        for line in self.links.lines:
            for each in (*reversed(list(_above(line))), line):
                if id(each) not in self.placed:
                    self.placed[id(each)] = self._place(each)
        for staff in self.links.staff:
            unit = self.placed[id(staff.unit)]
            if unit is not None:
                self.plan.staff.append((staff, unit))
            elif staff.row != staff.unit.row:
                self._problem_at(staff.row, staff.columns["name"], _unit_refused(staff))

    def _place(self, line: Line) -> NewUnit | int | None:
        """The new or stored unit of a line, none where it was not taken."""
        if id(line) in self.links.refused:
            return None
        if self.links.is_outside(line):
            self.plan.skipped.append(SheetProblem(line.row, line.column, _outside(line)))
            return None
        if line is self.links.root_line:
            return self._keep(line, self.tree.root)
        parent = self._parent(line)
        if parent is None:
            self._problem(line, line.parent_column, _parent_refused(line))
            return None
        earlier = self.rows.setdefault((parent, name_key(line.name)), line.row)
        if earlier != line.row:
            self._problem(line, line.column, repeated_message(line.name, earlier))
            return None
        stored = self.tree.children.get((parent, name_key(line.name))) if isinstance(parent, int) else None
        return self._keep(line, stored) if stored is not None else self._found(line, parent)

    def _parent(self, line: Line) -> NewUnit | int | None:
        if line.parent is not None:
            return self.placed.get(id(line.parent))
        return self.links.stored.get(id(line), self.tree.root)

    def _problem(self, line: Line, column: str, message: Label) -> None:
        self._problem_at(line.row, column, message)

    def _problem_at(self, row: int, column: str, message: Label) -> None:
        self.plan.problems.append(SheetProblem(row, column, message))

    def _keep(self, line: Line, unit_id: int) -> int:
        self.plan.existing += 1
        unit = self.tree.units[unit_id]
        pairs = (
            ("简称 short name", unit.short_name, line.short_name),
            ("代码 code", unit.code, line.code),
            ("成立日期 founded", unit.from_on or "", line.from_on or ""),
        )
        for what, ours, theirs in pairs:
            if theirs and theirs != ours:
                message = _differs(line, what, ours, theirs)
                self.plan.remarks.append(SheetProblem(line.row, line.column, message))
        return unit_id

    def _found(self, line: Line, parent: NewUnit | int) -> NewUnit:
        since = self.tree.units[parent].from_on if isinstance(parent, int) else self.starts[parent]
        from_on = line.from_on
        if from_on is not None and since is not None and from_on < since:
            self.plan.remarks.append(SheetProblem(line.row, line.column, _before_parent(line, since)))
            from_on = None
        if coded := self.tree.coded(line.code):
            self.plan.remarks.append(SheetProblem(line.row, line.column, _code_of_another(line, coded)))
        new = NewUnit(line.name, parent, line.short_name, line.code, line.aliases, from_on)
        self.starts[new] = from_on or since
        self.plan.new.append(new)
        return new


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    """Values by word, the empty word left out."""
    found: defaultdict[str, list[T]] = defaultdict(list)
    for word, value in pairs:
        if word:
            found[word].append(value)
    return dict(found)


def _several_parents(line: Line, named: list[Line]) -> Label:
    rows = "、".join(str(other.row) for other in named)
    return Label(
        f"上级“{line.parent_text}”不止一个（第 {rows} 行），请改写上级的代码。",
        f"There is more than one parent “{line.parent_text}” (rows {rows}); write the parent's code instead.",
    )


def _no_parent(line: Line, near: list[str]) -> Label:
    near_zh = f"相近的有：{'、'.join(near)}。" if near else ""
    near_en = f" Near to it: {', '.join(near)}." if near else ""
    return Label(
        f"找不到上级“{line.parent_text}”，请改正，或先加上这个单位。{near_zh}",
        f"There is no parent “{line.parent_text}”; correct it or add that unit first.{near_en}",
    )


def _only_a_code(line: Line, coded: list[str]) -> Label:
    names = "、".join(coded)
    return Label(
        f"上级只写了代码“{line.parent_text}”，本站有此代码的是“{names}”；代码逐年变动，不单凭代码认，请写上级的名称。",
        f"The parent is given by the code “{line.parent_text}” alone, which “{names}” bears here; codes change from"
        " year to year and join nothing by themselves. Write the parent's name.",
    )


def _code_of_another(line: Line, coded: list[str]) -> Label:
    names = "、".join(coded)
    return Label(
        f"“{line.name}”的代码 {line.code} 在本站是“{names}”的；代码逐年变动，没有认作同一单位，按新单位收。"
        "如只是改名，请改原单位。",
        f"The code {line.code} of “{line.name}” is borne by “{names}” here; codes change from year to year, so it was"
        " taken as another unit. If it was only renamed, rename the old one instead.",
    )


def _circle(line: Line) -> Label:
    return Label(
        f"“{line.name}”的上级绕了一圈又回到它自己，请改正。",
        f"The parents of “{line.name}” lead round to itself; correct them.",
    )


def _parent_refused(line: Line) -> Label:
    return Label(
        f"“{line.name}”的上级没有导入，先改正上级那一行。",
        f"The parent of “{line.name}” was not taken; correct its row first.",
    )


def _unit_refused(staff: StaffLine) -> Label:
    return Label(
        f"“{staff.name}”所在的单位“{staff.unit.name}”没有导入，先改正第 {staff.unit.row} 行。",
        f"The unit “{staff.unit.name}” of “{staff.name}” was not taken; correct row {staff.unit.row} first.",
    )


def _outside(line: Line) -> Label:
    return Label(
        f"“{line.name}”不在本站点的根单位之下，未导入。",
        f"“{line.name}” does not stand below the root unit of this site and was not taken.",
    )


def _differs(line: Line, what: str, ours: object, theirs: object) -> Label:
    zh, en = what.split(" ", 1)
    return Label(
        f"已有“{line.name}”的{zh}是“{ours or '空'}”，表中是“{theirs}”，未改动。",
        f"The {en} of “{line.name}” is “{ours or 'blank'}” here and “{theirs}” in the sheet; it was left.",
    )


def _before_parent(line: Line, since: date) -> Label:
    return Label(
        f"“{line.name}”的成立日期 {line.from_on} 早于上级的 {since}，按上级的日期记。",
        f"“{line.name}” is founded on {line.from_on}, before its parent; it got that day, {since}.",
    )
