"""400 spellings of 150 units: what a band accepts with one click is right, every single time."""

from __future__ import annotations

from collections import Counter

import pytest

from taizhang.org.matching import NamedUnit, UnitNames
from tests.spelled import COUNTY, MANY, NO_UNIT, County

SEEDS = range(12)


def names_of(county: County, extra: int = 0) -> UnitNames:
    numbers = {name: n for n, name in enumerate(county.units, 1)}
    units = {n: NamedUnit(n, name, parent_id=numbers.get(county.units[name])) for name, n in numbers.items()}
    return UnitNames(units)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_sure_or_likely_is_never_another_unit(seed: int) -> None:
    county = County(seed)
    names = names_of(county)
    wrong, bands = [], Counter[str]()
    for written, meant in county.meant.items():
        if written in MANY:
            continue
        found = names.suggester.suggest(written)
        bands[found.band] += 1
        if found.band in ("sure", "likely") and found.units[0].label != meant:
            wrong.append((written, meant, found.units[0].label, found.units[0].why))
    assert len(county.meant) == 400 and len(county.units) == 150
    assert wrong == []
    assert bands["sure"] + bands["likely"] > 320, bands
    assert all(names.suggester.suggest(text).band in ("perhaps", "none") for text in NO_UNIT)
    assert names.find(COUNTY) == 1
