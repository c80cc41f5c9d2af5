"""Every projection comes from the events alone: thrown away, made anew, and folded a second way."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from taizhang.ledger import cells, sealing, searching
from taizhang.ledger.rebuild import PROJECTIONS, rebuild
from tests.ledger import short_fold
from tests.ledger.histories import Years
from tests.ledger.office import Office, connected, rows

CELLS = (
    "SELECT ledger_id, day, known_day, stage, unit_id, category_id, sum(came), sum(went), sum(moved) FROM"
    " (SELECT ledger_id, day, known_day, stage, unit_ids, category_ids, n_in, n_out, n_shift FROM cell_day UNION ALL"
    " SELECT ledger_id, day, known_day, stage, unit_ids, category_ids, n_in, n_out, n_shift FROM cell_delta) AS cell,"
    " unnest(unit_ids, category_ids, n_in, n_out, n_shift) AS given (unit_id, category_id, came, went, moved)"
    " GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(came) <> 0 OR sum(went) <> 0 OR sum(moved) <> 0 ORDER BY 1, 2, 3, 4, 5, 6"
)


def projections() -> dict[str, list[tuple[Any, ...]]]:
    return {
        "entry": rows("SELECT * FROM entry ORDER BY entry_id"),
        "entry_party": rows("SELECT * FROM entry_party ORDER BY unit_id, entry_id, role"),
        "stay": rows("SELECT * FROM stay ORDER BY entry_id, n"),
        "entry_search": rows("SELECT * FROM entry_search ORDER BY entry_id"),
        "cells": rows(CELLS),
    }


def spoil() -> None:
    """As owner: half of the rows gone, the others wrong."""
    with connected("owner") as owner:
        for table in PROJECTIONS:
            owner.execute(f"DELETE FROM {table} WHERE random() < 0.5")
        owner.execute("UPDATE entry SET stage = 'closed', version = version + 5, title = 'x'")
        owner.execute("UPDATE stay SET from_on = from_on - 3, hidden = NOT hidden")
        owner.execute("UPDATE cell_day SET n_in = n_out")


@pytest.mark.parametrize("seed", [11, 12])
def test_a_rebuild_makes_the_same_projections(live_office: Office, seed: int) -> None:
    office = live_office
    years = Years(office, seed)
    years.live(8)
    cells.pack(1)
    cells.snapshot(1, office.today)
    years.live(6)
    sealing.seal(1)
    searching.index(1)
    before = projections()
    assert all(before.values())
    spoil()
    reported: list[int] = []
    assert rebuild(office.site, reported.append) == len(before["entry"]) == reported[-1]
    after = projections()
    for table, found in before.items():
        assert after[table] == found, table
    assert rows("SELECT count(*) FROM cell_delta") == [(0,)]


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_the_projections_equal_a_second_fold_of_the_events_json(office: Office, seed: int) -> None:
    years = Years(office, seed)
    years.live(14)
    entries = short_fold.folded()
    assert len(entries) > 40
    columns = [*next(iter(entries.values())).entry]
    found = rows(
        "SELECT entry_id, path, stage_from_on::text, due_on::text, registered_on::text, encode(source_key, 'hex'),"
        f" encode(source_digest, 'hex'), parent_id::text, {', '.join(columns)}, title FROM entry"
        " LEFT JOIN category USING (site_id, category_id)"
    )
    assert {row[0] for row in found} == set(entries)
    for entry_id, path, *row in found:
        expected = entries[entry_id].entry
        stored = dict(zip(columns, row[6:-1], strict=True))
        names = ("stage_from_on", "due_on", "registered_on", "source_key", "source_digest", "parent_id")
        stored |= dict(zip(names, row[:6], strict=True))
        wanted = expected | {name: str(expected[name]) for name in names if expected[name] is not None}
        assert stored == wanted, entry_id
        assert (path or "") == expected["fields"].get("kind", "")
        assert row[-1] == expected["fields"]["title"]
    assert {
        (unit, entry, role) for unit, entry, role in rows("SELECT unit_id, entry_id, role FROM entry_party")
    } == (short_fold.parties(entries, office.city))
    stray = (
        "SELECT party.entry_id FROM entry_party AS party FULL JOIN entry USING (site_id, entry_id)"
        " WHERE (party.ledger_id, party.stage, party.lead_unit_id, party.category_id, party.due_on,"
        " party.registered_on, party.accusation) IS DISTINCT FROM (entry.ledger_id, entry.stage,"
        " entry.lead_unit_id, entry.category_id, entry.due_on, entry.registered_on, entry.flags ? 'accusation')"
    )
    assert rows(stray) == [], "what stands with a party is what stands in its entry"
    stored_stays = rows(
        "SELECT entry_id, n, stage, unit_id, coalesce(path, ''), due_on::text, hidden, from_on, known_on, to_on,"
        " unknown_on FROM stay LEFT JOIN category USING (site_id, category_id) ORDER BY entry_id, n"
    )
    assert stored_stays == [
        (entry_id, n, *stay)
        for entry_id, item in sorted(entries.items())
        for n, stay in enumerate(item.stays)
    ]


def test_the_application_may_not_rebuild(live_office: Office) -> None:
    live_office.registered()
    with connected() as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("TRUNCATE entry")


def test_writing_goes_on_after_a_rebuild(live_office: Office) -> None:
    office = live_office
    entry = office.assigned(fields={"kind": "环境"})
    rebuild(office.site)
    office.closed(entry)
    office.registered(fields={"kind": "安全"})
    assert {
        item.n for item in cells.standing(1, office.ledger_id, office.today) if item.stage == "closed"
    } == {1}
    before = projections()
    rebuild(office.site)
    assert projections() == before
