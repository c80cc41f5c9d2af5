"""A name nobody bears: which units it may mean, how sure that is, and why."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.org.matching import NamedUnit, UnitNames
from taizhang.org.suggesting import Suggested

GEO = Path(__file__).parents[3] / "shared" / "data" / "geo"
OFFICES = (
    ("住房和城乡建设局", "住建局"),
    ("发展和改革局", ""),
    ("公安局", ""),
    ("公安局交警大队", ""),
    ("应急管理局", ""),
    ("教育局", ""),
)
TOWNS = ("城关镇", "柳林镇", "城东镇", "莲花池街道", "大王庄乡", "枣林乡人民政府")


def names_of(*units: NamedUnit) -> UnitNames:
    return UnitNames({unit.unit_id: unit for unit in units})


@pytest.fixture(scope="module")
def county() -> UnitNames:
    """甲县 with its offices and towns, 乙县 with a 城关镇 and a 水务局 of its own."""
    a, b = NamedUnit(1, "甲县", code="999901"), NamedUnit(2, "乙县")
    offices = [NamedUnit(10 + n, name, short, parent_id=1) for n, (name, short) in enumerate(OFFICES)]
    towns = [NamedUnit(30 + n, name, parent_id=1, code=f"9999011{n:02}") for n, name in enumerate(TOWNS)]
    village = NamedUnit(50, "柳林村", parent_id=31)
    return names_of(
        a,
        b,
        *offices,
        *towns,
        village,
        NamedUnit(60, "乙河镇", parent_id=2),
        NamedUnit(61, "水务局", parent_id=2),
    )


def told(suggested: Suggested) -> tuple[str, str, str]:
    first = suggested.units[0]
    return suggested.band, first.label, first.why


@pytest.mark.parametrize(
    ("written", "band", "meant", "why"),
    [
        ("城关镇政府", "sure", "城关镇", "bare"),
        ("城关镇党委政府", "sure", "城关镇", "bare"),
        ("甲县城关镇人民政府", "sure", "城关镇", "bare"),
        ("县住建局", "sure", "住房和城乡建设局", "bare"),
        ("甲县住建局", "sure", "住房和城乡建设局", "bare"),
        ("柳林柳林村", "sure", "柳林村", "bare"),
        ("我县教育局", "sure", "教育局", "bare"),
        ("枣林乡", "sure", "枣林乡人民政府", "bare"),
        ("莲花池街道办事处", "sure", "莲花池街道", "bare"),
        ("城关", "sure", "城关镇", "short"),
        ("公安", "sure", "公安局", "short"),
        ("柳林", "likely", "柳林镇", "short"),
        ("程关镇", "likely", "城关镇", "sound"),
        ("chengguanzhen", "likely", "城关镇", "sound"),
        ("lianhuachi", "likely", "莲花池街道", "sound"),
        ("cgz", "likely", "城关镇", "initials"),
        ("chenguanzhen", "likely", "城关镇", "slip"),
        ("住房城乡建设局", "likely", "住房和城乡建设局", "slip"),
        ("应管急理局", "likely", "应急管理局", "slip"),
        ("大王壮乡", "likely", "大王庄乡", "sound"),
        ("柳宁镇", "likely", "柳林镇", "slip"),
        ("陈关镇", "likely", "城关镇", "slip"),
        ("大王张乡", "perhaps", "大王庄乡", "near"),
        ("发改局", "likely", "发展和改革局", "abbreviation"),
        ("城西镇", "perhaps", "城关镇", "near"),
        ("应急局", "likely", "应急管理局", "abbreviation"),
    ],
)
def test_each_way_of_writing_a_name_has_its_band_and_reason(
    county: UnitNames, written: str, band: str, meant: str, why: str
) -> None:
    assert told(county.suggester.suggest(written)) == (band, meant, why)


def test_neighbours_told_apart_by_one_character_are_never_likely(county: UnitNames) -> None:
    for written in ("城西镇", "城北镇", "小王庄乡", "李林镇"):
        assert county.suggester.suggest(written).band == "perhaps", written
    assert names_of(NamedUnit(1, "十里镇")).suggester.suggest("四里镇").band == "perhaps", (
        "many ears confuse them"
    )


def test_a_county_named_before_the_office_is_the_county_meant(county: UnitNames) -> None:
    assert told(county.suggester.suggest("乙县水务局办事处")) == ("sure", "水务局", "bare")
    assert county.suggester.suggest("乙县教育局").band == "perhaps", "甲县's bureau is not 乙县's"


def test_namesakes_are_all_given_and_none_is_sure() -> None:
    two = names_of(NamedUnit(1, "甲县"), NamedUnit(2, "乙县"), NamedUnit(3, "城关镇", parent_id=1), NamedUnit(4, "城关镇", parent_id=2))  # fmt: skip
    for written, why in (("城关镇", "namesake"), ("城关镇政府", "bare"), ("城关", "short")):
        found = two.suggester.suggest(written)
        assert (found.band, [each.label for each in found.units]) == (
            "perhaps",
            ["城关镇（甲县）", "城关镇（乙县）"],
        )
        assert {each.why for each in found.units} == {why}
    assert told(two.suggester.suggest("乙县城关镇政府")) == ("sure", "城关镇（乙县）", "bare")


def test_nothing_near_and_no_name_at_all_suggest_nothing(county: UnitNames) -> None:
    for written in ("xyz 1234", "", " ", "、", "字" * 5000):
        assert county.suggester.suggest(written) == Suggested()


def test_a_code_agrees_with_a_name_or_is_a_mere_suggestion_that_says_so(county: UnitNames) -> None:
    assert told(county.suggester.suggest("城关镇999901100")) == ("sure", "城关镇", "bare")
    assert told(county.suggester.suggest("城关镇（999901100000）")) == ("sure", "城关镇", "bare")
    alone = county.suggester.suggest("999901100")
    assert (alone.band, [(each.label, each.why) for each in alone.units]) == ("perhaps", [("城关镇", "code")])
    other = county.suggester.suggest("柳林镇 999901100")
    assert (other.band, [(each.label, each.why) for each in other.units]) == (
        "perhaps",
        [("柳林镇", "bare"), ("城关镇", "code")],
    )
    assert county.find("999901100") is None and county.find("柳林镇999901100") is None


def test_what_is_typed_finds_units_by_the_beginning_of_name_sound_or_initials(county: UnitNames) -> None:
    def found(typed: str) -> list[str]:
        return [county.label(unit) for unit in county.suggester.complete(typed)]

    assert found("cg")[0] == found("城关")[0] == found("chengg")[0] == "城关镇"
    assert found("zjj") == ["住房和城乡建设局"]
    assert found("公安") == ["公安局", "公安局交警大队"]
    assert found("交警") == ["公安局交警大队"]
    assert found("") == [] == found("程关镇")


@given(
    st.sampled_from([*(name for name, _short in OFFICES), *TOWNS[:5]]),
    st.sampled_from(["", "县", "甲县", "我县"]),
    st.sampled_from(["政府", "人民政府", "党委", "机关", "办事处"]),
)
def test_words_offices_add_never_lead_to_another_unit(
    county: UnitNames, name: str, before: str, after: str
) -> None:
    found = county.suggester.suggest(f"{before}{name}{after}")
    assert (found.band, found.units[0].label) == ("sure", name)


@given(st.text(max_size=12))
def test_any_text_is_answered_with_units_that_can_be_found_again(county: UnitNames, text: str) -> None:
    found = county.suggester.suggest(text)
    assert (found.band == "none") == (not found.units)
    assert all(county.find(each.label) == each.unit_id for each in found.units)
    assert len({each.unit_id for each in found.units}) == len(found.units)


MODOOD, XIANGYUE = GEO / "modood_lvliang_areas.csv", GEO / "xiangyuecn_lvliang_level4.csv"


@pytest.mark.skipif(
    not XIANGYUE.exists(), reason="the lists of towns in ../shared are no part of the repository"
)
def test_two_lists_of_one_prefecture_never_join_towns_by_code_alone() -> None:
    with MODOOD.open(encoding="utf-8") as file:
        ours = {row["code"]: row for row in csv.DictReader(file)}
    with XIANGYUE.open(encoding="utf-8-sig") as file:
        theirs = [row for row in csv.DictReader(file) if row["deep"] == "3"]
    names = names_of(
        *(
            NamedUnit(
                int(code),
                row["name"],
                code=code,
                parent_id=int(row["parent"]) if row["level"] == "town" else None,
            )
            for code, row in ours.items()
            if row["level"] in ("county", "town")
        )
    )
    moved, shared = [], 0
    for row in theirs:
        county = ours[row["pid"]]["name"]
        unit = names.find(f"{county}{row['ext_name']}")
        if unit is None:
            continue
        shared += 1
        written = f"{county}{row['ext_name']}{row['ext_id']}"
        assert names.find(written) is None
        found = names.suggester.suggest(written)
        assert found.units[0].unit_id == unit, written
        if not row["ext_id"].startswith(str(unit)):
            moved.append(row["ext_name"])
            taken = row["ext_id"].rstrip("0") in {code.rstrip("0") for code in ours}
            assert found.band == ("perhaps" if taken else "sure")
            assert [each.why for each in found.units[1:]] == ["code"] * taken
    assert (shared, len(moved)) == (148, 12)
