"""Who asks is the same person with the same sight, whichever door they came through."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.cache import SessionStore

from taizhang.ledger.asking import POST_KEY, asking_in, asking_of
from taizhang.org.agents import agent_of, operator
from taizhang.org.founding import add_post, appoint
from taizhang.org.models import Person, Tenure
from taizhang.org.refusals import NoSuchPerson
from tests.ledger.office import Office


@pytest.fixture
def seconded(office: Office) -> tuple[int, int, int]:
    """Somebody of 城关镇 who also stands in at 柳林镇: the person, the own post, the other's."""
    person = office.people["办理员丙"]
    own, other = add_post(office.town, "干事", ["handle"]).id, add_post(office.other_town, "站长").id
    appoint(person, own)
    appoint(person, other, from_on=office.today - timedelta(days=1), stand_in=True)
    return person, own, other


def test_a_session_that_names_a_post_held_no_longer_forgets_it(seconded: tuple[int, int, int]) -> None:
    person, own, other = seconded
    session = SessionStore()
    session[POST_KEY] = other
    found = asking_in(session, person)
    assert found is not None and found.agent.post_id == other == session[POST_KEY]
    Tenure.objects.filter(post_id=other).update(to_on=found.today)
    found = asking_in(session, person)
    assert found is not None and found.agent.post_id == own and POST_KEY not in session


def test_a_closed_account_asks_for_nothing(seconded: tuple[int, int, int]) -> None:
    Person.objects.filter(id=seconded[0]).update(is_active=False)
    assert asking_in(SessionStore(), seconded[0]) is None
    with pytest.raises(NoSuchPerson):
        asking_of(seconded[0])


def test_the_scope_is_said_as_it_is(office: Office, seconded: tuple[int, int, int]) -> None:
    person, _own, other = seconded
    assert asking_of(operator()).scope_in_words.zh == "全站"
    assert asking_of(person).scope_in_words.zh == "城关镇及下属单位牵头、协办或登记的条目"
    assert asking_of(person, other).scope_in_words.en.startswith("entries that 柳林镇 and units below")
    assert asking_of(office.people["领导己"]).scope_in_words.zh.startswith("无")


def test_recording_for_another_keeps_who_typed(office: Office, seconded: tuple[int, int, int]) -> None:
    typing = asking_of(operator())
    actor = typing.acting_for(seconded[0])
    assert (actor.acting, actor.typing) == (agent_of(seconded[0], on=office.today), typing.agent)
    assert typing.acting_for(operator()) == typing.actor and not typing.actor.for_another
