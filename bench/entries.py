"""Invented problems in endless supply: the same number always makes the same one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from taizhang.core import commands as c
from taizhang.core.values import Value
from taizhang.ledger.identity import new_id

HEADER = (
    "问题编号", "问题描述", "整改措施", "问题类别", "问题等级", "责任单位", "配合单位", "发现时间", "整改时限",
    "地点", "责任人", "联系电话", "所需资金", "涉及户数", "备注",
)  # fmt: skip
KEYS = (
    "code", "description", "measures", "category", "level", "lead_unit", "assisting", "found_on", "due_on",
    "place", "responsible", "telephone", "money", "households", "remark",
)  # fmt: skip
CATEGORIES = (
    "环境卫生/垃圾清运", "环境卫生/污水外溢", "环境卫生/河道漂浮物", "市政设施/路灯", "市政设施/道路破损",
    "市政设施/井盖", "安全生产/消防通道", "安全生产/用电", "安全生产/危房", "民生服务/供水",
    "民生服务/低保", "民生服务/就学",
)  # fmt: skip
LEVELS = ("轻微", "一般", "一般", "较大", "重大")
WHERE = (
    "东街口",
    "南门桥头",
    "粮站后院",
    "老供销社旁",
    "三组晒谷场",
    "中心小学门前",
    "农贸市场西侧",
    "卫生院对面",
    "水渠转弯处",
    "村委会广场",
)
WHAT = (
    "路灯连续多日不亮，夜间行人往来不便", "雨后积水没过路沿，住户出入要绕行", "生活垃圾堆放多日无人清运，气味很大",
    "井盖松动且边缘破损，车辆经过时有响声", "消防通道被杂物和车辆长期占用", "私拉电线横跨屋檐，接头裸露在外",
    "围墙向外倾斜，墙根已有明显裂缝", "自来水水压不足，早晚高峰基本无水", "排污管口直通河道，水面有油花和泡沫",
    "路面坑洼较深，已有多名群众摔倒", "护栏缺失两段，下方是一人多深的水沟", "下水道堵塞返水，临街几户店铺无法营业",
)  # fmt: skip
HOW = (
    "由责任单位现场勘查后列出清单", "先设置围挡和警示标志", "安排专人每日巡查并拍照留存", "约谈相关经营户限期自行清理",
    "协调施工队进场维修", "更换破损部件并做加固处理", "完成后请附近住户共同验看", "把该点位列入每月抽查范围",
    "资金从年度养护经费中列支", "向群众说明情况并公布联系人", "建立长期管护办法，防止反弹",
)  # fmt: skip
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "安平文华建国志强秀英海燕春生明远"
REMARKS = ("群众多次反映", "已现场看过", "需两家单位会商", "列入本季度计划", "等待材料到货", "涉及产权未清")


def cells(n: int, units: Sequence[str], base: date) -> tuple[object, ...]:
    """One row of fifteen filled cells as an office would fill them; `units` are names of units that exist."""
    dice = Random(n)
    found = base - timedelta(days=dice.randrange(700))
    due = found + timedelta(days=dice.randrange(15, 120))
    return (
        f"{base.year}{dice.randrange(100, 1000)}{n:07d}",
        _text(dice, WHAT, f"{dice.choice(WHERE)}{n % 997 + 1}号"),
        _text(dice, HOW, ""),
        dice.choice(CATEGORIES),
        dice.choice(LEVELS),
        dice.choice(units),
        "、".join(dice.sample(units, dice.choice((1, 1, 2)))),
        found,
        due.isoformat() if n % 3 else f"{due.year}年{due.month}月{due.day}日",
        f"{dice.choice(WHERE)}{dice.randrange(1, 400)}号附近",
        dice.choice(SURNAMES) + "".join(dice.sample(GIVEN, dice.choice((1, 2)))),
        f"139{dice.randrange(10**8):08d}",
        dice.randrange(1, 5000) / 10,
        dice.randrange(1, 300),
        dice.choice(REMARKS),
    )


def _text(dice: Random, clauses: Sequence[str], start: str) -> str:
    """A text of 40 to 120 characters."""
    text, wanted = start, dice.randrange(40, 90)
    for clause in dice.sample(clauses, len(clauses)):
        text += clause
        if len(text) >= wanted:
            break
        text += "，"
    return f"{text}。"


def registration(n: int, ledger_id: int, units: Sequence[str], base: date) -> c.RegisterEntry:
    """The same row as a command a form would send."""
    values = dict(zip(KEYS, cells(n, units, base), strict=True))
    due = (base + timedelta(days=n % 90)).isoformat()
    fields: dict[str, Value] = {
        **{key: f"{value:g}" if isinstance(value, float) else str(value) for key, value in values.items()},
        "assisting": tuple(str(values["assisting"]).split("、")),
        "due_on": due,
    }
    return c.RegisterEntry(
        entry_id=new_id(), ledger_id=ledger_id, fields=fields, due_on=date.fromisoformat(due)
    )
