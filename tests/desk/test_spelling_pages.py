"""认单位写法: from the preview to one page that asks each spelling once, and back to rows that have their units."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from taizhang.org.founding import NewUnit, add_people, add_posts, add_unit, add_units, appoint_all
from taizhang.org.models import Person, Post, Spelling, Tenure, Unit, UnitGroup
from taizhang.org.reorganise import rename
from tests.desk.staff import Staff
from tests.desk.test_import_columns import Import, book
from tests.ledger.office import rows

HEADER = ["问题", "责任单位"]


def sheet(tmp_path: Path, *cells: str) -> Path:
    return book(tmp_path, 表一=[HEADER, *([f"问题{n}", cell] for n, cell in enumerate(cells))])


class Asking:
    """One sheet on its way in, and the page that asks about its names."""

    def __init__(self, browser: Client, path: Path) -> None:
        self.browser, self.sheet = browser, Import(browser, path)
        self.address = f"{self.sheet.address}units/"

    def look(self, **given: Any) -> dict[str, list[str]]:
        """Band → the texts it shows."""
        self.page = self.browser.get(self.address, given)
        assert self.page.status_code == 200
        self.text = self.page.content.decode()
        return {
            band["name"]: [row["asked"].text for row in band["rows"]] for band in self.page.context["bands"]
        }

    def answer(self, text: str, pick: str, status: int = 302, **typed: str) -> str:
        """What one row's button leads to; with 200 or 422 the row alone."""
        headers = {} if status == 302 else {"X-Part": "row"}
        given = {"text": text, "pick": pick, **typed}
        got = self.browser.post(self.address, given, headers=headers)
        assert got.status_code == status, got.content.decode()[-3000:]
        return str(got.content.decode())

    def take(self, band: str, **more: Any) -> None:
        self.look()
        (found,) = [one for one in self.page.context["bands"] if one["name"] == band]
        given = {
            "act": "band",
            "band": band,
            "n": found["taken"],
            "version": self.page.context["version"],
            **more,
        }
        if found["as_shown"]:
            texts, units = zip(*found["as_shown"], strict=True)
            given = {"act": "page", "text": texts, "unit": units}
        assert self.browser.post(self.address, given).status_code == 302


def leads(browser: Client | None = None) -> list[str]:
    """The lead units of what was imported, in the order of the sheet; "" where nobody leads."""
    found = rows(
        "SELECT COALESCE((SELECT name FROM unit WHERE id = lead_unit_id), '') FROM entry WHERE source_key IS NOT NULL ORDER BY entry_id"
    )
    return [row[0] for row in found]


@pytest.fixture
def clerk(staff: Staff) -> Client:
    add_units([NewUnit(name, staff.office.county) for name in ("水务局", "发展和改革局", "大王庄镇")])
    return staff.client("clerk")


@pytest.fixture
def chief(staff: Staff, clerk: Client) -> Client:
    """Registers and administers."""
    city = staff.office.city
    post = add_posts(
        [Post(unit_id=city, name="管理岗", duties=["register", "administer"], scope_unit_id=city)]
    )[0]
    person = add_people([Person(username="chief", name="管理员癸")])[0]
    appoint_all([Tenure(person=person, post=post)])
    browser = Client()
    browser.force_login(person)
    return browser


CELLS = (
    "城关镇政府",
    "水务局",
    "城关镇政府",
    "发改局",
    "daw zhuang",
    "大王壮镇",
    "城东镇",
    "天外飞仙",
    "各乡镇",
)


def test_the_preview_leads_to_the_names_it_does_not_know_and_back_to_itself(
    clerk: Client, tmp_path: Path
) -> None:
    asking = Asking(clerk, sheet(tmp_path, *CELLS))
    assert "有 7 种单位写法要认" in asking.sheet.text and f'href="{asking.address}"' in asking.sheet.text
    assert asking.look() == {
        "sure": ["城关镇政府"],
        "likely": ["发改局", "大王壮镇"],
        "perhaps": ["daw zhuang", "城东镇"],
        "none": ["各乡镇", "天外飞仙"],
    }
    assert "还有 7 种写法要认" in asking.text and f'href="{asking.sheet.address}"' in asking.text
    assert "2 行" in asking.text and "B2 问题0" in asking.text, "how many rows, and one of them"
    assert "只差机关、地名字样" in asking.text


def test_a_whole_band_is_accepted_with_one_click_and_undone_with_another(
    clerk: Client, tmp_path: Path
) -> None:
    asking = Asking(clerk, sheet(tmp_path, *CELLS))
    asking.take("sure")
    asking.take("likely")
    assert set(asking.look()) == {"perhaps", "none"}
    assert "已认 3 种" in asking.text
    batch = Spelling.objects.get(text="发改局").batch
    asking.look(batch=str(batch))
    assert "已按建议认定 2 种写法" in asking.text
    clerk.post("/units/spellings/undo/", {"batch": str(batch), "page": asking.address})
    assert asking.look()["likely"] == ["发改局", "大王壮镇"]
    asking.take("likely")
    asking.sheet.look()
    asking.sheet.choose("take")
    assert leads() == ["城关镇", "水务局", "城关镇", "发展和改革局", "", "大王庄镇", "", "", ""]


def test_a_band_that_is_no_longer_what_was_shown_is_shown_again_instead(
    staff: Staff, clerk: Client, tmp_path: Path
) -> None:
    asking = Asking(clerk, sheet(tmp_path, *CELLS))
    asking.take("sure", n=5)
    asking.look()
    shown = {"act": "band", "band": "sure", "n": 1, "version": asking.page.context["version"]}
    add_unit("城关镇", staff.office.other_county)
    clerk.post(asking.address, shown)
    assert not Spelling.objects.exists()
    assert asking.look()["perhaps"][0] == "城关镇政府", "now there are two of that name"
    assert "请再看一遍" in asking.text
    (likely,) = [one for one in asking.page.context["bands"] if one["name"] == "likely"]
    shown = {"act": "band", "band": "likely", "n": likely["taken"], "version": asking.page.context["version"]}
    rename(Unit.objects.get(name="大王庄镇").id, "大王庄街道", staff.office.today)
    clerk.post(asking.address, shown)
    assert not Spelling.objects.exists(), "as many as before, and yet not the same"


def test_a_page_of_doubtful_ones_is_accepted_as_shown_but_for_what_was_settled_meanwhile(
    staff: Staff, clerk: Client, tmp_path: Path
) -> None:
    asking = Asking(clerk, sheet(tmp_path, *CELLS))
    asking.look()
    (perhaps,) = [one for one in asking.page.context["bands"] if one["name"] == "perhaps"]
    asking.answer("城东镇", "typed", typed="柳林镇")
    texts, units = zip(*perhaps["as_shown"], strict=True)
    clerk.post(
        asking.address, {"act": "page", "text": [*texts, "编出来的"], "unit": [*units, staff.office.town]}
    )
    settled = {row.text: row.unit_ids for row in Spelling.objects.all()}
    assert settled["城东镇"] == [staff.office.other_town] and "编出来的" not in settled
    assert set(settled) == {"城东镇", "daw zhuang"}


def test_one_row_is_settled_by_its_own_buttons_without_loading_the_page_again(
    staff: Staff, clerk: Client, tmp_path: Path
) -> None:
    asking = Asking(clerk, sheet(tmp_path, *CELLS))
    asking.look()
    town = staff.office.town
    assert "→ 城关镇" in asking.answer("城关镇政府", f"unit-{town}", 200)
    assert "→ 发展和改革局" in asking.answer("发改局", "enter", 200)
    assert "→ 牵头 水务局；协办 柳林镇" in asking.answer(
        "天外飞仙", "enter", 200, typed="柳林镇、水务局（牵头）"
    )
    assert "→ 大王庄镇" in asking.answer("大王壮镇", "enter", 200, typed="dwz")
    assert "→ 留作文字" in asking.answer("城东镇", "text", 200)
    for made_up in ("unit-1", "unit-x", f"each-{10**20}", "together-1", "nonsense", ""):
        asking.answer("daw zhuang", made_up, 404)
    asking.answer("不在表里的", "text", 404)
    assert asking.look() == {"perhaps": ["daw zhuang"], "none": ["各乡镇"]}


def test_what_names_no_unit_comes_back_with_what_was_typed_and_what_may_be_meant(
    clerk: Client, tmp_path: Path
) -> None:
    asking = Asking(clerk, sheet(tmp_path, *CELLS))
    row = asking.answer("天外飞仙", "typed", 422, typed="水务句")
    assert "没有叫“水务句”的单位；是否：水务局" in row and 'value="水务句"' in row
    assert "请填单位名" in asking.answer("天外飞仙", "enter", 422)
    asking.answer("天外飞仙", "typed", typed="火星")
    asking.look()
    assert "没有叫“火星”的单位" in asking.text
    assert not Spelling.objects.exists()


def test_a_new_unit_is_founded_below_its_parent_by_administrators_alone(
    staff: Staff, clerk: Client, chief: Client, tmp_path: Path
) -> None:
    asking = Asking(chief, sheet(tmp_path, *CELLS))
    assert "→ 飞仙镇" in asking.answer("天外飞仙", "new", 200, name="飞仙镇", parent="甲县")
    assert Unit.objects.get(name="飞仙镇").parent_id == staff.office.county
    assert "那里已有“飞仙镇”" in asking.answer("城东镇", "new", 422, name="飞仙镇", parent="甲县")
    assert "没有叫“火星”的单位" in asking.answer("城东镇", "new", 422, name="城东镇", parent="火星")
    others = Asking(clerk, sheet(tmp_path, *CELLS))
    row = others.answer("城东镇", "new", 422, name="城东镇", parent="甲县")
    assert "由有管理职责的岗位办理" in row and not Unit.objects.filter(name="城东镇").exists()


def test_a_group_is_asked_about_in_one_entry_or_one_for_each_unit(
    staff: Staff, chief: Client, tmp_path: Path
) -> None:
    asking = Asking(chief, sheet(tmp_path, "各乡镇", "各县", "城关镇"))
    asking.look()
    assert "设成单位组" in asking.text
    row = asking.answer("各乡镇", "newgroup-each", 200, group="各乡镇", below="明州市", kind="towns")
    assert "各乡镇（3 个单位：" in row and "每个单位一条" in row
    listed = asking.answer("各县", "newgroup-together", 200, group="各县", members="甲县、乙县")
    assert "各县（2 个单位：甲县、乙县），合登一条" in listed
    asking.sheet.look()
    assert "每个单位一条，共 3 条" in asking.sheet.text
    asking.sheet.choose("take")
    assert "已导入 5 条" in asking.sheet.text
    assert sorted(leads()) == sorted(["大王庄镇", "城关镇", "柳林镇", "", "城关镇"])
    again = Import(chief, sheet(tmp_path, "各乡镇", "各县", "城关镇"))
    assert (again.counts["新登记"], again.counts["已有且相同"]) == (0, 3)


def test_a_group_that_is_there_is_offered_by_its_name(staff: Staff, chief: Client, tmp_path: Path) -> None:
    given = {"group": "各乡镇", "below": "明州市", "kind": "towns"}
    assert chief.post("/units/groups/", given)["Location"] == "/units/groups/"
    page = chief.get("/units/groups/").content.decode()
    assert "明州市以下：各乡镇、街道" in page and "大王庄镇" in page
    clerk = staff.client("clerk")
    asking = Asking(clerk, sheet(tmp_path, "各乡镇", "全部镇"))
    group = UnitGroup.objects.get().id
    asking.look()
    assert f'value="each-{group}"' in asking.text and f'value="together-{group}"' in asking.text
    row = asking.answer("全部镇", "typed", 422, typed="各乡镇")
    assert "“各乡镇”是单位组" in row and f'value="each-{group}"' in row
    assert "每个单位一条" in asking.answer("各乡镇", f"each-{group}", 200)
    assert "合登一条" in asking.answer("全部镇", f"together-{group}", 200)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"group": "各村", "below": "甲县", "kind": "villages"}, "一个单位也没有"),
        ({"group": "", "below": "甲县", "kind": "towns"}, "不能为空"),
        ({"group": "各镇", "below": "火星", "kind": "towns"}, "没有叫“火星”的单位"),
        ({"group": "各镇", "members": "城关镇、火星"}, "没有叫“火星”的单位"),
    ],
)
def test_a_group_that_cannot_be_is_refused_with_what_was_typed(
    chief: Client, given: dict[str, str], words: str
) -> None:
    answer = chief.post("/units/groups/", given)
    assert answer.status_code == 422 and words in answer.content.decode()
    assert f'value="{given["group"]}"' in answer.content.decode()


def test_groups_are_defined_by_administrators_alone(clerk: Client) -> None:
    page = clerk.get("/units/groups/")
    assert page.status_code == 200 and 'name="members"' not in page.content.decode()
    answer = clerk.post("/units/groups/", {"group": "各镇", "below": "甲县", "kind": "towns"})
    assert answer.status_code == 422 and "由有管理职责的岗位办理" in answer.content.decode()
    assert not UnitGroup.objects.exists()


def test_what_was_settled_is_listed_with_whom_and_when_found_and_undone(
    staff: Staff, clerk: Client, chief: Client, tmp_path: Path
) -> None:
    asking = Asking(chief, sheet(tmp_path, *CELLS))
    asking.answer("城东镇", "typed", typed="城关镇")
    Asking(clerk, sheet(tmp_path, *CELLS)).answer("天外飞仙", "text")
    page = clerk.get("/units/spellings/")
    assert [(row["text"], row["answer"], row["by"], row["may_undo"]) for row in page.context["rows"]] == [
        ("天外飞仙", "留作文字", "某clerk", True),
        ("城东镇", "城关镇", "管理员癸", False),
    ]
    assert "共 1 种" in clerk.get("/units/spellings/?q=城东").content.decode()
    others = Spelling.objects.get(text="城东镇").id
    refused = clerk.post("/units/spellings/undo/", {"spelling": others, "page": "/units/spellings/"})
    assert refused.status_code == 403 and "别人认定的" in refused.content.decode()
    for row in page.context["rows"]:
        chief.post("/units/spellings/undo/", {"spelling": row["id"], "page": "/units/spellings/"})
    assert "还没有认过的写法" in clerk.get("/units/spellings/").content.decode()
    for nonsense in ({}, {"batch": "x"}, {"spelling": "9" * 30}):
        assert clerk.post("/units/spellings/undo/", nonsense).status_code == 404


def test_long_lists_go_on_in_pages_and_cost_no_query_for_each_row(
    staff: Staff, clerk: Client, tmp_path: Path
) -> None:
    many = [f"天外飞仙{n:03}" for n in range(120)]
    asking = Asking(clerk, sheet(tmp_path, *many))
    seen = [
        *asking.look(band="none")["none"],
        *asking.look(band="none", page=2)["none"],
        *asking.look(band="none", page=3)["none"],
    ]
    assert seen == many
    for page in ("0", "4", "x", "9" * 40):
        assert asking.look(band="none", page=page)["none"] == many[:50]
    with CaptureQueriesContext(connection) as few:
        asking.look(band="none", page=3)
    with CaptureQueriesContext(connection) as more:
        asking.look(band="none")
    assert len(more) == len(few) < 12
    for text in many[:60]:
        asking.answer(text, "text")
    got, address = [], "/units/spellings/"
    while address:
        told = clerk.get(address).context
        got += [row["text"] for row in told["rows"]]
        address = f"/units/spellings/?before={told['next']}" if told["next"] else ""
    assert got == many[59::-1]


def test_a_sheet_of_nothing_but_names_says_how_many_it_leaves_out(
    clerk: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("taizhang.desk.spelling_questions.MOST", 3)
    asking = Asking(clerk, sheet(tmp_path, *CELLS, "天书"))
    assert sum(map(len, asking.look().values())) == 3 and "另有 5 种没有列出" in asking.text


def test_names_on_registered_entries_without_a_lead_are_asked_about_as_well(
    staff: Staff, clerk: Client, tmp_path: Path
) -> None:
    tried = Import(clerk, sheet(tmp_path, "天外飞仙", "天外飞仙、城关镇", "城关镇政府", "水务局"))
    tried.choose("take")
    asking = Asking(clerk, sheet(tmp_path, "别的"))
    asking.address = "/ledgers/sample/units/"
    assert asking.look() == {"sure": ["城关镇政府"], "none": ["天外飞仙"]}
    assert "2 行" in asking.text
    asking.take("sure")
    asking.answer("天外飞仙", "text", 200)
    assert asking.look() == {} and "单位写法都认完了" in asking.text
    asking.browser = staff.client("county")
    assert asking.look() == {}


def test_units_are_found_by_what_was_typed_so_far(clerk: Client) -> None:
    def found(typed: str) -> Sequence[str]:
        page = clerk.get("/units/find/", {"typed": typed}).content.decode()
        return [line.removesuffix("</li>") for line in page.split('<li role="option">')[1:]]

    assert found("cgz")[0] == "城关镇" and found("水")[0] == "水务局" and found("发改局") == ["发展和改革局"]
    assert found("") == [] == found("<script>")
