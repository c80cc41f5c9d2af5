"""Units change over time; days before a change stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taizhang.core.units import Units
from taizhang.org import refusals as r
from taizhang.org.founding import NewUnit, add_post, add_unit, add_units, found_site
from taizhang.org.models import Post, Unit, UnitName, UnitPath, UnitSuccession
from taizhang.org.reorganise import dissolve, found, merge, move, rename, split
from taizhang.org.sites import change_site, forget, the_site, today
from taizhang.org.tree import path_on, subtree, units_now
from tests.org.conftest import City

BEFORE = date(2020, 12, 31)
DAY = date(2021, 1, 1)
LATER = date(2022, 6, 1)
COMING = date(2999, 1, 1)


def test_a_moved_unit_takes_those_below_it_along_from_that_day_on(city: City) -> None:
    move(city.town_a, city.county_b, DAY)
    assert path_on(BEFORE)[city.office] == f"/{city.root}/{city.county_a}/{city.town_a}/{city.office}/"
    assert path_on(DAY)[city.office] == f"/{city.root}/{city.county_b}/{city.town_a}/{city.office}/"
    assert Unit.objects.get(id=city.town_a).parent_id == city.county_b
    assert Unit.objects.get(id=city.office).path == path_on(DAY)[city.office]
    assert city.county_b in units_now().line(city.office)
    assert city.county_a not in units_now().line(city.office)
    assert set(subtree(city.county_a)) == {city.county_a, city.bureau}
    assert set(subtree(city.county_a, BEFORE)) == {city.county_a, city.town_a, city.office, city.bureau}


def test_a_change_recorded_afterwards_lasts_until_the_next_one_known(city: City) -> None:
    move(city.office, city.county_b, LATER)
    move(city.office, city.root, DAY)
    parents = [path.rstrip("/").split("/")[-2] for path in _paths_in_order(city.office)]
    assert parents == [str(each) for each in (city.town_a, city.root, city.county_b)]


def _paths_in_order(unit: int) -> list[str]:
    rows = UnitPath.objects.filter(unit_id=unit)
    return [row.path for row in sorted(rows, key=lambda row: row.from_on or date.min)]


def test_a_move_taken_back_on_its_own_day_leaves_no_trace(city: City) -> None:
    before = path_on(BEFORE)
    move(city.town_a, city.county_b, DAY)
    move(city.town_a, city.county_a, DAY)
    assert path_on(DAY) == before
    assert UnitPath.objects.filter(unit_id=city.town_a).count() == 1
    assert Unit.objects.get(id=city.town_a).parent_id == city.county_a
    assert Unit.objects.get(id=city.office).path == before[city.office]


def test_a_coming_change_takes_effect_on_its_day_without_anybody_doing_anything(city: City) -> None:
    change_site(kind="rehearsal")
    rename(city.town_a, "新城镇", COMING, short_name="新城")
    move(city.town_a, city.county_b, COMING)
    assert units_now().name(city.town_a) == "城关镇"
    assert Unit.objects.get(id=city.town_a).parent_id == city.county_a
    change_site(now_override="2999-01-01T00:00:00+08:00")
    assert units_now().name(city.town_a) == "新城镇"
    now = Unit.objects.get(id=city.town_a)
    assert (now.parent_id, now.short_name) == (city.county_b, "新城")
    assert now.sort_key < Unit.objects.get(id=city.county_b).sort_key


def test_names_are_dated(city: City) -> None:
    rename(city.county_a, "甲市", LATER)
    rename(city.county_a, "甲区", DAY)
    rows = UnitName.objects.filter(unit_id=city.county_a).order_by("id")
    spans = {(row.name, row.from_on, row.to_on) for row in rows}
    assert spans == {("甲县", None, DAY), ("甲区", DAY, LATER), ("甲市", LATER, None)}
    assert Unit.objects.get(id=city.county_a).name == "甲市"


def test_a_merger_names_who_took_whose_place_and_keeps_old_figures(city: City) -> None:
    desk = add_post(city.town_a, "书记", ["handle"])
    done = merge([city.town_a, city.town_b], NewUnit("新城镇", city.county_b), DAY)
    (new,) = done.successors[city.town_a]
    assert done.dissolved == (city.town_a, city.town_b)
    assert done.successors[city.town_b] == (new,)
    assert path_on(BEFORE).keys() - path_on(DAY).keys() == {city.town_a, city.town_b}
    assert path_on(DAY)[city.office] == f"/{city.root}/{city.county_b}/{new}/{city.office}/"
    units = units_now()
    assert city.town_a in units.line(new)
    assert units.exists_on(city.town_a, BEFORE)
    assert not units.exists_on(city.town_a, DAY)
    assert {city.town_a, city.town_b, city.office} < set(subtree(city.county_b))
    assert Post.objects.get(id=desk.id).to_on == DAY


def test_a_unit_and_one_below_it_may_merge_into_a_third_on_one_day(city: City) -> None:
    done = merge([city.town_a, city.office], city.town_b, DAY)
    assert set(done.dissolved) == {city.town_a, city.office}
    assert subtree(city.town_b, DAY) == [city.town_b]


def test_a_split_dissolves_the_unit_unless_it_is_one_of_the_parts(city: City) -> None:
    kept = split(city.county_b, [city.county_b, NewUnit("乙县开发区", city.root)], DAY)
    zone = kept.successors[city.county_b][1]
    assert kept.dissolved == ()
    assert city.county_b in units_now().line(zone)
    assert city.county_b not in subtree(zone), "a unit that lives on is not below the part split off"
    gone = split(city.town_b, [NewUnit("东镇", city.county_b), NewUnit("西镇", city.county_b)], DAY)
    assert gone.dissolved == (city.town_b,)
    assert [units_now().name(each) for each in gone.successors[city.town_b]] == ["东镇", "西镇"]
    assert city.town_b in subtree(gone.successors[city.town_b][0])


def test_a_coming_merger_leaves_today_alone(city: City) -> None:
    merge([city.town_b], city.county_b, COMING)
    assert units_now().exists_on(city.town_b, LATER)
    assert units_now().spans[city.town_b].successor_ids == ()
    assert city.town_b not in subtree(city.town_a)


Act = Callable[[City], object]


@pytest.mark.parametrize(
    ("refused", "act"),
    [
        (r.BelowItself, lambda c: move(c.county_a, c.office, DAY)),
        (r.BelowItself, lambda c: move(c.county_a, c.county_a, DAY)),
        (r.NothingChanges, lambda c: move(c.town_a, c.county_a, DAY)),
        (r.NothingChanges, lambda c: rename(c.town_a, "城关镇", DAY)),
        (r.NameMissing, lambda c: rename(c.town_a, "　 ", DAY)),
        (r.ChildrenRemain, lambda c: dissolve(c.town_a, DAY)),
        (r.ChildrenRemain, lambda c: split(c.county_b, [c.county_a], DAY)),
        (r.NothingGiven, lambda c: split(c.town_b, [c.town_b], DAY)),
        (r.NothingGiven, lambda c: merge([], c.town_b, DAY)),
        (r.IntoItself, lambda c: merge([c.town_b], c.town_b, DAY)),
        (r.BelowItself, lambda c: merge([c.town_a], c.office, DAY)),
        (r.NoSuchUnit, lambda c: move(c.town_a, 10**9, DAY)),
        (r.NoSuchUnit, lambda c: dissolve(10**9, DAY)),
        (r.NoSuchUnit, lambda c: add_unit("无根", 10**9)),
        (r.NameMissing, lambda c: add_unit("  ", c.root)),
    ],
)
def test_nonsense_is_refused_in_both_languages_and_changes_nothing(
    city: City, refused: type[r.OrgRefused], act: Act
) -> None:
    before = (path_on(BEFORE), path_on(COMING), UnitSuccession.objects.count(), Unit.objects.count())
    with pytest.raises(refused) as answer, transaction.atomic():
        act(city)
    assert answer.value.code == refused.__name__
    assert "{" not in f"{answer.value.message.zh}{answer.value.message.en}"
    assert answer.value.message.en != answer.value.message.zh
    assert before == (path_on(BEFORE), path_on(COMING), UnitSuccession.objects.count(), Unit.objects.count())


def test_days_outside_a_units_life_are_refused(city: City) -> None:
    young = found(NewUnit("新区", city.root), DAY).id
    for act in (
        lambda: rename(young, "老区", BEFORE),
        lambda: move(young, city.county_a, BEFORE),
        lambda: move(city.town_a, young, BEFORE),
        lambda: found(NewUnit("街道", young), BEFORE),
        lambda: merge([city.town_b], young, BEFORE),
        lambda: dissolve(young, BEFORE),
        lambda: dissolve(young, DAY),
    ):
        with pytest.raises((r.NotThereThen, r.ParentNotThere, r.FoundedThatDay)), transaction.atomic():
            act()
    dissolve(young, LATER)
    for act in (
        lambda: dissolve(young, LATER),
        lambda: move(city.town_a, young, DAY),
        lambda: rename(young, "老区", LATER),
    ):
        with pytest.raises((r.NotThereThen, r.ParentNotThere, r.AlreadyDissolved)), transaction.atomic():
            act()


def test_a_unit_cannot_end_before_what_is_recorded_of_it_later(city: City) -> None:
    rename(city.office, "应急站", LATER)
    move(city.town_b, city.county_a, LATER)
    merge([city.bureau], city.county_a, LATER)
    for unit in (city.office, city.town_b, city.county_a):
        with pytest.raises((r.LaterFactStands, r.ChildrenRemain)), transaction.atomic():
            dissolve(unit, DAY)


def test_a_new_unit_without_a_day_exists_as_long_as_its_parent(city: City) -> None:
    young = found(NewUnit("新区", city.root), DAY).id
    assert add_unit("新街道", young).from_on == DAY
    assert add_unit("老街道", city.root).from_on is None


# One step: which operation, on which units (by their rank among those there are), on which day.
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["move", "move", "move", "found", "rename", "merge", "split", "dissolve"]),
        st.integers(0, 11),
        st.integers(0, 11),
        st.integers(1, 40),
    ),
    min_size=2,
    max_size=10,
)
_FIRST = date(2024, 1, 1)
_DAYS = [_FIRST + timedelta(days=n) for n in range(42)]


def _take(step: tuple[str, int, int, int]) -> None:
    kind, one, other, offset = step
    ids = list(Unit.objects.order_by("id").values_list("id", flat=True))
    unit, second, day = ids[one % len(ids)], ids[other % len(ids)], _DAYS[offset]
    acts: dict[str, Callable[[], object]] = {
        "found": lambda: found(NewUnit(f"新{len(ids)}", unit), day),
        "rename": lambda: rename(unit, f"改{len(ids)}{offset}", day),
        "move": lambda: move(unit, second, day),
        "merge": lambda: merge([unit], second, day),
        "split": lambda: split(unit, [second, NewUnit(f"分{len(ids)}", ids[0])], day),
        "dissolve": lambda: dissolve(unit, day),
    }
    acts[kind]()


def _past(until: date) -> set[tuple[int, str, date, date]]:
    """Every name and path before the day."""
    facts = [
        *UnitPath.objects.values_list("unit_id", "path", "from_on", "to_on"),
        *UnitName.objects.values_list("unit_id", "name", "from_on", "to_on"),
    ]
    spans = {(unit, what, begin or date.min, min(end or until, until)) for unit, what, begin, end in facts}
    return {span for span in spans if span[2] < until}


def _names_on(day: date) -> dict[int, str]:
    found: dict[int, str] = {}
    for row in UnitName.objects.all():
        if (row.from_on or date.min) <= day < (row.to_on or date.max):
            assert row.unit_id not in found, "one name a day"
            found[row.unit_id] = row.name
    return found


def _assert_sound() -> None:
    for unit in Unit.objects.all():
        rows = sorted(UnitPath.objects.filter(unit=unit), key=lambda row: row.from_on or date.min)
        assert (rows[0].from_on, rows[-1].to_on) == (unit.from_on, unit.to_on)
        assert all(before.to_on == after.from_on for before, after in pairwise(rows)), "no gap, no overlap"
    for day in (date.min, *_DAYS):
        paths = path_on(day)
        assert _names_on(day).keys() == paths.keys()
        for unit_id, path in paths.items():
            line = [int(each) for each in path.strip("/").split("/")]
            assert line[-1] == unit_id
            assert len(set(line)) == len(line)
            assert len(line) == 1 or paths[line[-2]] == path.removesuffix(f"{unit_id}/")


def _assert_today_agrees(units: Units) -> None:
    day = today(the_site())
    for unit_id, path in path_on(day).items():
        assert Unit.objects.get(id=unit_id).path == path
        above = {int(each) for each in path.strip("/").split("/")}
        assert above <= units.line(unit_id)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS, offset=st.integers(0, 41))
def test_whatever_is_reorganised_each_day_has_one_tree_and_earlier_days_never_change(
    db: None, steps: list[tuple[str, int, int, int]], offset: int
) -> None:
    with transaction.atomic():
        _small_city()
        change_site(kind="rehearsal", now_override=f"{_DAYS[offset]}T09:00:00+08:00")
        for step in steps:
            past = _past(_DAYS[step[3]])
            try:
                with transaction.atomic():
                    _take(step)
            except r.OrgRefused:
                pass
            assert _past(_DAYS[step[3]]) == past
        _assert_sound()
        _assert_today_agrees(units_now())
        transaction.set_rollback(True)
    forget()


def _small_city() -> None:
    found_site("明州市")
    root = Unit.objects.get().id
    a, b = NewUnit("甲县", root), NewUnit("乙县", root)
    add_units([a, b, NewUnit("东镇", a), NewUnit("西镇", a), NewUnit("南镇", b)])
