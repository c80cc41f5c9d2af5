"""A small playbook of the tests' own, and the people who act on it.

The unit tree: 1 city, below it 10 county A (with 11 town and its section 12) and 20 county B
(with 21 town); 30 the supervision office, 31 an inspection team, 40 a dissolved town whose place
the town 11 took.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from taizhang.core.actor import DUTIES, Actor, Agent
from taizhang.core.context import Context
from taizhang.core.playbook import Playbook
from taizhang.core.playbook_text import read_playbook
from taizhang.core.units import Units, UnitSpan

TEXTS = {
    "playbook.toml": """
[playbook]
schema = 1
key = "sample"
version = "1"
name = "样例台账"
name_en = "Sample ledger"
entry = "问题"

[number]
pattern = "{year}-{serial:05d}"

[[field]]
key = "title"
label = "问题"
stands_for = "title"
required = true

[[field]]
key = "unit"
label = "责任单位"
kind = "unit"
stands_for = "lead_unit"

[[field]]
key = "kind"
label = "类别"
kind = "category"
stands_for = "category"
categories = ["环境", "安全", "安全/消防"]

[[field]]
key = "due"
label = "整改时限"
kind = "date"
stands_for = "due_on"

[[field]]
key = "money"
label = "资金"
kind = "money"
unit = "万元"

[[field]]
key = "phone"
label = "联系电话"
kind = "contact"

[[field]]
key = "letter"
label = "来信原文"
kind = "longtext"
original = true

[[field]]
key = "measure"
label = "整改措施"
kind = "longtext"
required_at = ["done"]

[[field]]
key = "state"
label = "是否销号"
stands_for = "closure"

[[stage]]
key = "new"
label = "已登记"
no_clock = "等待交办"

[[stage]]
key = "assigned"
label = "已交办"
clock = "due_on"

[[stage]]
key = "working"
label = "整改中"
clock = "due_on"

[[stage]]
key = "done"
label = "已报办结"
kind = "done"
no_clock = "等待核查"

[[stage]]
key = "verified"
label = "核查通过"
no_clock = "等待销号"

[[stage]]
key = "closed"
label = "已销号"
kind = "closed"

[[stage]]
key = "declined"
label = "不予受理"
kind = "declined"

[[stage]]
key = "void"
label = "作废"
kind = "void"

[[role]]
key = "clerk"
label = "登记员"
duty = "register"

[[role]]
key = "desk"
label = "交办台"
duty = "dispatch"

[[role]]
key = "unit"
label = "责任单位"
duty = "handle"
standing = "lead"

[[role]]
key = "helper"
label = "协办单位"
duty = "handle"
standing = "assisting"

[[role]]
key = "pool"
label = "任一单位"
duty = "handle"

[[role]]
key = "checker"
label = "核查员"
duty = "verify"

[[role]]
key = "closer"
label = "销号员"
duty = "close"

[[role]]
key = "leader"
label = "分管领导"
duty = "oversee"
"""
    + "".join(
        f'\n[[move]]\nverb = "{verb}"\nlabel = "{label}"\nfrom = {origin}\n{target}who = {who}\n{needs}'
        for verb, label, origin, target, who, needs in (
            ("register", "登记", "[]", 'to = "new"\n', '["clerk"]', ""),
            ("amend", "更正", '"open"', "", '["clerk", "unit"]', ""),
            ("admit", "受理", '["new"]', 'to = "new"\n', '["desk"]', ""),
            ("decline", "不予受理", '["new"]', 'to = "declined"\n', '["desk"]', 'needs = ["reason"]\n'),
            ("assign", "交办", '["new"]', 'to = "assigned"\n', '["desk"]', 'needs = ["due_on"]\n'),
            ("claim", "认领", '["new"]', 'to = "working"\n', '["pool"]', ""),
            ("accept", "签收", '["assigned"]', 'to = "working"\n', '["unit"]', ""),
            ("return", "退回", '["assigned", "working"]', 'to = "new"\n', '["unit"]', 'needs = ["reason"]\n'),
            ("transfer", "转办", '["assigned", "working"]', 'to = "assigned"\n', '["desk"]', ""),
            ("split", "拆分", '["new", "assigned", "working"]', "", '["desk"]', ""),
            ("progress", "进展", '["assigned", "working"]', "", '["unit", "helper"]', ""),
            ("attach", "佐证", '"open"', "", '["unit", "helper", "checker"]', ""),
            ("report_done", "报办结", '["working"]', 'to = "done"\n', '["unit"]', ""),
            ("pass", "核查通过", '["done"]', 'to = "verified"\n', '["checker"]', ""),
            ("fail", "核查不通过", '["done"]', 'to = "working"\n', '["checker"]', 'needs = ["reason"]\n'),
            ("close_out", "销号", '["verified"]', 'to = "closed"\n', '["closer"]', ""),
            ("void", "作废", '["new", "assigned", "working"]', 'to = "void"\n', '["desk"]', ""),
            ("comment", "留言", '"open"', "", '["clerk", "desk", "unit", "helper", "checker", "leader"]', ""),
            ("instruct", "批示", '"open"', "", '["leader", "desk"]', ""),
            ("flag", "标记", '"open"', "", '["desk"]', ""),
            ("send_claim", "转入核查", '["claimed"]', 'to = "done"\n', '["desk", "clerk"]', ""),
        )
    )
    + """
[list]
columns = ["title", "unit", "due"]

[sheet]
closed_words = ["关闭", "已销号", "是"]
""",
}

UNITS = Units(
    {
        1: UnitSpan(1, "示例市", None),
        10: UnitSpan(10, "甲县", 1),
        11: UnitSpan(11, "甲县城关镇", 10),
        12: UnitSpan(12, "城关镇环保站", 11),
        20: UnitSpan(20, "乙县", 1),
        21: UnitSpan(21, "乙县城关镇", 20),
        30: UnitSpan(30, "市督查室", 1),
        31: UnitSpan(31, "市核查组", 1),
        40: UnitSpan(40, "原河口乡", 10, to_on=date(2026, 1, 1), successor_ids=(11,)),
    }
)
NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
TODAY = NOW.date()
LEDGER = 7


def playbook() -> Playbook:
    return read_playbook(TEXTS)


def agent(person_id: int, unit_id: int | None, *duties: str) -> Agent:
    line = UNITS.line(unit_id) if unit_id is not None else frozenset[int]()
    places = UNITS.places(unit_id) if unit_id is not None else frozenset[int]()
    return Agent(person_id, unit_id, None, frozenset(duties or DUTIES), line, frozenset({1}), places)


def alone(person_id: int, unit_id: int | None, *duties: str) -> Actor:
    return Actor.alone(agent(person_id, unit_id, *duties))


def context(actor: Actor, **more: object) -> Context:
    given = {"playbook": playbook(), "units": UNITS, "now": NOW, **more}
    return Context(actor=actor, **given)  # type: ignore[arg-type]


def fresh_id() -> UUID:
    return uuid4()
