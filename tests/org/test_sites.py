"""The site, its founding and its clock."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from taizhang.org import refusals as r
from taizhang.org.agents import OPERATOR_DUTIES, agent_of
from taizhang.org.founding import OPERATOR, found_site
from taizhang.org.models import Person, Site, Unit
from taizhang.org.sites import change_site, now, the_site, today

pytestmark = pytest.mark.usefixtures("db")


def test_a_founded_site_has_a_root_unit_and_an_operator_nobody_can_sign_in_as() -> None:
    site = found_site("明州市")
    assert (site.id, site.timezone, site.language, site.week_start) == (1, "Asia/Shanghai", "zh-Hans", 1)
    assert (site.currency, site.paper, site.kind, site.now_override) == ("CNY", "A4", "live", None)
    root = Unit.objects.get()
    assert (root.name, root.path, root.parent_id, root.from_on) == ("明州市", f"/{root.id}/", None, None)
    operator = Person.objects.get(username=OPERATOR)
    assert operator.is_operator
    assert not operator.has_usable_password()
    agent = agent_of(operator.id, on=date(2026, 1, 1))
    assert (agent.unit_id, agent.line, agent.scope) == (None, frozenset(), frozenset({root.id}))
    assert agent.duties == OPERATOR_DUTIES == {"register", "appoint", "administer"}


def test_there_is_one_site_and_it_stands_in_a_known_zone() -> None:
    with pytest.raises(r.NoSite):
        the_site()
    with pytest.raises(r.NoSuchZone):
        found_site("Nowhere", timezone="Asia/Nowhere")
    found_site("Springfield", timezone="America/Chicago", language="en", currency="USD", paper="Letter")
    assert Person.objects.get().name == "Operator"
    with pytest.raises(r.SiteExists):
        found_site("明州市")


def test_the_day_is_the_sites_own() -> None:
    found_site("明州市", kind="rehearsal")
    site = change_site(now_override=datetime(2026, 3, 31, 17, 0, tzinfo=UTC))
    assert now(site).isoformat() == "2026-04-01T01:00:00+08:00"
    assert today(site) == date(2026, 4, 1)
    assert today(change_site(timezone="America/Chicago")) == date(2026, 3, 31)
    real = now(change_site(now_override=None))
    assert abs((real - datetime.now(UTC)).total_seconds()) < 5


def test_the_clock_of_a_live_site_cannot_be_set() -> None:
    found_site("明州市")
    with pytest.raises(r.ClockOfLiveSite):
        change_site(now_override=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(IntegrityError, match="site_clock_of_live_is_real"), transaction.atomic():
        Site.objects.update(now_override=datetime(2026, 1, 1, tzinfo=UTC))
