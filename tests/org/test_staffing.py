"""What an administrator may do to whose account, what it does, and the row it leaves in the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from taizhang.org import refusals as r
from taizhang.org.account_state import with_state
from taizhang.org.agents import agent_of
from taizhang.org.founding import OPERATOR, add_person, add_post, appoint
from taizhang.org.models import AccountDeed, Person, Post, Tenure
from taizhang.org.one_time import ALPHABET, VALID_DAYS, plain
from taizhang.org.posts import vacant
from taizhang.org.reach import reach_of
from taizhang.org.staffing import Staffing, Term
from taizhang.org.tree import units_now
from tests.org.conftest import City

DAY = date(2026, 5, 6)
NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)
OPEN = Term(None)


def staffing_by(username: str) -> Staffing:
    agent = agent_of(Person.objects.get(username=username).id, on=DAY)
    return Staffing(reach_of(agent, units_now()), NOW)


@pytest.fixture
def admin(city: City) -> Staffing:
    """Of 甲县's town, above its office; the post itself sees the whole site, which widens nothing here."""
    post = add_post(city.town_a, "管理岗", ["appoint"], scope_unit=city.root)
    appoint(add_person("admin", "管理员").id, post.id)
    return staffing_by("admin")


def somebody(username: str, unit: int, post: str = "承办岗") -> Person:
    person = add_person(username, f"某{username}", password="old password")
    appoint(person.id, add_post(unit, post, ["handle"]).id)
    return person


def log() -> list[tuple[str, str, str]]:
    deeds = AccountDeed.objects.order_by("id").select_related("by", "person")
    return [(deed.by.username, deed.what, deed.person.username) for deed in deeds]


def test_own_unit_and_those_below_are_within_reach_and_nobody_else(city: City, admin: Staffing) -> None:
    own, below = somebody("own", city.town_a), somebody("below", city.office)
    for username, unit in (("above", city.county_a), ("beside", city.bureau), ("foreign", city.town_b)):
        somebody(username, unit)
    add_person("nowhere", "未任职")
    assert set(admin.reach.people(DAY)) == {own, below, Person.objects.get(username="admin")}
    for username in ("above", "beside", "foreign", "nowhere", OPERATOR):
        person = Person.objects.get(username=username)
        with pytest.raises(r.PersonOutOfReach):
            admin.reset([own.id, person.id])
        with pytest.raises(r.PersonOutOfReach):
            admin.close(person.id)
        assert Person.objects.get(id=person.id).password == person.password
    assert log() == [] and Person.objects.get(id=own.id).check_password("old password")


def test_who_also_holds_or_will_hold_a_post_outside_is_out_of_reach(city: City, admin: Staffing) -> None:
    person, outside = somebody("both", city.town_a), add_post(city.county_a, "主任").id
    tenure = appoint(person.id, outside, from_on=DAY + timedelta(days=9), stand_in=True)
    with pytest.raises(r.PersonOutOfReach):
        admin.reset([person.id])
    Tenure.objects.filter(id=tenure.id).update(from_on=date(2026, 1, 1), to_on=DAY)
    assert admin.reset([person.id])[0].username == "both", "what is over counts no longer"


def test_only_the_duty_to_appoint_gives_a_reach(city: City) -> None:
    somebody("handler", city.root)
    with pytest.raises(r.MayNotAppoint):
        staffing_by("handler")
    everybody = staffing_by(OPERATOR).reach.people(DAY)
    assert [person.username for person in everybody] == ["handler"], "the operator looks after no operator"


def test_a_slip_has_a_password_that_can_be_read_from_paper_and_is_stored_as_a_hash(
    city: City, admin: Staffing
) -> None:
    post = add_post(city.office, "承办岗", ["handle"])
    slip = admin.make(" 王一 ", "wang", "", Post.objects.select_related("unit").get(id=post.id), Term(DAY))
    assert (slip.name, slip.username, slip.place) == ("王一", "wang", "应急办公室 承办岗")
    assert set(plain(slip.password)) <= set(ALPHABET) and not set(ALPHABET) & set("0O1lIoi")
    assert len(ALPHABET) ** len(plain(slip.password)) > 2**59
    person = Person.objects.get(username="wang")
    assert plain(slip.password) not in person.password and slip.password not in person.password
    assert person.check_password(plain(slip.password.upper().replace("-", " ")))
    assert person.one_time_until == slip.until == NOW + timedelta(days=VALID_DAYS)
    assert log() == [("admin", "made", "wang"), ("admin", "appointed", "wang")]
    assert agent_of(person.id, on=DAY).post_id == post.id


def test_every_reset_is_another_password_and_leaves_its_row(city: City, admin: Staffing) -> None:
    people = [somebody("li", city.town_a).id, somebody("wang", city.office).id]
    first, again = admin.reset(people), admin.reset(people)
    assert len({slip.password for slip in first + again}) == 4
    assert not Person.objects.get(username="li").check_password("old password")
    assert log() == [("admin", "reset", "li"), ("admin", "reset", "wang")] * 2


def test_nobody_does_it_to_themselves(city: City, admin: Staffing) -> None:
    me = Person.objects.get(username="admin")
    other = Post.objects.select_related("unit").get(id=add_post(city.office, "启封岗", ["unseal"]).id)
    for deed in (
        lambda: admin.reset([me.id]),
        lambda: admin.close(me.id),
        lambda: admin.appoint(me.id, other, OPEN),
        lambda: admin.stand_in(me.id, other, Term(DAY, DAY)),
    ):
        with pytest.raises(r.NotYourself):
            deed()
    assert log() == []


def test_a_post_outside_is_nobodys_to_give_here(city: City, admin: Staffing) -> None:
    person = somebody("wang", city.town_a)
    above = Post.objects.select_related("unit").get(id=add_post(city.county_a, "主任").id)
    with pytest.raises(r.PostOutOfReach):
        admin.appoint(person.id, above, OPEN)
    with pytest.raises(r.PostOutOfReach):
        admin.hand_over(Tenure.objects.get(person=person).id, DAY, moves_to=above)
    assert Tenure.objects.get(person=person).to_on is None, "all of a handover or nothing"


@pytest.mark.parametrize(
    ("first", "last", "meets"),
    [
        (date(2026, 5, 1), date(2026, 5, 9), False),
        (date(2026, 5, 1), date(2026, 5, 10), True),
        (date(2026, 5, 15), date(2026, 5, 15), True),
        (date(2026, 5, 20), date(2026, 6, 1), True),
        (date(2026, 5, 21), date(2026, 6, 1), False),
    ],
)
def test_stand_ins_for_one_post_may_not_overlap_by_a_day(
    city: City, admin: Staffing, first: date, last: date, meets: bool
) -> None:
    post = Post.objects.select_related("unit").get(id=add_post(city.town_a, "镇长", ["handle"]).id)
    one, two = somebody("wang", city.town_a), somebody("li", city.office)
    admin.stand_in(one.id, post, Term(date(2026, 5, 10), date(2026, 5, 20)))
    if not meets:
        admin.stand_in(two.id, post, Term(first, last))
        return
    with pytest.raises(r.StandInsOverlap) as refused:
        admin.stand_in(two.id, post, Term(first, last))
    assert "某wang 已在 2026-05-10 至 2026-05-20 代这个岗位" in refused.value.message.zh


def test_a_stand_in_acts_from_the_first_day_to_the_last_and_on_no_other(city: City, admin: Staffing) -> None:
    post = Post.objects.select_related("unit").get(id=add_post(city.town_a, "镇长", ["close"]).id)
    person = add_person("wang", "王一")
    own = appoint(person.id, add_post(city.office, "主任").id).post_id
    admin.stand_in(person.id, post, Term(date(2026, 5, 10), date(2026, 5, 20)))
    for day, held in ((9, False), (10, True), (20, True), (21, False)):
        on = date(2026, 5, day)
        if held:
            assert agent_of(person.id, post.id, on=on).duties == {"close"}
        else:
            with pytest.raises(r.PostNotHeld):
                agent_of(person.id, post.id, on=on)
        assert agent_of(person.id, on=on).post_id == own, "the own post comes first"


def test_standing_in_needs_days_in_order_and_another_post_than_ones_own(city: City, admin: Staffing) -> None:
    person = somebody("wang", city.town_a)
    own = Tenure.objects.select_related("post__unit").get(person=person).post
    with pytest.raises(r.StandInNeedsDays):
        admin.stand_in(person.id, own, Term(DAY))
    with pytest.raises(r.DaysOutOfOrder):
        admin.stand_in(person.id, own, Term(DAY, DAY - timedelta(days=1)))
    with pytest.raises(r.PostHeldAlready):
        admin.stand_in(person.id, own, Term(DAY, DAY))


def test_a_handover_ends_one_tenure_on_the_day_the_other_begins(city: City, admin: Staffing) -> None:
    leaver, successor = somebody("wang", city.town_a, "镇长"), somebody("li", city.office)
    tenure = Tenure.objects.get(person=leaver)
    goes_to = Post.objects.select_related("unit").get(id=add_post(city.office, "主任", ["handle"]).id)
    other = Post.objects.select_related("unit").get(id=add_post(city.office, "副主任").id)
    standing = admin.stand_in(leaver.id, other, Term(DAY, date(2026, 12, 31)))
    day = date(2026, 6, 1)
    admin.hand_over(tenure.id, day, successor.id, goes_to, [standing.id])
    before = day - timedelta(days=1)
    assert agent_of(leaver.id, tenure.post_id, on=before).post_id == tenure.post_id
    assert agent_of(successor.id, tenure.post_id, on=day).post_id == tenure.post_id
    assert agent_of(leaver.id, on=day).post_id == goes_to.id
    for person, post, on in (
        (leaver, tenure.post_id, day),
        (successor, tenure.post_id, before),
        (leaver, goes_to.id, before),
        (leaver, other.id, day),
    ):
        with pytest.raises(r.PostNotHeld):
            agent_of(person.id, post, on=on)
    assert [what for _by, what, _person in log()][1:] == ["handed_over", "appointed", "appointed", "ended"]
    assert AccountDeed.objects.get(what="handed_over").other == successor


def test_a_post_handed_over_to_nobody_is_a_gap(city: City, admin: Staffing) -> None:
    tenure = Tenure.objects.get(person=somebody("wang", city.town_a, "镇长"))
    assert not vacant(admin.reach.posts(), DAY).exists()
    admin.hand_over(tenure.id, DAY)
    assert [post.name for post in vacant(admin.reach.posts(), DAY)] == ["镇长"]
    with pytest.raises(r.TenureOver):
        admin.hand_over(tenure.id, DAY + timedelta(days=1))


def test_a_closed_account_is_nobodys_until_it_is_opened_again(city: City, admin: Staffing) -> None:
    person = somebody("wang", city.town_a)
    admin.close(person.id)
    admin.close(person.id)
    with pytest.raises(r.NoSuchPerson):
        agent_of(person.id, on=DAY)
    admin.close(person.id, reopened=True)
    assert agent_of(person.id, on=DAY).duties == {"handle"}
    assert [what for _by, what, _person in log()] == ["closed", "reopened"]


def test_an_account_says_how_it_stands(city: City, admin: Staffing) -> None:
    people = {name: somebody(name, city.town_a) for name in ("active", "waiting", "closed", "left")}
    admin.reset([people["waiting"].id])
    admin.close(people["closed"].id)
    admin.end(Tenure.objects.get(person=people["left"]).id, DAY)
    none = add_person("none", "未发")
    appoint(none.id, add_post(city.town_a, "岗").id)
    states = {person.username: person.state for person in with_state(Person.objects.all(), NOW)}
    assert states | {"admin": "none", OPERATOR: "none"} == states
    for name in (*people, "none"):
        assert states[name] == name
    later = with_state(Person.objects.filter(username="waiting"), NOW + timedelta(days=VALID_DAYS, seconds=1))
    assert later.get().state == "expired"


def test_a_user_name_and_another_ones_staff_number_may_not_be_the_same_word(city: City) -> None:
    add_person("wang", "王一", staff_number="A007")
    for username, number in (("a007", None), ("WANG", None), ("li", "Wang"), ("li", "ａ００７")):
        with pytest.raises(r.UserNameTaken):
            add_person(username, "李二", staff_number=number)
    add_person("x1", "张三", staff_number="x2")
    add_person("880", "赵四", staff_number="880")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(username="Wang", name="绕过")


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_the_log_of_accounts_is_only_added_to(fresh_database: str, alias: str) -> None:
    for statement in ("UPDATE account_log SET what = 'x'", "DELETE FROM account_log"):
        with (
            pytest.raises(Exception, match=r"append-only|permission denied"),
            connections[alias].cursor() as database,
        ):
            database.execute(statement)


def test_the_log_shows_an_administrator_what_is_within_reach_and_who_reaches_all_of_it(
    city: City, admin: Staffing
) -> None:
    own, foreign = somebody("own", city.town_a), somebody("foreign", city.town_b)
    operator = staffing_by(OPERATOR)
    at_terminal = Staffing(replace(operator.reach, at_terminal=True), NOW)
    at_terminal.reset([operator.reach.agent.person_id])
    operator.reset([foreign.id])
    admin.reset([own.id])
    assert [deed.person for deed in admin.reach.deeds(DAY)] == [own]
    seen = [deed.person for deed in operator.reach.deeds(DAY)]
    assert seen == [own, foreign, Person.objects.get(username=OPERATOR)]
