"""The columns of a sheet of units, in the forms offices keep them, as one line per unit.

Three forms: a list with the parent's name or code in a column; a list with codes, levels and the
parents' codes, as the open lists of administrative divisions have them; one column per level
(市 | 县 | 乡镇), with or without a column for the unit itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from taizhang.core.dates import Moment, read_date
from taizhang.core.wording import Label
from taizhang.org.cell_names import name_key

SYNONYMS: dict[str, tuple[str, ...]] = {
    "name": ("ext_name", "单位名称", "名称", "机构名称", "单位", "name", "unit"),
    "short_name": ("简称", "单位简称", "short_name", "shortname"),
    "code": (
        "ext_id", "代码", "编码", "单位代码", "单位编码", "行政区划代码", "区划代码", "code", "adcode",
    ),
    "key": ("id",),
    "parent": (
        "上级单位", "上级", "上级单位名称", "上级名称", "上级代码", "上级编码", "上级单位代码", "隶属",
        "隶属单位", "parent", "pid", "parent_code",
    ),
    "level": ("level", "deep", "层级", "级别"),
    "aliases": ("别名", "其他名称", "曾用名", "aliases", "alias"),
    "from_on": ("成立日期", "成立时间", "设立日期", "founded", "from_on"),
    "person": ("姓名", "人员", "人员姓名", "职工姓名", "责任人姓名", "person", "full name"),
    "username": ("用户名", "账号", "登录名", "username", "user name", "login"),
    "staff_number": ("工号", "职工号", "职工编号", "人员编号", "staff number", "staff_number", "staff no"),
    "post": ("岗位", "岗位名称", "职务", "post", "position"),
    "duties": ("职责", "岗位职责", "duties", "duty"),
}  # fmt: skip
"""What each column may be called, best first; compared by `name_key`."""

LEVELS = frozenset(
    (
        "省", "市", "地市", "市州", "区", "县", "区县", "县区", "县市", "县市区", "县(市、区)",
        "乡镇", "镇", "街道", "镇街", "乡镇街道", "乡镇(街道)", "村", "社区", "村社区", "村(社区)", "科室",
        "一级", "二级", "三级", "四级", "一级单位", "二级单位", "三级单位", "四级单位",
        "province", "city", "county", "district", "town", "township", "village",
    )
)  # fmt: skip
"""Headers of columns that each hold one level of the tree."""

_OF_A_PERSON = ("username", "staff_number", "post", "duties")
_SEVERAL = re.compile(r"[、，,;；/\n]+")


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """What is to be said of a row: its number in the sheet, the column's heading, and what to do."""

    row: int
    column: str
    message: Label


@dataclass(slots=True, eq=False)
class Line:
    """One unit as its row gives it. `key` is what other rows may call it by besides its name."""

    row: int
    name: str
    column: str
    short_name: str = ""
    code: str = ""
    aliases: tuple[str, ...] = ()
    from_on: date | None = None
    key: str = ""
    level: str = ""
    parent_text: str = ""
    parent_column: str = ""
    parent: Line | None = None


@dataclass(frozen=True, slots=True)
class StaffLine:
    """A person in a post of the row's unit, as written; `columns` are the headings by what they mean."""

    row: int
    unit: Line
    name: str
    username: str
    staff_number: str
    post: str
    duties: str
    columns: Mapping[str, str]


@dataclass(slots=True)
class Lines:
    """What the rows say. A row with a problem is not taken, one with a remark is.

    `ignored_columns` have headings nobody knows. Where the sheet has a column of people, a unit may fill several
    rows: they are one line, and each person a staff line.
    """

    lines: list[Line] = field(default_factory=list)
    staff: list[StaffLine] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)
    remarks: list[SheetProblem] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()


class _Columns:
    """Which heading stands for what."""

    def __init__(self, headings: Iterable[str]) -> None:
        by_key = {name_key(heading): heading for heading in headings if heading.strip()}
        self.of = {
            meaning: next((by_key[word] for word in words if word in by_key), "")
            for meaning, words in SYNONYMS.items()
        }
        self.has_people = bool(self.of["person"])
        if self.of["name"] and name_key(self.of["name"]) == "ext_name" and not self.of["short_name"]:
            self.of["short_name"] = by_key.get("name", "")
        by_level = not self.of["parent"]
        self.levels = [heading for key, heading in by_key.items() if key in LEVELS and by_level]
        if self.of["name"] and self.levels:
            self.levels.append(self.of["name"])
        self.ignored = tuple(h for h in by_key.values() if h not in {*self.of.values(), *self.levels})


def read_lines(rows: Iterable[Mapping[str, str]], first_row: int) -> Lines:
    """One line per unit from rows keyed by heading; the first has the number `first_row`."""
    numbered = enumerate(rows, first_row)
    given = [(number, row) for number, row in numbered if any(cell.strip() for cell in row.values())]
    if not given:
        return Lines()
    columns = _Columns(dict.fromkeys(heading for _, row in given for heading in row))
    found = Lines(ignored_columns=columns.ignored)
    if columns.levels:
        _read_levels(given, columns, found)
    elif columns.of["name"]:
        _read_list(given, columns, found)
    else:
        found.problems.append(_no_name_column(first_row - 1))
    return found


def _no_name_column(row: int) -> SheetProblem:
    known = "、".join(SYNONYMS["name"][1:4])
    return SheetProblem(
        row,
        "",
        Label(
            f"没有找到单位名称所在的列。请把表头写成“{known}”之一，或每一级一列（市、县、乡镇）。",
            f"No column holds the units' names. Head it with one of {known}, or give each level a column.",
        ),
    )


def _read_list(given: list[tuple[int, Mapping[str, str]]], columns: _Columns, found: Lines) -> None:
    """In a sheet of people a unit may be named again, or left blank under its first row."""
    known: dict[str, list[Line]] = {}
    line: Line | None = None
    for number, row in given:
        name = _cell(row, columns.of["name"])
        earlier = _named_before(row, columns, known.get(name_key(name), []))
        goes_on = columns.has_people and not name and _cell(row, columns.of["person"])
        if columns.has_people and earlier is not None:
            line = earlier
        elif not goes_on or line is None:
            line = _read_listed(number, row, columns, found)
            if line is not None:
                known.setdefault(name_key(line.name), []).append(line)
        _read_person(number, row, line, columns, found)


def _named_before(row: Mapping[str, str], columns: _Columns, alike: list[Line]) -> Line | None:
    """Of the units of this name the one whose parent and code the row names, or leaves blank."""
    parent = _cell(row, columns.of["parent"])
    key = _cell(row, columns.of["key"]) or _cell(row, columns.of["code"])
    return next((one for one in alike if parent in ("", one.parent_text) and key in ("", one.key)), None)


def _read_person(
    number: int, row: Mapping[str, str], line: Line | None, columns: _Columns, found: Lines
) -> None:
    what = {key: _cell(row, columns.of[key]) for key in ("person", *_OF_A_PERSON)}
    if line is not None and any(what.values()):
        person = what.pop("person")
        found.staff.append(StaffLine(number, line, person, **what, columns=columns.of))


def _read_listed(number: int, row: Mapping[str, str], columns: _Columns, found: Lines) -> Line | None:
    name = _cell(row, columns.of["name"])
    if not name:
        message = Label("单位名称是空的，请补上。", "The unit's name is missing; fill it in.")
        found.problems.append(SheetProblem(number, columns.of["name"], message))
        return None
    line = Line(number, name, columns.of["name"])
    _describe(line, row, columns, found)
    line.key = _cell(row, columns.of["key"]) or line.code
    line.level = _cell(row, columns.of["level"])
    line.parent_column = columns.of["parent"]
    line.parent_text = _cell(row, line.parent_column)
    found.lines.append(line)
    return line


def _describe(line: Line, row: Mapping[str, str], columns: _Columns, found: Lines) -> None:
    """Short name, code, aliases and first day; an unreadable day is named and the unit taken without it."""
    short = _cell(row, columns.of["short_name"])
    line.short_name = "" if short == line.name else short
    line.code = _cell(row, columns.of["code"])
    aliases = _SEVERAL.split(_cell(row, columns.of["aliases"]))
    line.aliases = tuple(alias.strip() for alias in aliases if alias.strip())
    written = _cell(row, columns.of["from_on"])
    if not written:
        return
    reading = read_date(written)
    if isinstance(reading, Moment):
        line.from_on = reading.at.date()
    else:
        message = Label(
            f"“{written}”不是一个日期，请写成 2019-03-02 这样；单位照收，成立日期空着。",
            f"“{written}” is no day; write it like 2019-03-02. The unit is taken without it.",
        )
        found.remarks.append(SheetProblem(line.row, columns.of["from_on"], message))


def _cell(row: Mapping[str, str], heading: str) -> str:
    return row.get(heading, "").strip() if heading else ""


def _read_levels(given: list[tuple[int, Mapping[str, str]]], columns: _Columns, found: Lines) -> None:
    """Leading blanks mean "as above"; a blank further right skips that level."""
    known: dict[tuple[str, ...], Line] = {}
    rows_of: dict[tuple[str, ...], int] = {}
    above = [""] * len(columns.levels)
    for number, row in given:
        cells = [_cell(row, heading) for heading in columns.levels]
        if not any(cells) and not (any(above) and columns.has_people):
            message = Label("这一行没有单位名称，请补上。", "This row names no unit; fill it in.")
            found.problems.append(SheetProblem(number, columns.levels[0], message))
            continue
        leading = next((n for n, cell in enumerate(cells) if cell), len(cells))
        above = [*above[:leading], *cells[leading:]]
        path = tuple(name_key(name) for name in above if name)
        line = _descend(number, list(zip(columns.levels, above, strict=True)), known, found)
        if path not in rows_of:
            rows_of[path] = number
            _describe(line, row, columns, found)
        elif not columns.has_people:
            found.problems.append(_repeated(number, line, rows_of[path]))
        _read_person(number, row, line, columns, found)


def _descend(
    number: int, names: list[tuple[str, str]], known: dict[tuple[str, ...], Line], found: Lines
) -> Line:
    """The lowest unit of a row, given (heading, name) per level; units above are made where not yet known."""
    path: tuple[str, ...] = ()
    line: Line | None = None
    for heading, name in names:
        if name:
            path = (*path, name_key(name))
            if path not in known:
                known[path] = Line(number, name, heading, parent_column=heading, parent=line)
                found.lines.append(known[path])
            line = known[path]
    assert line is not None, "a row without any name was turned away before"
    return line


def _repeated(row: int, line: Line, earlier: int) -> SheetProblem:
    return SheetProblem(row, line.column, repeated_message(line.name, earlier))


def repeated_message(name: str, earlier: int) -> Label:
    """That the same unit stands in an earlier row."""
    return Label(
        f"“{name}”与第 {earlier} 行重复，请删去一行或改名。",
        f"“{name}” repeats row {earlier}; delete one of them or rename it.",
    )
