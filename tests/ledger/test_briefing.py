"""The day's report: numbers that equal a recount, each opening exactly its rows, for whoever asks."""

from __future__ import annotations

import re
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from taizhang.cli import briefing as door
from taizhang.cli.columns import table, width
from taizhang.cli.command import Refused
from taizhang.cli.say import Say
from taizhang.core import commands as c
from taizhang.core.actor import Actor, Agent
from taizhang.core.playbook import CLAIMED_STAGE
from taizhang.core.values import Part, Source
from taizhang.ledger import cells, figures, ledgers
from taizhang.ledger.briefing import AsOfTheFuture, Report, brief, week_of
from taizhang.ledger.figures import Filter, LedgerUnknown, Period, rows_of
from taizhang.ledger.handle import handle
from taizhang.ledger.identity import new_id
from taizhang.ledger.visibility import scope_of
from taizhang.ledger.work import work_once
from taizhang.org.sites import change_site
from tests.ledger.office import BY_PHONE, Office, done
from tests.ledger.short_fold import folded

MONDAY = date(2026, 3, 2)
OPEN = {"new", "assigned", "working", "done", "verified"}


def report(office: Office, agent: Agent | None = None, as_of: date | None = None) -> Report:
    ledger = ledgers.by_id(office.ledger_id)
    assert ledger is not None
    return brief(ledger, agent or everywhere(office), as_of or office.today)


def everywhere(office: Office) -> Agent:
    """Sees the whole city from a unit no accusation of these tests names."""
    return office.agent("领导己", office.checking, "inspect", scope=office.city)


def on(office: Office, day: date) -> None:
    office.at(datetime.combine(day, datetime.min.time(), office.site.zone).replace(hour=10))


def numbers(told: Any) -> Iterator[tuple[int, Filter]]:
    """Every number in a report's JSON with its filter."""
    if isinstance(told, dict):
        if told.keys() == {"value", "filter"}:
            yield told["value"], Filter.read(told["filter"])
        else:
            for inner in told.values():
                yield from numbers(inner)
    elif isinstance(told, list):
        for inner in told:
            yield from numbers(inner)


def values(told: Report) -> dict[str, int]:
    return {key: figure.value for key, figure in told.totals.items()}


def board(told: Report) -> dict[tuple[int, str], int]:
    return {
        (row.unit_id, stage): figure.value
        for row in told.units
        for stage, figure in row.stages.items()
        if figure.value
    }


@pytest.fixture
def fortnight(office: Office) -> Office:
    """Two weeks with something of everything; today is the second Friday."""
    on(office, MONDAY)
    handle([_claimed(office, n) for n in range(3)], office.clerk)
    first = [office.registered(f"问题{n}") for n in range(6)]
    on(office, MONDAY + timedelta(days=1))
    for n, entry_id in enumerate(first[:5]):
        office.assign(entry_id, office.town if n % 2 else office.other_town)
    on(office, MONDAY + timedelta(days=3))
    _returned(office, first[0])
    office.reported_done(first[1])
    on(office, MONDAY + timedelta(days=7))
    done(handle([c.FailVerification(entry_id=first[1], reason="没有修好")], office.checker))
    office.closed(office.assigned("当日办结"))
    _split(office, first[2])
    _typed(office, first[3])
    on(office, MONDAY + timedelta(days=11))
    transfer = c.TransferEntry(entry_id=first[4], lead_unit=office.section, reason="属环保站")
    done(handle([transfer], office.desk))
    done(handle([c.VoidEntry(entry_id=first[5], reason="重复")], office.desk))
    done(handle([c.SetFlag(entry_id=office.assigned("反映城关镇"), flag="carried")], office.desk))
    return office


def _claimed(office: Office, n: int) -> c.RegisterEntry:
    return office.registration(
        f"旧表{n}", closure_claimed="已销号", lead_unit=office.town, source=Source("sheet", "旧表.xlsx")
    )


def _returned(office: Office, entry_id: UUID) -> None:
    back = c.ReturnEntry(entry_id=entry_id, reason="不属本镇")
    done(handle([back], office.everything_at(office.other_town)))


def _split(office: Office, entry_id: UUID) -> None:
    parts = tuple(Part(new_id(), f"之{n}") for n in "一二")
    done(handle([c.SplitEntry(entry_id=entry_id, parts=parts, reason="两个单位")], office.desk))


def _typed(office: Office, entry_id: UUID) -> None:
    actor = Actor(office.everything_at(office.town).acting, office.clerk.acting)
    done(handle([c.AcceptEntry(entry_id=entry_id, source=BY_PHONE)], actor))


def days() -> list[date]:
    return [MONDAY + timedelta(days=n) for n in (0, 1, 2, 3, 6, 7, 10, 11)]


def recount(day: date) -> Counter[tuple[str, int]]:
    """Stage and unit of every entry at the end of a day, from the events' JSON alone."""
    found: Counter[tuple[str, int]] = Counter()
    for so_far in folded().values():
        for stay in so_far.stays:
            stage, unit, since, until = stay[0], stay[1], stay[5], stay[7]
            if since <= day and (until is None or until > day):
                found[stage, unit or 0] += 1
    return found


@pytest.mark.parametrize("day", days())
@pytest.mark.parametrize("packed", [False, True])
def test_figures_equal_a_recount_of_the_events(fortnight: Office, day: date, packed: bool) -> None:
    if packed:
        cells.pack(fortnight.site.id)
        cells.snapshot(fortnight.site.id, fortnight.today)
    told, counted = report(fortnight, as_of=day), recount(day)
    assert told.total.value == counted.total()
    for stage, figure in told.stages.items():
        assert figure.value == sum(n for (at, _), n in counted.items() if at == stage), stage
    assert told.totals["on_ledger"].value == sum(n for (at, _), n in counted.items() if at in OPEN)
    assert told.totals["claimed"].value == sum(n for (at, _), n in counted.items() if at == CLAIMED_STAGE)


def movements(first: date, last: date, way: str) -> Counter[str]:
    """How often each stage was entered or left, from the events' JSON alone."""
    found: Counter[str] = Counter()
    for so_far in folded().values():
        stages = [("", date.min), *((stay[0], stay[5]) for stay in so_far.stays)]
        for (before, _), (after, day) in pairwise(stages):
            if before != after and first <= day <= last:
                found[after if way == "entered" else before] += 1
    return found


@pytest.mark.parametrize("way", ["entered", "left"])
@pytest.mark.parametrize("accusing", [False, True])
def test_movements_equal_a_recount_and_open_their_rows(
    fortnight: Office, way: figures.Way, accusing: bool
) -> None:
    if accusing:
        entry_id = accused(fortnight)
        transfer = c.TransferEntry(entry_id=entry_id, lead_unit=fortnight.other_town, reason="同一环节")
        done(handle([transfer], fortnight.desk))
    ledger = ledgers.by_id(fortnight.ledger_id)
    assert ledger is not None
    for first, last in ((MONDAY, fortnight.today), (fortnight.today, fortnight.today)):
        view = figures.view_of(ledger, scope_of(everywhere(fortnight)), last)
        told, counted = figures.flows(view, Period(first, last), way), movements(first, last, way)
        for stage in [*(stage.key for stage in fortnight.playbook.stages), CLAIMED_STAGE]:
            wanted = Filter("sample", last, (stage,), way=way, period=Period(first, last))
            value = sum(n for (at, _), n in told.items() if at == stage)
            assert value == counted[stage] == len(rows_of(wanted, everywhere(fortnight))), stage


def test_what_came_and_went_is_counted_by_day_and_week(fortnight: Office) -> None:
    second_monday = values(report(fortnight, as_of=MONDAY + timedelta(days=7)))
    assert second_monday["entered_today"] == 3  # one done the same day, and two parts
    assert second_monday["struck_today"] == 1
    friday = values(report(fortnight))
    assert (friday["entered_today"], friday["entered_week"]) == (1, 4)
    assert (friday["struck_today"], friday["struck_week"], friday["struck_off"]) == (0, 1, 1)
    first_week = values(report(fortnight, as_of=MONDAY + timedelta(days=6)))
    assert (first_week["entered_week"], first_week["struck_off"], first_week["claimed"]) == (6, 0, 3)


def test_coming_back_to_the_first_stage_is_no_new_entry(fortnight: Office) -> None:
    told = report(fortnight, as_of=MONDAY + timedelta(days=3))
    assert told.totals["entered_today"].value == 0
    assert board(told)[0, "new"] == 2


def test_what_was_typed_for_another_counts_from_the_day_it_was_for(fortnight: Office) -> None:
    assert values(report(fortnight))["typed_for_others"] == 1
    assert values(report(fortnight, as_of=MONDAY + timedelta(days=6)))["typed_for_others"] == 0


def test_an_entry_is_overdue_from_the_day_after_and_not_once_it_is_reported_done(office: Office) -> None:
    on(office, MONDAY)
    entry_id = office.assigned()
    due = MONDAY + timedelta(days=10)
    on(office, due + timedelta(days=3))
    office.reported_done(entry_id)
    late = {n: values(report(office, as_of=due + timedelta(days=n)))["overdue"] for n in (0, 1, 2, 3)}
    assert late == {0: 0, 1: 1, 2: 1, 3: 0}


def test_the_week_begins_when_the_sites_does(office: Office) -> None:
    sunday = MONDAY + timedelta(days=6)
    assert week_of(office.site, sunday).first == MONDAY
    assert week_of(change_site(week_start=7), sunday).first == sunday
    assert week_of(office.site, MONDAY).first == MONDAY - timedelta(days=1)


def askers(office: Office) -> dict[str, Agent]:
    return {
        "city": everywhere(office),
        "operator": office.operator.acting,
        "county": office.agent("县员辛", office.county, "inspect"),
        "town": office.worker.acting,
        "other": office.agent("乙县员壬", office.other_town, "handle"),
        "nobody": Agent(office.people["领导己"]),
    }


@pytest.mark.parametrize("who", ["city", "operator", "county", "town", "other", "nobody"])
@pytest.mark.parametrize("day", days())
def test_every_number_opens_exactly_its_rows(fortnight: Office, who: str, day: date) -> None:
    accused(fortnight)
    agent = askers(fortnight)[who]
    told = list(numbers(report(fortnight, agent, day).plain()))
    assert len(told) >= 19
    for value, wanted in told:
        assert len(rows_of(wanted, agent)) == value, wanted
    has_some = who != "nobody" and (who, day) != ("other", MONDAY)
    assert any(value for value, _ in told) == has_some


def test_the_past_of_a_unit_does_not_grow_by_what_it_is_given_later(fortnight: Office) -> None:
    town = fortnight.worker.acting
    before = told_to(fortnight, town, MONDAY)
    fortnight.assigned("今天才交办", unit=fortnight.town)
    [returned] = [
        row for row in rows_of(Filter("sample", MONDAY), everywhere(fortnight)) if row.title == "问题0"
    ]
    fortnight.assign(returned.entry_id, fortnight.town)
    assert told_to(fortnight, town, MONDAY) == before


@pytest.mark.parametrize("who", ["city", "county", "town", "nobody"])
def test_rows_and_columns_add_up(fortnight: Office, who: str) -> None:
    accused(fortnight)
    told = report(fortnight, askers(fortnight)[who])
    for stage, figure in told.stages.items():
        assert figure.value == sum(row.stages[stage].value for row in told.units)
    for row in told.units:
        assert row.total.value == sum(figure.value for figure in row.stages.values())
    for key, figure in told.totals.items():
        assert figure.value == sum(row.figures[key].value for row in told.units), key
    assert told.total.value == sum(figure.value for figure in told.stages.values())


def accused(office: Office) -> UUID:
    """An accusation naming 城关镇, led by 乙县 since before it was flagged."""
    entry_id = office.assigned("反映城关镇干部", unit=office.other_county)
    flag = c.SetFlag(entry_id=entry_id, flag="accusation", named_units=(office.town,))
    done(handle([flag], office.desk))
    return entry_id


def told_to(office: Office, agent: Agent, day: date) -> dict[str, Any]:
    return report(office, agent, day).plain()


def test_an_accusation_is_in_no_figure_of_the_unit_it_names(fortnight: Office) -> None:
    named = [
        fortnight.worker.acting,
        fortnight.agent("站员庚", fortnight.section, "handle"),
        fortnight.agent("办理员丙", fortnight.town, "inspect", scope=fortnight.city),
    ]
    before = [told_to(fortnight, agent, day) for agent in named for day in days()]
    city, other = values(report(fortnight)), fortnight.agent("乙县员壬", fortnight.other_county, "handle")
    others = values(report(fortnight, other))
    entry_id = accused(fortnight)
    assert [told_to(fortnight, agent, day) for agent in named for day in days()] == before
    assert values(report(fortnight))["on_ledger"] == city["on_ledger"] + 1
    assert values(report(fortnight, other))["on_ledger"] == others["on_ledger"] + 1
    everything = Filter("sample", fortnight.today)
    assert entry_id in {row.entry_id for row in rows_of(everything, everywhere(fortnight))}
    for agent in named:
        assert entry_id not in {row.entry_id for row in rows_of(everything, agent)}


def test_a_moved_accusation_opens_nothing_to_the_named_on_any_past_day(office: Office) -> None:
    on(office, MONDAY)
    entry_id = office.assigned("普通问题", unit=office.town)
    on(office, MONDAY + timedelta(days=1))
    transfer = c.TransferEntry(entry_id=entry_id, lead_unit=office.other_county, reason="回避")
    flag = c.SetFlag(entry_id=entry_id, flag="accusation", named_units=(office.town,))
    done(handle([transfer, flag], office.desk))
    wanted = Filter("sample", MONDAY, units=(office.town,))
    assert rows_of(wanted, office.worker.acting) == []
    assert report(office, office.worker.acting, MONDAY).total.value == 0
    assert [row.entry_id for row in rows_of(wanted, everywhere(office))] == [entry_id]


def test_what_a_unit_gave_away_stays_in_its_past_without_its_title(fortnight: Office) -> None:
    wanted = Filter("sample", MONDAY + timedelta(days=1), units=(fortnight.other_town,))
    rows = rows_of(wanted, fortnight.agent("乙县员壬", fortnight.other_town, "handle"))
    assert len(rows) == 3
    assert sum(not row.title for row in rows) == 2  # one was returned, one transferred


def test_a_row_of_the_table_is_a_unit_with_all_below_it(fortnight: Office) -> None:
    told = report(fortnight)
    assert [str(row.name) for row in told.units] == ["甲县", "乙县", "尚无承办单位"]
    county = next(row for row in told.units if row.unit_id == fortnight.county)
    assert set(county.total.filter.units or ()) == {fortnight.town, fortnight.section}
    inside = report(fortnight, fortnight.agent("县员辛", fortnight.county, "inspect"))
    assert "城关镇" in [str(row.name) for row in inside.units]
    assert inside.scope == ("甲县",)


def test_a_filter_is_read_back_as_it_was_written(fortnight: Office) -> None:
    told = report(fortnight)
    for figure in (*told.totals.values(), *(figure for _, figure in told.metrics), told.units[0].total):
        assert Filter.read(figure.filter.plain()) == figure.filter


def test_a_filter_on_an_unknown_ledger_is_refused(office: Office) -> None:
    with pytest.raises(LedgerUnknown):
        rows_of(Filter("没有这本", MONDAY), everywhere(office))


def test_nothing_is_as_of_a_day_that_has_not_come(office: Office) -> None:
    with pytest.raises(AsOfTheFuture):
        report(office, as_of=office.today + timedelta(days=1))


def test_figures_do_not_change_when_cells_are_packed(fortnight: Office) -> None:
    before = report(fortnight).plain()
    assert work_once(fortnight.site)
    assert report(fortnight).plain() == before


def spoken(capsys: pytest.CaptureFixture[str], say: Say, **given: Any) -> str:
    args = Namespace(**{"ledger": "sample", "as_of": None, "person": None, **given})
    assert door.COMMAND.run(args, say) == 0
    return capsys.readouterr().out


def test_the_terminal_tells_it_in_straight_columns(
    fortnight: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    out = spoken(capsys, Say())
    lines = out.splitlines()
    head = next(n for n, line in enumerate(lines) if line.startswith("单位") and "已登记" in line)
    block = lines[head : head + 5]
    assert {width(line) for line in block} == {width(block[0])}
    assert "截至2026年3月13日" in out
    assert "范围：明州市" in out


def test_an_empty_ledger_reads_well(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    out = spoken(capsys, Say())
    assert "（没有条目）" in out
    assert re.search(r"在账 +0", out)
    told = report(office)
    assert told.units == ()
    assert {value for value, _ in numbers(told.plain())} == {0}


def test_a_day_in_the_future_is_refused_in_words(fortnight: Office) -> None:
    with pytest.raises(Refused, match="还没有到"):
        door.COMMAND.run(
            Namespace(ledger="sample", as_of=fortnight.today + timedelta(days=1), person=None), Say()
        )


def test_the_playbooks_own_text_is_filled(fortnight: Office) -> None:
    told = report(fortnight)
    replaced = "{ledger}截至{as_of}：{{}}\n{by_unit}\n{by_stage}"
    object.__setattr__(told.playbook, "briefing", replaced)
    try:
        text = told.text(table)
    finally:
        ledgers.forget()
    assert text.startswith("样例台账截至2026年3月13日：{}")
    assert "甲县" in text
    assert "合计" in text
