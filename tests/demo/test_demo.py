"""The sample prefecture: a small year through the same code, with real commits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from taizhang.core.actor import DUTIES
from taizhang.core.playbook import CLAIMED_STAGE
from taizhang.core.wording import Language
from taizhang.demo import guide, prepare
from taizhang.demo.plan import REST
from taizhang.demo.prepare import Prepared
from taizhang.demo.scene import SCENES, scene
from taizhang.ledger import ledgers
from taizhang.ledger.briefing import brief
from taizhang.ledger.database import cursor
from taizhang.ledger.evidence import open_evidence
from taizhang.ledger.figures import Filter, rows_of
from taizhang.ledger.opening import open_sealed
from taizhang.org.agents import agent_of
from taizhang.org.models import Person, Site, Unit
from taizhang.org.refusals import SiteExists
from taizhang.org.sites import the_site, today
from taizhang.org.tree import units_now
from taizhang.playbooks import shipped_keys
from tests.databases import TestServer, fresh

PLACE, PASSWORD = scene("zh").place, scene("zh").password
ENTRIES, LAST = 160, date(2025, 6, 20)
"""A small year that ended on a Friday in the past: by its seed the same whenever the tests run."""
EVERYWHERE = {
    "EntryRegistered", "EntryAmended", "EntryAdmitted", "EntryAssigned", "EntryAccepted", "EntryReturned",
    "EntryTransferred", "EntrySplit", "ProgressReported", "EvidenceAttached", "DoneReported",
    "VerificationPassed", "VerificationFailed", "EntryClosedOut", "EntryVoided", "CommentMade",
    "InstructionRecorded", "FlagSet",
}  # fmt: skip


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with cursor() as database:
        database.execute(sql, parameters)
        return database.fetchall()


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, database_server: TestServer, django_db_blocker: DjangoDbBlocker
) -> Iterator[Prepared]:
    with django_db_blocker.unblock(), fresh(database_server):
        yield prepare.prepare(today=LAST, entries=ENTRIES)


def days() -> list[date]:
    return [LAST - timedelta(days=n) for n in (0, 1, 30, 111, 200, 300, 364)]


def numbers(told: Any) -> Iterator[tuple[int, Filter]]:
    if isinstance(told, dict):
        if told.keys() == {"value", "filter"}:
            yield told["value"], Filter.read(told["filter"])
        else:
            for inner in told.values():
                yield from numbers(inner)
    elif isinstance(told, list):
        for inner in told:
            yield from numbers(inner)


def test_it_is_a_prefecture_of_the_promised_size(demo: Prepared) -> None:
    units = units_now()
    counties = [row["name"] for row in PLACE["county"]]
    towns = [row["name"] + town for row in PLACE["county"] for town in row["towns"]]
    assert (len(counties), len(towns)) == (13, 150)
    names = {span.name for span in units.spans.values()}
    assert set(counties) | set(towns) <= names
    assert demo.site.kind == Site.Kind.DEMO
    assert len(demo.ledgers) == 2
    assert {ledger.playbook for ledger in demo.ledgers} <= set(shipped_keys())
    assert sum(ledger.entry_count for ledger in demo.ledgers) >= ENTRIES


def test_there_is_an_account_for_every_part_and_it_opens(demo: Prepared) -> None:
    people = {person.username: person for person in Person.objects.all()}
    assert all(account.username in people for account in demo.accounts)
    signed_in = [people[account.username] for account in demo.accounts]
    assert all(person.check_password(PASSWORD) for person in signed_in)
    duties = {duty for person in signed_in for duty in agent_of(person.id, on=today(the_site())).duties}
    assert duties == set(DUTIES)
    assert [account.username for account in demo.accounts if not account.post] == ["operator"]
    assert [account.username for account in guide.accounts()] == [a.username for a in demo.accounts]


def test_everything_that_can_happen_happens(demo: Prepared) -> None:
    kinds = Counter(dict(rows("SELECT kind, count(*)::int FROM event GROUP BY kind")))
    assert kinds.keys() >= EVERYWHERE
    assert kinds.total() >= 6 * ENTRIES
    assert rows("SELECT count(*) FROM event WHERE acted_by <> typed_by AND source IS NULL") == [(0,)]
    assert rows("SELECT count(*) FROM event WHERE acted_by <> typed_by")[0][0] >= 10
    assert rows("SELECT count(*) FROM entry WHERE stage = %s", CLAIMED_STAGE)[0][0] >= 3
    assert rows("SELECT count(*) FROM entry WHERE flags ? 'accusation'")[0][0] >= 1
    assert rows("SELECT count(*) FROM entry WHERE flags ? 'carried'")[0][0] >= 1
    assert rows("SELECT count(*) FROM entry WHERE parent_id IS NOT NULL")[0][0] >= 2
    assert rows("SELECT count(*) FROM event WHERE body ? 'overseeing_post'")[0][0] >= 1
    assert rows("SELECT count(*) FROM entry WHERE rework_count > 0")[0][0] >= 3
    assert rows(
        "SELECT count(*) FROM event WHERE occurred_on < (recorded_at AT TIME ZONE 'Asia/Shanghai')::date"
    )[0][0]


def test_each_ledger_has_entries_in_all_stages_of_its_loop(demo: Prepared) -> None:
    for ledger in demo.ledgers:
        opened = ledgers.by_key(the_site(), ledger.key)
        assert opened is not None
        kinds = {
            ledgers.playbook(opened.playbook_sha).stage_of[stage].kind
            for (stage,) in rows("SELECT DISTINCT stage FROM entry WHERE ledger_id = %s", opened.ledger_id)
            if stage != CLAIMED_STAGE
        }
        assert kinds >= {"open", "done", "closed", "void"}


def test_the_year_ends_on_its_last_day_and_nothing_lies_after_it(demo: Prepared) -> None:
    [(first, last, latest, at)] = rows(
        "SELECT min(occurred_on), max(occurred_on), max(known_on), max(recorded_at) FROM event CROSS JOIN"
        " (SELECT max(known_on) AS known_on FROM stay) AS known"
    )
    assert last == latest == LAST
    assert first == last - timedelta(days=365)
    assert at < datetime(2025, 6, 21, tzinfo=the_site().zone)
    assert rows(
        "SELECT count(*) FROM event AS later JOIN event AS earlier ON earlier.site_id = later.site_id"
        " AND earlier.entry_id = later.entry_id AND earlier.version = later.version - 1"
        " WHERE later.recorded_at < earlier.recorded_at"
    ) == [(0,)]


def test_the_clock_is_the_servers_again(demo: Prepared) -> None:
    assert the_site().now_override is None
    assert rows("SELECT now_override FROM site") == [(None,)]


def test_everything_is_sealed_and_packed(demo: Prepared) -> None:
    assert rows("SELECT (SELECT count(*) FROM outbox), (SELECT count(*) FROM cell_delta)") == [(0, 0)]
    assert rows("SELECT count(*) FROM leaf") == rows("SELECT count(*) FROM event")


def test_titles_are_many_and_told_to_the_end(demo: Prepared) -> None:
    titles = [title for (title,) in rows("SELECT title FROM entry WHERE parent_id IS NULL")]
    assert len(set(titles)) == len(titles)
    assert any(len(title) >= 150 for title in titles)
    texts = rows("SELECT body::text FROM event")
    assert not [text for (text,) in texts if re.search(r"\{[a-z]+\d?\}", text)]


def test_reporters_are_sealed_and_their_numbers_are_nobodys(demo: Prepared) -> None:
    opener = agent_of(Person.objects.get(username="xuncha").id, on=today(the_site()))
    [(entry_id,)] = rows(
        "SELECT entry_id FROM entry WHERE fields ? 'phone' AND flags = '{}' ORDER BY entry_id LIMIT 1"
    )
    assert re.fullmatch(r"138-0000-\d{4}", open_sealed(opener, entry_id, "phone", "核实来电号码"))
    assert rows("SELECT count(*) FROM event WHERE body::text LIKE '%%138-0000%%'") == [(0,)]


def test_every_file_an_event_speaks_of_opens(demo: Prepared) -> None:
    reader = agent_of(Person.objects.get(username="xuncha").id, on=today(the_site()))
    attached = rows(
        "SELECT entry_id, (body #>> '{evidence,ref}')::uuid FROM event WHERE kind = 'EvidenceAttached'"
    )
    assert len(attached) == rows("SELECT count(*) FROM evidence")[0][0] > 20
    opened = [open_evidence(reader, entry_id, ref, "看一看示例") for entry_id, ref in attached]
    assert {file.media_type for file in opened} == {"image/png", "text/plain"}
    assert all(not re.search(r"\{[a-z]+\}", file.name) for file in opened)


def test_two_townships_became_one_and_took_their_work_along(demo: Prepared) -> None:
    gone = Unit.objects.filter(to_on__isnull=False)
    assert sorted(unit.name for unit in gone) == sorted(PLACE["merger"]["units"])
    [successor] = {unit.successions.get().successor_id for unit in gone}
    assert successor == Unit.objects.get(name__endswith=PLACE["merger"]["into"]).id
    left = "SELECT count(*) FROM entry WHERE lead_unit_id = ANY(%s) AND stage = ANY(%s)"
    stages = [stage for ledger in ledgers.all_ledgers(the_site()) for stage in _open(ledger.playbook_sha)]
    assert rows(left, [unit.id for unit in gone], stages) == [(0,)]


def _open(sha: str) -> list[str]:
    return [stage.key for stage in ledgers.playbook(sha).stages if not stage.is_end]


def recount(ledger_id: int, day: date) -> Counter[tuple[str, int]]:
    """Stage and lead unit of every entry at the end of a day, told by its events' JSON and nothing else."""
    found: dict[Any, tuple[str, int]] = {}
    for entry_id, kind, body in rows(
        "SELECT event.entry_id, kind, body FROM event JOIN entry USING (site_id, entry_id)"
        " WHERE ledger_id = %s AND occurred_on <= %s ORDER BY event.entry_id, event.version",
        ledger_id,
        day,
    ):
        stage, unit = found.get(entry_id, ("", 0))
        if kind in ("EntryRegistered", "EntryAssigned", "EntryTransferred", "EntryClaimed"):
            unit = body.get("lead_unit") or 0
        elif kind == "EntryReturned":
            unit = 0
        found[entry_id] = (body.get("stage") or stage, unit)
    return Counter(found.values())


def agent(username: str) -> Any:
    return agent_of(Person.objects.get(username=username).id, on=today(the_site()))


@pytest.mark.parametrize("n", range(7))
def test_figures_equal_a_recount_of_the_events_on_any_day(demo: Prepared, n: int) -> None:
    day = days()[n]
    for ledger in ledgers.all_ledgers(the_site()):
        told, counted = brief(ledger, agent("operator"), day), recount(ledger.ledger_id, day)
        assert told.total.value == counted.total()
        for stage, figure in told.stages.items():
            assert figure.value == sum(k for (at, _), k in counted.items() if at == stage), stage
        for row in told.units:
            units = row.total.filter.units or ()
            assert row.total.value == sum(k for (_, unit), k in counted.items() if unit in units)


def struck(ledger_id: int, first: date, last: date) -> int:
    return int(
        rows(
            "SELECT count(*) FROM event JOIN entry USING (site_id, entry_id)"
            " WHERE ledger_id = %s AND kind = 'EntryClosedOut' AND occurred_on BETWEEN %s AND %s",
            ledger_id, first, last,
        )[0][0]
    )  # fmt: skip


def test_what_was_struck_off_equals_the_events_that_say_so(demo: Prepared) -> None:
    for ledger in ledgers.all_ledgers(the_site()):
        for day in days():
            told = brief(ledger, agent("operator"), day)
            assert told.week.first is not None
            assert told.totals["struck_today"].value == struck(ledger.ledger_id, day, day)
            assert told.totals["struck_week"].value == struck(ledger.ledger_id, told.week.first, day)
            assert told.totals["struck_off"].value == struck(ledger.ledger_id, date.min, day)


@pytest.mark.parametrize("username", [row["username"] for row in PLACE["account"]])
def test_every_number_opens_exactly_its_rows_for_every_account(demo: Prepared, username: str) -> None:
    who = agent(username)
    for ledger in ledgers.all_ledgers(the_site()):
        for day in (today(the_site()), days()[3]):
            for value, wanted in numbers(brief(ledger, who, day).plain()):
                assert len(rows_of(wanted, who)) == value, wanted


def test_a_second_site_is_refused(demo: Prepared) -> None:
    with pytest.raises(SiteExists):
        prepare.prepare(entries=10)


def test_the_guide_names_every_account_and_what_it_is_for(demo: Prepared) -> None:
    for language in ("zh", "en"):
        told = "\n".join(guide.guide(language))  # type: ignore[arg-type]
        assert PASSWORD in told
        assert all(account.username in told and account.name in told for account in demo.accounts)


@pytest.mark.parametrize("language", SCENES)
def test_each_plan_walks_only_stages_and_verbs_its_playbook_has(language: Language) -> None:
    from taizhang.core.playbook_text import read_playbook
    from taizhang.playbooks import texts_of

    for plan in scene(language).plans:
        playbook = read_playbook(texts_of(plan.playbook))
        for stage, walk in plan.walks.items():
            assert stage == CLAIMED_STAGE or stage in playbook.stage_of
            for verb in walk.ways.keys() - {REST}:
                assert playbook.move(verb, stage) is not None, (stage, verb)
        assert {item.key for item in (*plan.fields, *plan.amends.values())} <= playbook.field_of.keys()
