"""The picture of the tree: who stands below whom."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from taizhang.core.units import Units, UnitSpan

DAY = date(2026, 1, 1)
ENDS = st.sampled_from([None, DAY - timedelta(1), DAY, DAY + timedelta(1)])


@st.composite
def trees(draw: st.DrawFn) -> Units:
    """Up to a dozen units; parents and successors have smaller numbers, so that nothing runs in a circle."""
    spans = {}
    for unit in range(1, draw(st.integers(2, 12))):
        others = st.integers(1, unit - 1) if unit > 1 else st.nothing()
        parent = draw(st.none() | others) if unit > 1 else None
        successors = draw(st.lists(others, max_size=2, unique=True)) if unit > 1 else []
        spans[unit] = UnitSpan(unit, f"u{unit}", parent, None, draw(ENDS), tuple(successors))
    return Units(spans, DAY)


def is_below(units: Units, unit: int, top: int) -> bool:
    """Written apart from `below`: upwards, by parents, and by successors once the unit is gone."""
    span = units.spans[unit]
    gone = span.to_on is not None and span.to_on <= DAY
    ways = [*([span.parent_id] if span.parent_id is not None else []), *(span.successor_ids if gone else ())]
    return unit == top or any(is_below(units, way, top) for way in ways)


@given(trees())
def test_below_a_unit_is_what_leads_up_to_it_by_parents_and_by_successors_of_the_dissolved(
    units: Units,
) -> None:
    for top in units.spans:
        assert units.below([top]) == {unit for unit in units.spans if is_below(units, unit, top)}
