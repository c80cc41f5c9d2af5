"""A county of 150 units and 400 ways in which sheets write them, made by a seed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from taizhang.core.pinyin import initials, sound

COUNTY = "清河县"
OFFICES = [
    "发展和改革局",
    "教育局",
    "科学技术和工业信息化局",
    "公安局",
    "民政局",
    "司法局",
    "财政局",
    "人力资源和社会保障局",
    "自然资源局",
    "生态环境分局",
    "住房和城乡建设局",
    "交通运输局",
    "水务管理局",
    "农业农村局",
    "商务和粮食局",
    "文化和旅游局",
    "卫生健康局",
    "退役军人事务局",
    "应急管理局",
    "审计局",
    "市场监督管理局",
    "统计局",
    "医疗保障局",
    "行政审批服务管理局",
    "林业和草原局",
    "能源管理局",
    "信访接待中心",
    "城市管理综合执法局",
    "残疾人联合会",
    "供销合作社联合社",
]
ABBREVIATED = {
    "发展和改革局": "发改局", "人力资源和社会保障局": "人社局", "交通运输局": "交通局", "农业农村局": "农业局",
    "文化和旅游局": "文旅局", "卫生健康局": "卫健局", "应急管理局": "应急局", "市场监督管理局": "市监局",
    "医疗保障局": "医保局", "林业和草原局": "林草局", "住房和城乡建设局": "住建局", "自然资源局": "自资局",
    "行政审批服务管理局": "审批局", "城市管理综合执法局": "城管局", "科学技术和工业信息化局": "科工局", "商务和粮食局": "商粮局",
}  # fmt: skip
FORMERLY = {
    "生态环境分局": "环保局", "市场监督管理局": "工商局", "自然资源局": "国土局", "农业农村局": "农委",
    "卫生健康局": "计生局", "水务管理局": "水利局", "退役军人事务局": "民政优抚", "能源管理局": "煤炭局",
}  # fmt: skip
NO_UNIT = ("待定", "县领导", "企业自行整改", "见附件", "全体人员", "第三方公司", "业主", "群众")
MANY = {"各乡镇": "towns", "各村": "villages", "各部门": "offices"}
_FIRST = "石柳白黄清高双龙凤马杨王李张桃梅松竹金银红青云泉沙古长平安太永和福兴"
_SECOND = "桥林泉河沟湾坪岭庄店堡峪坡滩口源塘岗家楼"
_LOOKALIKE = dict(
    zip("林泉河沟湾坪岭庄店堡峪坡滩口源塘岗桥楼家", "淋帛何购弯秤领压占堡浴披难囗厡糖冈侨搂冢", strict=True)
)


@dataclass
class County:
    """`units`: name → the one above; `meant`: spelling → its unit, "" for no unit, the name of a kind for a group."""

    seed: int
    units: dict[str, str] = field(default_factory=dict)
    meant: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.units = {COUNTY: "", **dict.fromkeys(OFFICES, COUNTY)}
        places = [a + b for a in _FIRST for b in _SECOND]
        self.dice.shuffle(places)
        self._heard: set[str] = set()
        towns = [f"{self._place(places)}{self.dice.choice(('镇', '镇', '乡'))}" for _ in range(24)]
        self.units |= dict.fromkeys(towns, COUNTY)
        while len(self.units) < 150:
            self.units[f"{self._place(places)}村"] = self.dice.choice(towns)
        self.towns = towns
        self.villages = [name for name in self.units if name.endswith("村")]
        self.meant = {**dict.fromkeys(NO_UNIT, ""), **MANY}
        ways = self._ways()
        while len(self.meant) < 400:
            written, meant = next(ways)
            if written not in self.units and self.meant.get(written, meant) == meant:
                self.meant[written] = meant

    def _place(self, places: list[str]) -> str:
        """One that neither sounds nor abbreviates like another: what the ear confuses, nobody could tell apart."""
        while True:
            place = places.pop()
            if self._heard.isdisjoint(made := {sound(place)}):
                self._heard |= made
                return place

    def _ways(self) -> Iterator[tuple[str, str]]:
        """Endlessly, one way after another in the shares in which sheets have them."""
        ways: tuple[tuple[int, Callable[[], tuple[str, str]]], ...] = (
            (14, self._with_office),
            (10, self._with_county),
            (8, self._short),
            (4, self._by_sound),
            (3, self._dropped),
            (2, self._letters),
            (3, lambda: self._of(ABBREVIATED)),
            (1, self._looks_alike),
            (1, lambda: self._of(FORMERLY)),
        )
        while True:
            yield self.dice.choices([way for _n, way in ways], [n for n, _way in ways])[0]()

    def _of(self, other: dict[str, str]) -> tuple[str, str]:
        name = self.dice.choice(sorted(other))
        return other[name], name

    def _any(self) -> str:
        return self.dice.choice([name for name in self.units if name != COUNTY])

    def _with_office(self) -> tuple[str, str]:
        name = self.dice.choice(self.towns + self.villages)
        words = (
            ("村委会", "党支部")
            if name in self.villages
            else ("政府", "人民政府", "党委政府", "党委", "机关")
        )
        return name + self.dice.choice(words), name

    def _with_county(self) -> tuple[str, str]:
        """The place before the name, as people say it; with its full name an import knows it by itself."""
        name = self._any()
        if self.units[name] != COUNTY:
            return self.units[name][:-1] + name, name
        short = ABBREVIATED.get(name, name) if self.dice.random() < 0.2 else name
        return self.dice.choice(("县", "我县", "本县")) + short, name

    def _short(self) -> tuple[str, str]:
        name = self.dice.choice(self.towns + self.villages)
        return name[:-1], name

    def _by_sound(self) -> tuple[str, str]:
        name = self._any()
        at = self.dice.randrange(len(name) - 1)
        others = [c for c in _HOMOPHONES.get(sound(name[at]), ()) if c != name[at]]
        return (name[:at] + self.dice.choice(others) + name[at + 1 :] if others else name, name)

    def _dropped(self) -> tuple[str, str]:
        name = self.dice.choice([name for name in OFFICES if len(name) > 5])
        at = self.dice.randrange(1, len(name) - 1)
        return name[:at] + name[at + 1 :], name

    def _letters(self) -> tuple[str, str]:
        name = self._any()
        return self.dice.choice((sound(name), initials(name))), name

    def _looks_alike(self) -> tuple[str, str]:
        name = self.dice.choice(self.towns + self.villages)
        return name[0] + _LOOKALIKE[name[1]] + name[2:], name

    def rows(self, count: int) -> Iterator[tuple[str, str]]:
        """Title and cell of each row: every spelling, the exact names, and now and then two units in a cell."""
        dice = random.Random(self.seed)
        spelled, exact = sorted(self.meant), [name for name in self.units if name != COUNTY]
        for n in range(count):
            cell = spelled[n] if n < len(spelled) else dice.choice(spelled if n % 2 else exact)
            if n >= len(spelled) and n % 10 == 0:
                cell = f"{cell}、{dice.choice(exact)}"
            yield f"第 {n + 1} 个问题", cell


def _by_sound(characters: str) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for character in characters:
        found[sound(character)].append(character)
    return dict(found)


_HOMOPHONES = _by_sound(
    "石时实食柳留刘白百黄皇清青轻高糕双霜龙隆凤奉马码杨羊阳洋王汪旺李里理张章桃逃梅煤松竹烛金今银红洪云匀泉全权沙纱古谷"
    "长常平安庵太泰永勇和合河荷福扶兴桥乔林临沟勾湾弯坪萍岭领庄装店电堡保峪玉坡泼滩摊口源原园塘唐岗刚家佳楼娄"
    "公工供安案民敏政正财材司思法发教叫育玉交水税农浓商伤文闻卫未应英审市是统医一信"
)
