"""A small city to reorganise."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from taizhang.org.founding import NewUnit, add_units, found_site
from taizhang.org.models import Site, Unit


@dataclass(frozen=True)
class City:
    """Site 明州市 with two counties; each has a 城关镇, county A an office below its town."""

    site: Site
    root: int
    county_a: int
    county_b: int
    town_a: int
    town_b: int
    office: int
    bureau: int


@pytest.fixture
def city(db: None) -> City:
    site = found_site("明州市")
    root = Unit.objects.get().id
    a = NewUnit("甲县", root, code="999921")
    b = NewUnit("乙县", root, code="999922")
    town_a = NewUnit("城关镇", a)
    town_b = NewUnit("城关镇", b)
    office = NewUnit("应急办公室", town_a)
    bureau = NewUnit("住房和城乡建设局", a, short_name="住建局", aliases=("县住建局",))
    ids = [unit.id for unit in add_units([a, b, town_a, town_b, office, bureau])]
    return City(site, root, *ids)
