"""An office whose people have posts, so that they can sign in: one account per duty, and strangers."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.test import Client

from taizhang.core import commands as c
from taizhang.core.actor import Actor
from taizhang.ledger.handle import handle
from taizhang.org.founding import add_people, add_posts, appoint_all
from taizhang.org.models import Person, Post, Tenure
from tests.ledger.office import Office, done, open_office

PASSWORD = "一串够长的口令 2026"


@dataclass
class Staff:
    """`people`: user name → person. The named unit of the accusation is 甲县, above 城关镇."""

    office: Office
    people: dict[str, Person] = field(default_factory=dict)
    entries: dict[str, UUID] = field(default_factory=dict)

    def posts(self) -> list[tuple[Person, int]]:
        """Each of them with the post held."""
        return [(tenure.person, tenure.post_id) for tenure in Tenure.objects.select_related("person")]

    def client(self, username: str) -> Client:
        browser = Client()
        browser.force_login(self.people[username])
        return browser


def staffed() -> Staff:
    office = open_office()
    city = office.city
    wanted = (
        ("clerk", city, ["register"], city),
        ("desk", city, ["dispatch"], city),
        ("handler", office.town, ["handle"], office.town),
        ("county", office.county, ["handle", "register"], office.county),
        ("stranger", office.other_town, ["handle"], office.other_town),
        ("checker", office.checking, ["verify"], city),
        ("closer", office.checking, ["close", "oversee"], city),
        ("inspector", office.checking, ["inspect", "unseal"], city),
        ("sectioner", office.section, ["handle"], office.section),
        ("admin", office.town, ["appoint"], office.town),
    )
    made = Staff(office)
    for username, unit, duties, scope in wanted:
        post = add_posts([Post(unit_id=unit, name=f"{username}岗", duties=duties, scope_unit_id=scope)])[0]
        person = add_people([Person(username=username, name=f"某{username}")])[0]
        appoint_all([Tenure(person=person, post=post)])
        made.people[username] = person
    made.entries = {
        "own": office.assigned("城关镇的路灯不亮", fields={"phone": "13800000000", "letter": "来信原文"}),
        "lower": office.assigned("环保站的井盖缺失", office.section),
        "foreign": office.assigned("柳林镇的污水直排", office.other_town),
        "accused": _accused(office),
    }
    return made


def _accused(office: Office) -> UUID:
    """Registered by the very unit it names, which would see it but for the accusation."""
    registrar = Actor.alone(office.agent("县员辛", office.county, "register"))
    entry_id = done(handle([office.registration("检举甲县某单位")], registrar)).outcomes[0].entry_id
    office.assign(entry_id, office.other_town)
    done(handle([c.SetFlag(entry_id=entry_id, flag="accusation", named_units=(office.county,))], office.desk))
    return entry_id
