"""Posts of units, and who holds them on a day."""

from __future__ import annotations

from datetime import date

from taizhang.core.units import PostSpan
from taizhang.org.founding import add_person, add_post, appoint
from taizhang.org.models import Person, Post
from taizhang.org.posts import posts_by_id, posts_of, spans_of
from tests.org.conftest import City

DAY = date(2026, 5, 1)


def test_a_post_names_who_holds_it_on_the_day_stand_ins_last(city: City) -> None:
    head, vacant = add_post(city.office, "主任").id, add_post(city.office, "副主任").id
    wang, li, gone = (add_person(name, name).id for name in ("王一", "李二", "赵三"))
    appoint(li, head, from_on=date(2026, 4, 1), stand_in=True)
    appoint(wang, head)
    appoint(gone, head, to_on=date(2026, 4, 1))
    found = posts_of([city.office], DAY)
    assert [(post.post_id, str(post.label)) for post in found] == [
        (head, "主任（王一、李二）"),
        (vacant, "副主任"),
    ]
    assert posts_of([city.office], date(2026, 3, 1))[0].holders == ("王一", "赵三")


def test_a_closed_account_holds_nothing(city: City) -> None:
    head = add_post(city.office, "主任").id
    wang = add_person("wang", "王一").id
    appoint(wang, head)
    Person.objects.filter(id=wang).update(is_active=False)
    assert posts_of([city.office], DAY)[0].holders == ()


def test_a_post_that_ended_is_no_longer_offered_but_still_known(city: City) -> None:
    head = add_post(city.office, "主任").id
    Post.objects.filter(id=head).update(to_on=DAY)
    assert posts_of([city.office], DAY) == []
    assert posts_by_id([head], DAY)[head].name == "主任"
    assert spans_of([head, 10**6]) == {head: PostSpan(head, "主任", city.office, None, DAY)}
