"""The lines of a board, and what all of them come to."""

from __future__ import annotations

from collections import Counter
from datetime import date

from taizhang.core.units import Units, UnitSpan
from taizhang.ledger import boards

DAY = date(2026, 7, 1)
CITY, EAST, WEST, SPLIT, DISSOLVED = 1, 2, 3, 4, 5
UNITS = Units(
    {
        CITY: UnitSpan(CITY, "市", None),
        EAST: UnitSpan(EAST, "东区", CITY),
        WEST: UnitSpan(WEST, "西区", CITY),
        SPLIT: UnitSpan(SPLIT, "老区", CITY, to_on=date(2026, 6, 1), successor_ids=(EAST, WEST)),
        DISSOLVED: UnitSpan(DISSOLVED, "指挥部", CITY, to_on=date(2026, 6, 1)),
    }
)
COUNTED = {unit: Counter(open=unit) for unit in UNITS.spans}


def test_what_a_split_unit_left_is_in_the_line_of_each_successor_and_once_in_all_together() -> None:
    lines = list(boards.below(CITY, COUNTED, UNITS, DAY))
    assert [line.stages["open"] for line in lines] == [EAST + SPLIT, WEST + SPLIT, CITY + DISSOLVED]
    assert boards.together(lines, COUNTED)["open"] == CITY + EAST + WEST + SPLIT + DISSOLVED


def test_what_nobody_answers_for_is_in_all_together_where_it_is_a_line() -> None:
    counted = {**COUNTED, boards.NOBODY: Counter(open=100)}
    lines = [*boards.below(CITY, counted, UNITS, DAY), boards.of_nobody(counted)]
    assert boards.together(lines, counted)["open"] == 100 + sum(UNITS.spans)
    assert boards.together(lines[:-1], counted)["open"] == sum(UNITS.spans)
