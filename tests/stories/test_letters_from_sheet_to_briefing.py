"""A real sheet in at one end, a briefing out at the other, whose numbers a count of the file by other means confirms."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import openpyxl
import pytest

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.ledger import ledgers, queries, visibility
from taizhang.ledger.briefing import brief
from taizhang.ledger.figures import rows_of
from taizhang.ledger.handle import handle
from tests.ledger.conftest import office
from tests.ledger.office import Office
from tests.ledger.sheets_in import counts, imported
from tests.ledger.test_importing_real_files import DATA, file, ledger_on

__all__ = ["office"]

pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason="the sample files in ../shared are no part of the repository"
)


def carried_out(commands: list[c.AnyCommand], actor: Actor) -> None:
    result = handle(commands, actor)
    assert not result.refused, result.refused[0]


def test_letters_are_admitted_assigned_done_verified_by_others_closed_and_counted(office: Office) -> None:
    ledger_id = ledger_on(office, "messages")
    report = imported(office, file("附件4"), ledger_id=ledger_id)
    sheet = openpyxl.load_workbook(file("附件4")).worksheets[0]
    in_the_file = [row for row in list(sheet.iter_rows(values_only=True))[1:] if row[0] is not None]
    assert counts(report) == (len(in_the_file), len(in_the_file), 0, 0, 0)
    assert len({row[0] for row in in_the_file}) == len(in_the_file)

    ledger = ledgers.by_id(ledger_id)
    assert ledger is not None
    scope = visibility.scope_of(office.operator.acting)
    ids = [row.entry_id for row in queries.each(office.site.id, scope, queries.Filters(ledger_id))]
    # As many as speak of city A are given to a town, and half of these are finished.
    first = ids[: len([row for row in in_the_file if "A市" in str(row[2])])]
    finished = first[: len(first) // 2]
    walk(office, first, finished)

    told = brief(ledger, office.operator.acting, office.today)
    assert told.totals["on_ledger"].value == len(in_the_file) - len(finished)
    assert told.totals["struck_off"].value == len(finished)
    assert told.totals["entered_today"].value == len(in_the_file)
    assert told.totals["struck_week"].value == len(finished)
    by_stage = {stage: figure.value for stage, figure in told.stages.items() if figure.value}
    assert by_stage == {
        "received": len(in_the_file) - len(first),
        "assigned": len(first) - len(finished),
        "filed": len(finished),
    }
    for figure in (*told.totals.values(), *told.stages.values()):
        assert len(rows_of(figure.filter, office.operator.acting)) == figure.value


def walk(office: Office, first: list[UUID], finished: list[UUID]) -> None:
    """Through the loop by the right people; the office that did the work cannot verify it."""
    due = office.today + timedelta(days=15)
    town = office.everything_at(office.town)
    checking = Actor.alone(office.agent("核查员丁", office.checking, scope=office.city))
    admit = [c.AdmitEntry(entry_id=one, notice="受理告知〔2026〕1号") for one in first]
    summary = [c.AmendEntry(entry_id=one, changes={"summary": "群众反映的问题，请核实办理"}) for one in first]
    assign = [c.AssignEntry(entry_id=one, lead_unit=office.town, due_on=due) for one in first]
    carried_out([*admit, *summary, *assign], checking)
    accept = [c.AcceptEntry(entry_id=one) for one in finished]
    done = [c.ReportDone(entry_id=one, text="已办理并答复") for one in finished]
    carried_out([*accept, *done], town)
    verify: list[c.AnyCommand] = [c.PassVerification(entry_id=one, text="已电话回访") for one in finished]
    own = handle(verify, town, on_refusal="skip")
    assert {type(outcome.refusal).__name__ for outcome in own.outcomes} <= {"VerifierIsDoer", "NotYourDuty"}
    close = [c.CloseOutEntry(entry_id=one) for one in finished]
    carried_out([*verify, *close], checking)
