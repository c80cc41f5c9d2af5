"""Units and people from a sheet, for `taizhang init --units` and `taizhang staff import`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taizhang.cli.language import gettext as _
from taizhang.cli.say import Say

if TYPE_CHECKING:
    from taizhang.formats.sheet.book import Sheet
    from taizhang.org.one_time import Slip
    from taizhang.org.staff_sheet import StaffPlan
    from taizhang.org.unit_columns import SheetProblem
    from taizhang.org.unit_sheet import UnitPlan

SHOWN = 20
"""Problems of one kind listed for people; machines get all of them."""


@dataclass(frozen=True, slots=True)
class UnitRows:
    """A sheet's rows by heading from `first_row` on, with an empty one where a row is no data."""

    first_row: int
    rows: Sequence[dict[str, str]]


def rows_of(file: Path) -> UnitRows:
    """The first visible sheet with a table. Raises `SheetRefused`."""
    from taizhang.formats.sheet.book import open_book
    from taizhang.formats.sheet.tables import table_of

    with open_book(file) as book:
        return _rows(table_of(book))


def _rows(sheet: Sheet) -> UnitRows:
    from taizhang.core.field_readers import shown
    from taizhang.formats.sheet.grid import Row
    from taizhang.formats.sheet.tables import scalar

    by_number = {row.number: row.cells for row in sheet.rows() if isinstance(row, Row)}
    if not by_number:
        return UnitRows(2, [])
    labels = _distinct([column.label for column in sheet.columns])
    first, last = min(by_number), max(by_number)
    rows = [
        {label: shown(scalar(cell)) for label, cell in zip(labels, by_number.get(number, ()), strict=False)}
        for number in range(first, last + 1)
    ]
    return UnitRows(first, rows)


def _distinct(labels: list[str]) -> list[str]:
    """Headings told apart where they repeat; the first keeps its own."""
    return [
        label if label not in labels[:place] else f"{label}（{place + 1}）"
        for place, label in enumerate(labels)
    ]


@dataclass(frozen=True, slots=True)
class Founded:
    """What came of a sheet."""

    units: UnitPlan
    staff: StaffPlan
    slips: list[Slip]


def founded(given: UnitRows, say: Say, *, with_slips: bool) -> Founded:
    """Found the units of the rows below the site's root and make the accounts of the people they name."""
    from taizhang.org import staff_sheet
    from taizhang.org.agents import agent_of, operator
    from taizhang.org.sites import now, the_site
    from taizhang.org.unit_sheet import apply, plan_units

    plan = plan_units(given.rows, first_row=given.first_row)
    units = dict(zip(plan.new, apply(plan), strict=True))
    staff, at = staff_sheet.plan_staff(plan.staff), now(the_site())
    if not staff.people:
        return Founded(plan, staff, [])
    by = agent_of(operator(), on=at.date())
    with say.progress(_("正在建账号")) as step:
        slips = staff_sheet.apply(staff, units, by, at, step, with_slips=with_slips)
    return Founded(plan, staff, slips)


def facts(founded: Founded, say: Say, *, with_slips: bool) -> dict[str, Any]:
    """The same for machines; passwords only where they were asked for on the terminal."""
    from taizhang.cli.slips import facts as slip_facts

    plan, staff = founded.units, founded.staff
    people = {
        "made": len(staff.people),
        "existing": staff.existing,
        "problems": [_problem(problem, say) for problem in staff.problems],
        **({"slips": slip_facts(founded.slips)} if with_slips else {}),
    }
    return {
        "founded": len(plan.new),
        "existing": plan.existing,
        **{name: [_problem(problem, say) for problem in problems] for name, problems in _said(plan).items()},
        "ignored_columns": list(plan.ignored_columns),
        **({"people": people} if plan.staff else {}),
    }


def tell(founded: Founded, say: Say) -> None:
    """What came of it, for people."""
    plan, staff = founded.units, founded.staff
    say.line(
        _("单位：新建 {new} 个，已有 {existing} 个，未导入 {problems} 行，范围以外 {skipped} 行").format(
            new=len(plan.new), existing=plan.existing, problems=len(plan.problems), skipped=len(plan.skipped)
        )
    )
    for problems in _said(plan).values():
        _list(problems, say)
    if not plan.staff:
        return
    say.line(
        _("人员：新建账号 {new} 个，已有 {existing} 行，未导入 {problems} 行").format(
            new=len(staff.people), existing=staff.existing, problems=len(staff.problems)
        )
    )
    _list(staff.problems, say)
    if staff.people and not founded.slips:
        say.line(
            _("还没有发口令，账号暂不能登录：用 taizhang staff slips 用户名，或在网页的“人员与账号”里发。")
        )


def _list(problems: list[SheetProblem], say: Say) -> None:
    for problem in problems[:SHOWN]:
        where = _("第 {row} 行：").format(row=problem.row)
        say.line(f"  {where}{problem.column + '：' if problem.column else ''}{say.text(problem.message)}")
    if len(problems) > SHOWN:
        say.line("  " + _("……另有 {count} 行，用 --json 看全部").format(count=len(problems) - SHOWN))


def _said(plan: UnitPlan) -> dict[str, list[SheetProblem]]:
    return {"problems": plan.problems, "skipped": plan.skipped, "remarks": plan.remarks}


def _problem(problem: SheetProblem, say: Say) -> dict[str, Any]:
    return {"row": problem.row, "column": problem.column, "message": say.text(problem.message)}
