"""How many stand where: the desk's board, the API's and the lists behind them say the same to whoever asks."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from taizhang.core.actor import Actor
from taizhang.ledger.handle import handle
from tests.desk.conftest import _a_site_to_visit, staff
from tests.desk.staff import Staff
from tests.ledger.office import done

__all__ = ["_a_site_to_visit", "staff"]

Standing = Counter[tuple[int, str]]
"""Unit (0: nobody yet) and stage → entries."""


def a_busy_day(staff: Staff) -> None:
    """Beside the staff's entries: some closed, some under way, some nobody answers for yet."""
    office = staff.office
    for n, unit in enumerate(
        (office.town, office.section, office.other_town, office.county, office.checking)
    ):
        office.assigned(f"第 {n} 处", unit)
    office.closed(office.assigned("修好的路灯"))
    office.reported_done(office.assigned("等着核查的路灯"))
    office.registered("还没有交办")
    county = Actor.alone(office.agent("县员辛", office.county, "register"))
    done(handle([office.registration("甲县自己登记、还没有交办")], county))


def api(browser: Client, path: str, **query: object) -> Any:
    answer = browser.get(f"/api/ledgers/sample/{path}", query)
    assert answer.status_code == 200, answer.content.decode()
    return json.loads(answer.content)


def of_the_api(browser: Client) -> Standing:
    """The API's board, each of its numbers the count of the list filtered by unit and stage."""
    found: Standing = Counter()
    board = api(browser, "board")
    for row in board["rows"]:
        unit = row["unit"]["id"] if row["unit"] else 0
        for stage, n in row["counts"].items():
            assert api(browser, "entries", lead_unit=unit, stage=stage, count=True)["count"] == n
            found[unit, stage] = n
    assert found.total() == board["total"]
    return found


def accused(browser: Client) -> Standing:
    listed = api(browser, "entries", flag="accusation")["entries"]
    return Counter((entry["lead_unit"]["id"], entry["stage"]) for entry in listed)


def of_the_desk(browser: Client, address: str = "") -> Standing:
    """The desk's board down to single units, each number the count of the list it opens."""
    found: Standing = Counter()
    page = browser.get(f"/ledgers/sample/board/{address}")
    for line in page.context["lines"]:
        assert line.total.n == sum(figure.n for figure in line.figures)
        below = of_the_desk(browser, line.below) if line.below else Counter()
        for figure in filter(lambda figure: figure.n, line.figures):
            unit, stage = re.search(r"unit=(\d+).*stage=(\w+)", figure.query).groups()
            assert f"共 {figure.n} 条" in browser.get(f"/ledgers/sample/{figure.query}").content.decode()
            if line.below:
                assert figure.n == sum(n for (_unit, at), n in below.items() if at == stage)
            else:
                below[int(unit), stage] = figure.n
        found += below
    assert found.total() == page.context["total"]
    return found


@pytest.mark.parametrize("role", ["clerk", "county", "handler", "stranger", "checker"])
def test_desk_api_and_lists_agree_on_every_number(staff: Staff, role: str) -> None:
    a_busy_day(staff)
    browser = staff.client(role)
    told = of_the_api(browser)
    # The desk's board says that it leaves accusations out, and in part of the site what nobody answers for.
    for_all = told - accused(browser)
    if role in ("county", "handler", "stranger"):
        for_all = Counter({place: n for place, n in for_all.items() if place[0]})
    assert of_the_desk(browser) == for_all
    assert for_all.total() >= 2
