"""Columns about persons that no sheet brings in unless an administrator says why, and identity numbers in other cells.

A column is known by its header, or by what stands in its first cells. Taken with a reason, it goes into a sealed
field and nowhere else; what is not taken leaves no trace in report, event or table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from taizhang.core.actor import Actor
from taizhang.core.parsed import Remark
from taizhang.core.wording import Label
from taizhang.formats.sheet.book import Sheet
from taizhang.formats.sheet.cells import Cell
from taizhang.formats.sheet.grid import Column
from taizhang.ledger.importing.refusals import MayNotTakePersonal, ReasonTooShort
from taizhang.ledger.opening import LEAST_REASON

_IDENTITY = Label("证件号码", "identity numbers")
_OF_ANYBODY: tuple[tuple[Label, re.Pattern[str]], ...] = (
    (
        _IDENTITY,
        re.compile(
            r"身份证(?!明)|证件号|证件编号|护照号|identity (?:card|no|number)|\bid (?:card|no|number)|passport"
        ),
    ),
    (
        Label("住址", "home addresses"),
        re.compile(
            r"住址|家庭地址|居住地|户籍地|户口所在|住所地|home address|residential address|place of residence"
        ),
    ),
    (
        Label("行踪轨迹", "movements of persons"),
        re.compile(r"轨迹|行踪|活动路线|去过的地方|movements|whereabouts|location history"),
    ),
)
_OF_NAMED: tuple[tuple[Label, re.Pattern[str]], ...] = (
    (
        Label("具名人员或家庭的收入", "incomes of named persons"),
        re.compile(r"收入|工资|薪酬|低保金|存款|income|salary|wages?\b"),
    ),
    (
        Label("具名人员或家庭的病情", "illnesses of named persons"),
        re.compile(r"病情|病史|病种|患病|疾病|诊断|健康状况|残疾|illness|disease|diagnosis|disabilit"),
    ),
)
KINDS: tuple[Label, ...] = tuple(label for label, _words in (*_OF_ANYBODY, *_OF_NAMED))
"""What is never taken by itself, in words."""
_NAMES_PERSONS = re.compile(
    r"姓名|户主|户名|家庭成员|householder|\bname of (?:the )?(?:person|resident)|^name$"
)

_NUMBER = re.compile(r"(?<!\d)\d{6}[\s-]?\d{8}[\s-]?\d{3}[\dXxＸｘ](?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
LEFT_UNSAID = "〔证件号码，未登记〕"
_UNSAID = Remark(
    "identity_number",
    Label(
        "这一格里有证件号码，号码没有登记，其余照登；确需登记的，请放进密封字段",
        "this cell held an identity number, which was not taken; the rest was. Use a sealed field if it is needed",
    ),
)


def personal_columns(sheet: Sheet) -> dict[int, Label]:
    """The columns of a sheet that need a reason, by their index, with what stands in them."""
    names_persons = any(_NAMES_PERSONS.search(_plain(column)) for column in sheet.columns)
    kinds = (*_OF_ANYBODY, *_OF_NAMED) if names_persons else _OF_ANYBODY
    found = {}
    for column in sheet.columns:
        why = next((why for why, words in kinds if words.search(_plain(column))), None)
        if why is None and _holds_numbers(row[column.index] for row in sheet.first_cells()):
            why = _IDENTITY
        if why is not None:
            found[column.index] = why
    return found


def check_reasons(reasons: Mapping[str, str], actor: Actor) -> None:
    """Only an administrator may say why, and must say something. Raises MayNotTakePersonal, ReasonTooShort."""
    if not reasons:
        return
    if not all("administer" in agent.duties for agent in (actor.acting, actor.typing)):
        raise MayNotTakePersonal(
            Label(
                "证件号码、住址等列须由有“管理”职责的人写明理由才能导入",
                "columns of identity numbers, addresses and the like are taken for a reason given by an administrator",
            )
        )
    for column, reason in reasons.items():
        if len(reason.strip()) < LEAST_REASON:
            raise ReasonTooShort(
                Label(
                    f"请写明导入“{column}”列的理由（不少于 {LEAST_REASON} 个字），理由会留档",
                    f"say why column `{column}` is taken, in at least {LEAST_REASON} characters; it is kept on record",
                )
            )


def without_numbers(text: str) -> str:
    """The text with every identity number in it replaced by words."""
    return _NUMBER.sub(lambda found: LEFT_UNSAID if _is_valid(found[0]) else found[0], text)


def without_numbers_in(cell: Cell) -> tuple[Cell, tuple[Remark, ...]]:
    """A cell as it may be read, and the remark that there was a number in it."""
    if not isinstance(cell, str) or len(cell) < len(_WEIGHTS) + 1:
        return cell, ()
    text = without_numbers(cell)
    return (cell, ()) if text == cell else (text, (_UNSAID,))


def _plain(column: Column) -> str:
    return "".join(column.label.casefold().split("\n"))


def _holds_numbers(cells: Iterable[Cell]) -> bool:
    """Whether at least half of what stands there are identity numbers and nothing else."""
    filled = [str(cell) for cell in cells if cell is not None]
    numbers = sum(bool((found := _NUMBER.fullmatch(text)) and _is_valid(found[0])) for text in filled)
    return numbers > 0 and 2 * numbers >= len(filled)


def _is_valid(number: str) -> bool:
    """Eighteen digits with a day of birth and the right check digit (GB 11643)."""
    digits = [char for char in number if char not in " -" and not char.isspace()]
    values = [int(char) for char in digits[:17]]
    year, month, day = (int("".join(digits[a:b])) for a, b in ((6, 10), (10, 12), (12, 14)))
    try:
        date(year, month, day)
    except ValueError:
        return False
    check = _CHECKS[sum(w * v for w, v in zip(_WEIGHTS, values, strict=True)) % 11]
    last = digits[17]
    said = str(int(last)) if last.isdigit() else "X"
    return 1850 <= year <= 2100 and check == said
