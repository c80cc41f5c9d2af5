"""Real sheets of real offices, kept outside the repository: exactly their rows, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from taizhang.ledger import ledgers
from taizhang.org.sites import now
from taizhang.playbooks import texts_of
from tests.ledger.office import Office, rows
from tests.ledger.sheets_in import counts, entries, imported

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="the sample files in ../shared are no part of the repository"
)


def file(part: str) -> Path:
    return next(path for path in sorted(DATA.glob("*/*.xls*")) if part in path.name)


def ledger_on(office: Office, playbook: str) -> int:
    site = office.site
    opened = ledgers.open_ledger(
        site, texts_of(playbook), key=playbook, name="", unit_id=office.city, opened_by=1, now=now(site)
    )
    return opened.ledger_id


def test_the_hazard_table_of_june_gives_38_claims_and_two_unknown_units(office: Office) -> None:
    ledger_id = ledger_on(office, "hazard")
    report = imported(office, file("2019.06"), ledger_id=ledger_id)
    assert counts(report) == (38, 38, 0, 0, 0)
    assert (report.claimed, report.suspicious, report.unmapped) == (38, 38, [])
    assert [(one["text"], one["rows"]) for one in report.suspicions] == [("四化建", 18), ("十六化建", 20)]
    found = entries(ledger_id)
    assert {entry["closure_claimed"] for entry in found} == {"关闭"}
    assert found[0]["fields"]["rechecked_on"] == "2019-05-28", "written as the serial number 43613"
    assert counts(imported(office, file("2019.06"), ledger_id=ledger_id)) == (38, 0, 38, 0, 0)


@pytest.mark.parametrize(("part", "count"), [("附件4", 120), ("附件3", 30)])
def test_letters_are_registered_once_and_their_writers_sealed(office: Office, part: str, count: int) -> None:
    ledger_id = ledger_on(office, "messages")
    report = imported(office, file(part), ledger_id=ledger_id)
    assert counts(report) == (count, count, 0, 0, 0)
    assert rows("SELECT count(*) FROM event WHERE strpos(body::text, 'A00') > 0") == [(0,)]
    assert counts(imported(office, file(part), ledger_id=ledger_id)) == (count, 0, count, 0, 0)


def test_the_list_of_march_2017_tells_its_red_and_yellow_rows_and_its_blue_ticks(office: Office) -> None:
    ledger_id = ledger_on(office, "problems")
    left_out = ("板块", "菜单", "修改要求", "提出人", "做", "做过", "不需做")
    meant = {"FF0000": "registered", "FFFF00": "挂账", "5B9BD5@做过": "struck"}
    report = imported(
        office, file("2017-03-23"), ledger_id=ledger_id, given=dict.fromkeys(left_out, ""), marks=meant
    )
    told = {one["mark"]: one["rows"] for one in report.marks}
    assert (told["FF0000"], told["FFFF00"]) == (9, 3)
    assert [told[f"5B9BD5@{column}"] for column in ("做", "做过", "不需做")] == [49, 10, 32]
    assert (report.registered, report.claimed) == (110, 10)
    assert rows("SELECT count(*) FROM entry WHERE flags ? 'carried'") == [(3,)]
