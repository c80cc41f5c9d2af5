"""Who somebody is when they act."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from taizhang.core.actor import Agent
from taizhang.org import refusals as r
from taizhang.org.agents import actor_of, agent_of
from taizhang.org.founding import OPERATOR, add_people, add_person, add_post, add_posts, appoint
from taizhang.org.models import Person, Post
from taizhang.org.reorganise import dissolve, merge
from taizhang.org.tree import units_now
from tests.org.conftest import City

DAY = date(2026, 5, 1)


def test_a_post_gives_duties_line_and_scope(city: City) -> None:
    post = add_post(city.office, "主任", ["handle", "register"], scope_unit=city.town_a).id
    person = add_person("wang", "王一").id
    appoint(person, post)
    line = frozenset({city.office, city.town_a, city.county_a, city.root})
    assert agent_of(person, on=DAY) == Agent(
        person,
        city.office,
        post,
        frozenset({"handle", "register"}),
        line,
        frozenset({city.town_a}),
        frozenset({city.office}),
    )


def test_the_line_follows_those_whose_place_was_taken(city: City) -> None:
    merge([city.town_b], city.town_a, date(2021, 1, 1))
    person = add_person("wang", "王一").id
    appoint(person, add_post(city.office, "主任").id)
    assert city.town_b in agent_of(person, on=DAY).line
    assert agent_of(person, on=DAY).scope == {city.office}


def test_one_statement_answers_while_the_tree_is_unchanged(city: City) -> None:
    person = add_person("wang", "王一").id
    appoint(person, add_post(city.office, "主任").id)
    units_now()
    with CaptureQueriesContext(connection) as asked:
        agent_of(person, on=DAY)
    assert len(asked) == 1


def test_of_several_posts_the_one_asked_for_counts_else_the_own_one_held_longest(city: City) -> None:
    person = add_person("wang", "王一").id
    first, second, other = (add_post(unit, "主任").id for unit in (city.office, city.town_b, city.bureau))
    appoint(person, other, from_on=date(2019, 1, 1), stand_in=True)
    appoint(person, second, from_on=date(2025, 1, 1))
    appoint(person, first, from_on=date(2024, 1, 1))
    assert agent_of(person, on=DAY).post_id == first
    assert agent_of(person, second, on=DAY).unit_id == city.town_b
    assert agent_of(person, other, on=DAY).unit_id == city.bureau
    assert agent_of(person, on=date(2020, 1, 1)).post_id == other


def test_a_stand_in_has_the_post_on_its_days_only(city: City) -> None:
    person = add_person("wang", "王一").id
    post = add_post(city.office, "主任", ["handle"]).id
    appoint(person, post, from_on=DAY, to_on=date(2026, 5, 8), stand_in=True)
    assert agent_of(person, on=DAY).duties == {"handle"}
    for outside in (date(2026, 4, 30), date(2026, 5, 8)):
        assert agent_of(person, on=outside) == Agent(person)
        with pytest.raises(r.PostNotHeld):
            agent_of(person, post, on=outside)


def test_a_post_or_unit_that_ended_gives_nothing(city: City) -> None:
    person, other = add_person("wang", "王一").id, add_person("li", "李二").id
    ended = add_post(city.town_b, "旧岗").id
    Post.objects.filter(id=ended).update(to_on=date(2026, 1, 1))
    appoint(person, ended)
    appoint(other, add_post(city.office, "主任", ["handle"]).id)
    dissolve(city.office, date(2026, 1, 1))
    assert agent_of(person, on=DAY) == Agent(person)
    assert agent_of(other, on=DAY) == Agent(other)
    assert agent_of(other, on=date(2025, 12, 31)).duties == {"handle"}


def test_the_operator_holds_no_post_and_is_of_no_unit_whatever_the_tables_say(city: City) -> None:
    operator = Person.objects.get(username=OPERATOR)
    post = add_post(city.office, "主任", ["verify", "close"]).id
    with pytest.raises(r.OperatorHoldsNoPost):
        appoint(operator.id, post)
    wang = add_person("wang", "王一").id
    appoint(wang, post)
    Person.objects.filter(id=wang).update(is_operator=True)
    agent = agent_of(wang, on=DAY)
    assert (agent.unit_id, agent.post_id, agent.duties) == (None, None, {"register", "appoint", "administer"})
    with pytest.raises(r.PostNotHeld):
        agent_of(wang, post, on=DAY)


def test_an_unknown_or_inactive_account_is_refused(city: City) -> None:
    person = add_person("wang", "王一").id
    Person.objects.filter(id=person).update(is_active=False)
    for each in (person, 10**9):
        with pytest.raises(r.NoSuchPerson):
            agent_of(each, on=DAY)


def test_who_typed_may_be_another(city: City) -> None:
    one, other = Agent(1), Agent(2)
    assert not actor_of(one).for_another
    assert actor_of(one, other).typing is other
    assert actor_of(one, other).for_another


def test_a_duty_nobody_knows_is_refused_by_us_and_by_the_database(city: City) -> None:
    with pytest.raises(r.UnknownDuty):
        add_post(city.office, "主任", ["fly"])
    with pytest.raises(IntegrityError, match="post_duties_known"), transaction.atomic():
        Post.objects.create(unit_id=city.office, name="主任", duties=["fly"])


def test_names_and_staff_numbers_are_given_once(city: City) -> None:
    add_person("wang", "王一", staff_number="0012")
    for people in (
        [Person(username="wang", name="王三")],
        [Person(username="li", name="李"), Person(username="li", name="李")],
        [Person(username="zhao", name="赵", staff_number="0012")],
    ):
        with pytest.raises(r.UserNameTaken):
            add_people(people)
    first, second = add_people([Person(username="a", name="甲"), Person(username="b", name="乙")])
    assert not first.has_usable_password()
    assert (first.staff_number, second.staff_number) == (None, None)


def test_a_password_given_opens_the_account(city: City) -> None:
    add_person("wang", "王一", password="一次性口令9x")
    assert Person.objects.get(username="wang").check_password("一次性口令9x")


def test_hundreds_of_posts_are_stored_with_one_statement(city: City) -> None:
    with CaptureQueriesContext(connection) as asked:
        add_posts(Post(unit_id=city.town_a, name=f"岗{n}", duties=["handle"]) for n in range(400))
    assert len(asked) == 1
    assert Post.objects.count() == 400
