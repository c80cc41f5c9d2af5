"""新建台账: from a sheet to an open ledger, by its form or by its text."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from taizhang.core.playbook import Playbook
from taizhang.core.playbook_check import proven
from taizhang.desk import drafting, uploads
from taizhang.ledger import ledgers
from taizhang.org.founding import add_person, add_post, add_unit, appoint, found_site
from taizhang.org.models import Person, Unit
from taizhang.org.sites import the_site
from tests.cli.terminal import Terminal
from tests.ledger.office import rows

REAL = Path(__file__).parents[3] / "shared" / "data" / "ledgers"
Lines = Sequence[Sequence[Any]]
LIST: Lines = [
    ["某县问题清单", None, None, None, None, None],
    ["序号", "问题描述", "责任单位", "整改时限", "是否销号", "联系电话"],
    [1, "东风路路灯不亮", "城关镇", "2026年12月1日", "是", "13800138000"],
    [2, "河边倾倒垃圾", "柳林镇", "2026-12-15", "否", ""],
    [3, "老街井盖缺失", "城关镇", "2026.12.20", "否", ""],
]


def xlsx(**sheets: Lines) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        page = made.create_sheet(name)
        for line in lines:
            page.append(list(line))
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


class NewLedger:
    """One ledger in the making, as its administrator has it before him."""

    def __init__(self, browser: Client, content: bytes, name: str = "清单.xlsx") -> None:
        self.browser = browser
        self.answer = browser.post("/new-ledger/", {"file": SimpleUploadedFile(name, content)})
        self.text = self.answer.content.decode()
        if self.answer.status_code == 302:
            self.address = self.answer["Location"]
            self.look()

    def look(self) -> None:
        self.page = self.browser.get(self.address)
        self.text = self.page.content.decode()

    @property
    def answers(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.page.context["answers"]
        return found

    @property
    def problems(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.page.context["problems"]
        return found

    @property
    def files(self) -> Mapping[str, str]:
        """The texts shown to be edited."""
        return {name: text for name, _input, text, _rows in self.page.context["files"]}

    def send(self, act: str, **changed: str) -> int:
        """The form as it is shown, but for what was changed: `kind_column_2="date"`."""
        typed = {
            name.replace("_column", "-column").replace("is_", "is-"): value for name, value in changed.items()
        }
        answers = {name: value for name, value in {**self.answers, **typed}.items() if value}
        return self._post({**answers, "act": act})

    def send_text(self, act: str, **files: str) -> int:
        return self._post({"act": act, **{f"text-{name}": text for name, text in files.items()}})

    def _post(self, posted: Mapping[str, str]) -> int:
        self.page = self.browser.post(self.address, posted)
        status, self.text = self.page.status_code, self.page.content.decode()
        if status == 302:
            self.address = self.page["Location"]
            self.look()
        return status

    @property
    def playbook(self) -> Playbook:
        ledger = ledgers.all_ledgers(the_site())[-1]
        return ledgers.playbook(ledger.playbook_sha)


@pytest.fixture
def operator(db: None, settings: Any, tmp_path: Path) -> Client:
    """On a site as `serve` founds it: nothing but its operator, and a data folder of its own."""
    settings.DATA = tmp_path
    found_site("清河县")
    browser = Client()
    browser.force_login(Person.objects.get())
    return browser


def labelled(playbook: Playbook) -> dict[str, str]:
    return {item.label.zh: item.kind for item in playbook.fields}


def test_an_empty_site_opens_on_the_making_of_its_first_ledger(operator: Client) -> None:
    for address in ("/", "/ledgers/"):
        assert operator.get(address)["Location"] == "/new-ledger/"
    clerk = add_person("clerk", "登记员")
    appoint(clerk.pk, add_post(Unit.objects.get().pk, "登记岗", ["register"]).pk)
    other = Client()
    other.force_login(clerk)
    assert "还没有开设台账" in other.get("/").content.decode()


def test_a_sheet_becomes_a_ledger_and_its_rows_are_imported(operator: Client) -> None:
    made = NewLedger(operator, xlsx(表一=LIST))
    assert made.answers["name"] == "某县问题清单"
    roles = {
        what: made.answers[f"is-{what}"] for what in ("title", "lead_unit", "due_on", "closure", "number")
    }
    assert roles == {
        "title": "column_2",
        "lead_unit": "column_3",
        "due_on": "column_4",
        "closure": "column_5",
        "number": "",
    }
    assert "东风路路灯不亮" in made.text and made.answers["closed_words"] == "是"
    assert not ledgers.all_ledgers(the_site())
    assert made.send("open") == 302
    assert made.address.startswith("/ledgers/mouxianwentiqingdan/import/") and "尚未写入" in made.text
    assert dict(made.page.context["counts"])["新登记"] == 3
    assert operator.post(made.address, {"act": "take"}).status_code == 302
    assert rows("SELECT title, stage FROM entry ORDER BY title") == [
        ("东风路路灯不亮", "claimed"),
        ("河边倾倒垃圾", "registered"),
        ("老街井盖缺失", "registered"),
    ]
    assert "共 3 条" in operator.get("/ledgers/mouxianwentiqingdan/").content.decode()


def test_every_answer_of_the_form_goes_into_the_playbook(operator: Client) -> None:
    made = NewLedger(
        operator,
        xlsx(
            表一=[
                ["编号", "事项", "情况", "天气", "金额"],
                *([f"A-{n}", f"事项{n}", "好" if n % 2 else "坏", "晴", n] for n in range(1, 9)),
            ]
        ),
    )
    status = made.send(
        "open",
        name="改过的名称",
        key="changed",
        is_number="column_1",
        is_category="",
        is_closure="column_3",
        closed_words="好、很好",
        label_column_2="事项名称",
        kind_column_3="choice",
        choices_column_3="好\n坏\n不知道",
        taken_column_4="",
        kind_column_5="money",
        unit_column_5="万元",
        decimals_column_5="3",
        required_column_5="yes",
        sight_column_5="public",
        **{"stage-registered": "刚登记", "clock-registered": "15", "clock-assigned": "到期日"},
    )
    assert status == 302
    playbook = made.playbook
    assert (playbook.key, playbook.name.zh) == ("changed", "改过的名称")
    assert labelled(playbook) == {"编号": "text", "事项名称": "text", "情况": "choice", "金额": "money"}
    assert playbook.sheet.key == ("column_1",) and playbook.sheet.closed_words == ("好", "很好")
    assert playbook.field_of["column_2"].synonyms == ("事项",)
    assert playbook.field_of["column_3"].choices == ("好", "坏", "不知道")
    money = playbook.field_of["column_5"]
    assert (money.unit, money.decimals, money.required, money.visibility) == ("万元", 3, True, "public")
    stages = {stage.key: (stage.label.zh, stage.clock) for stage in playbook.stages}
    assert stages["registered"] == ("刚登记", "15 自然日")
    assert stages["assigned"][1] == "due_on"
    values = {one.name: one.value for sheet in made.page.context["sheets"] for one in sheet.columns}
    assert values == {
        "表一!A": "column_1",
        "表一!B": "column_2",
        "表一!C": "column_3",
        "表一!D": "",
        "表一!E": "column_5",
    }


def test_what_a_column_answers_decides_its_kind(operator: Client) -> None:
    lines = [["问题描述", "谁来做", "几时"], *([f"事{n}", f"某{n}", "看情况"] for n in range(4))]
    made = NewLedger(operator, xlsx(表一=lines))
    assert (made.answers["kind-column_2"], made.answers["kind-column_3"]) != ("unit", "date")
    assert made.send("open", is_lead_unit="column_2", is_due_on="column_3") == 302
    fields = made.playbook.field_of
    assert (fields["column_2"].kind, fields["column_3"].kind) == ("unit", "date")


@pytest.mark.parametrize(
    ("changed", "at", "words"),
    [
        ({"name": " "}, "name", "请填写"),
        ({"key": "台账"}, "key", "只能用小写英文字母"),
        ({"label_column_2": ""}, "label-column_2", "请填写"),
        ({"label_column_2": "责任单位"}, "label-column_3", "被两个字段认领"),
        ({"kind_column_6": "choice", "choices_column_6": ""}, "choices-column_6", "请写出选项"),
        ({"kind_column_6": "money", "unit_column_6": "斤"}, "unit-column_6", "金额要写单位"),
        ({"sight_column_2": "sealed"}, "label-column_2", "密封字段不能充当标题"),
        ({"is_closure": "column_5", "closed_words": ""}, "closed_words", "哪些写法算已了结"),
        ({"is_due_on": "column_3"}, "is-due_on", "这一列已经用来回答“哪一列是责任单位？”"),
        ({"is_number": "column_6"}, "is-number", "密封字段"),
        ({"unit": "没有这个镇"}, "unit", "没有这个单位"),
        ({"clock-working": "下周"}, "clock-working", "请写天数"),
        ({"clock-working": ""}, "clock-working", "请写天数"),
        ({"stage-struck": " "}, "stage-struck", "请填写"),
    ],
)
def test_a_problem_is_shown_at_its_input_and_nothing_typed_is_lost(
    operator: Client, changed: dict[str, str], at: str, words: str
) -> None:
    made = NewLedger(operator, xlsx(表一=LIST))
    typed = {"name": "我打的名称", "label_column_4": "最后期限", **changed}
    assert made.send("open", **typed) == 422
    assert words in made.problems[at], made.problems
    assert "最后期限" in made.text and "还不能启用" in made.text
    assert f'href="#{at}"' in made.text and f'id="{at}"' in made.text, "from the problem to its input"
    assert not ledgers.all_ledgers(the_site())
    made.look()
    assert made.answers["label-column_4"] == "最后期限", "also after the page is called anew"


def test_one_key_is_taken_once_and_the_next_draft_is_given_another(operator: Client) -> None:
    content = xlsx(表一=LIST)
    assert NewLedger(operator, content).send("open") == 302
    second = NewLedger(operator, content)
    assert second.answers["key"] == "mouxianwentiqingdan_2"
    assert second.send("open", key="mouxianwentiqingdan") == 422
    assert "已有一本台账用代号“mouxianwentiqingdan”" in second.problems["key"]
    assert "新建台账" in operator.get("/ledgers/").content.decode()


def test_a_form_sent_twice_opens_one_ledger_and_leads_on_to_its_import(operator: Client) -> None:
    made = NewLedger(operator, xlsx(表一=LIST))
    first, posted = made.address, {**made.answers, "act": "open"}
    assert made.send("open") == 302
    again = operator.post(first, posted)
    assert (again.status_code, again["Location"]) == (302, made.address)
    assert operator.get(f"{first}text/")["Location"] == made.address
    assert len(ledgers.all_ledgers(the_site())) == 1


def test_a_draft_is_its_own_persons(operator: Client) -> None:
    made = NewLedger(operator, xlsx(表一=LIST))
    other = add_person("other", "另一个管理员")
    appoint(other.pk, add_post(Unit.objects.get().pk, "管理岗", ["administer"]).pk)
    browser = Client()
    browser.force_login(other)
    for address in (made.address, f"{made.address}text/"):
        assert browser.get(address).status_code == 404
        assert browser.post(address, {"act": "open"}).status_code == 404


def test_an_administrator_opens_for_a_unit_within_scope_alone(operator: Client) -> None:
    county = add_unit("甲县", Unit.objects.get().pk)
    add_unit("乙县", Unit.objects.get(name="清河县").pk)
    person = add_person("county", "县管理员")
    appoint(person.pk, add_post(county.pk, "管理岗", ["administer"]).pk)
    browser = Client()
    browser.force_login(person)
    made = NewLedger(browser, xlsx(表一=LIST))
    assert made.send("open", unit="乙县") == 422 and "没有这个单位" in made.problems["unit"]
    assert made.send("open", unit="") == 302
    # Who may open but not register is led to the ledger, and the sheet is not kept.
    assert made.address == "/ledgers/mouxianwentiqingdan/"
    assert ledgers.all_ledgers(the_site())[0].unit_id == county.pk
    assert not list((Path(settings.DATA) / "uploads").glob("*"))


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", b"0" * (64 << 20))
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\x89PNG\r\n\x1a\n", "表格"),
        (b"<html></html>", "网页"),
        (bomb(), "解压后大得不正常"),
        (xlsx(空=[]), "没有带表头的表格"),
        (
            xlsx(宽=[[f"第{n}项" for n in range(300)], list(range(300))]),
            "有 300 列，一本台账按表格起草最多 200 列",
        ),
    ],
)
def test_what_no_ledger_can_be_drafted_from_is_refused_in_words(
    operator: Client, content: bytes, words: str
) -> None:
    made = NewLedger(operator, content)
    assert made.answer.status_code == 422
    assert words in made.text and 'type="file"' in made.text
    assert not list((Path(settings.DATA) / "uploads").glob("*"))


def test_a_sheet_of_two_header_rows_gives_fields_by_both(operator: Client) -> None:
    lines = [
        ["事项", "联系", None],
        [None, "单位", "电话"],
        ["修路", "城关镇", "010-62345678"],
        ["修桥", "柳林镇", ""],
    ]
    made = NewLedger(operator, xlsx(表一=lines))
    assert [made.answers[f"label-column_{n}"] for n in (2, 3)] == ["联系/单位", "联系/电话"]


def test_of_several_sheets_another_can_be_drafted_from(operator: Client) -> None:
    made = NewLedger(operator, xlsx(说明=[["项目", "说明"], ["甲", "乙"]], 清单=LIST, 空=[]))
    assert made.page.context["drafting"].tables == ("说明", "清单")
    assert made.send("sheet", sheet="清单") == 302
    assert made.answers["name"] == "某县问题清单" and "已按工作表“清单”重新起草" in made.text
    assert made.send("sheet", sheet="没有这张") == 302, "as if it had been saved"
    assert made.page.context["drafting"].sheet == "清单"
    assert made.send("open") == 302
    assert dict(made.page.context["counts"])["新登记"] == 3


def test_a_header_without_rows_gives_a_ledger_to_register_on(operator: Client) -> None:
    made = NewLedger(operator, xlsx(表一=LIST[:2]))
    assert "表头下面没有数据行" in made.text
    assert made.send("open", is_title="column_2") == 302
    assert made.address == "/ledgers/mouxianwentiqingdan/"


def test_the_text_is_what_is_opened_once_it_was_edited(operator: Client) -> None:
    made = NewLedger(operator, xlsx(表一=LIST))
    assert made.send("text", label_column_2="经表单改过") == 302
    assert made.address.endswith("/text/")
    (main, papers) = ("playbook.toml", "papers/briefing.txt")
    text = made.files[main]
    assert "经表单改过" in text
    changed = text.replace('"经表单改过"', '"经文字改过"').replace("\n", "\r\n")
    assert made.send_text("open", **{main: changed, papers: "{ledger} {in_hand}\r\n"}) == 302
    assert "经文字改过" in labelled(made.playbook)
    texts = ledgers.playbook_texts(made.playbook.sha)
    assert texts[papers] == "{ledger} {in_hand}\n" and "\r" not in texts[main]
    assert dict(made.page.context["counts"])["新登记"] == 3


def test_what_is_wrong_with_a_text_is_told_by_line_and_it_can_be_given_up(operator: Client) -> None:
    made = NewLedger(operator, xlsx(表一=LIST))
    form = made.address
    made.send("text")
    text = made.files["playbook.toml"]
    line = text.split("\n").index('kind = "done"') + 1
    assert (
        made.send_text("open", **{"playbook.toml": text.replace('kind = "done"', 'kind = "dune"', 1)}) == 422
    )
    (found,) = made.page.context["findings"]
    assert (found.file, found.line, found.quoted) == ("playbook.toml", line, 'kind = "dune"')
    assert "是否想写“done”" in found.message and "dune" in made.text
    assert made.send_text("check", **{"playbook.toml": "[[[", "papers/briefing.txt": "{nobody}"}) == 422
    assert "不是合格的 TOML" in made.text and "[[[" in made.text
    assert operator.get(form)["Location"] == made.address, "the form no longer says what would be opened"
    assert made.send_text("form") == 302
    assert made.address == form and made.answers["name"] == "某县问题清单"
    assert not ledgers.all_ledgers(the_site())


def test_the_playbook_of_a_ledger_is_an_ordinary_folder_to_take_along(
    operator: Client, tmp_path: Path
) -> None:
    made = NewLedger(operator, xlsx(表一=LIST))
    made.send("open", label_column_2='换行\n与“引号”"')
    page = operator.get("/ledgers/mouxianwentiqingdan/playbook/").content.decode()
    assert "/ledgers/mouxianwentiqingdan/playbook/download/" in page and "label = " in page
    answer = operator.get("/ledgers/mouxianwentiqingdan/playbook/download/")
    assert answer["Content-Type"] == "application/zip" and "attachment" in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(tmp_path)
        texts = {name.partition("/")[2]: packed.read(name).decode() for name in packed.namelist()}
    assert texts == ledgers.playbook_texts(made.playbook.sha)
    assert proven(texts).sha == made.playbook.sha
    Terminal(tmp_path / "none").done("playbook", "check", str(tmp_path / "mouxianwentiqingdan"))


def test_a_renamed_column_is_known_by_its_old_header_in_the_next_sheet(operator: Client) -> None:
    made = NewLedger(operator, xlsx(表一=LIST))
    made.send("open", label_column_2="事项", label_column_3="谁来办")
    operator.post(made.address, {"act": "take"})
    next_sheet = SimpleUploadedFile("下月.xlsx", xlsx(表一=[*LIST, [4, "新的一条", "城关镇", "", "否", ""]]))
    preview = operator.post("/ledgers/mouxianwentiqingdan/import/", {"file": next_sheet})["Location"]
    counts = dict(operator.get(preview).context["counts"])
    assert (counts["新登记"], counts["已有且相同"]) == (1, 3)


def test_a_draft_nobody_looks_at_is_forgotten(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = NewLedger(operator, xlsx(表一=LIST))
    monkeypatch.setattr(uploads, "KEPT_SECONDS", -1)
    NewLedger(operator, xlsx(表一=LIST))
    assert operator.get(made.address).status_code == 404


REAL_SHEETS = sorted(REAL.glob("*.xls*")) if REAL.exists() else []


def test_without_a_file_one_is_asked_for(operator: Client) -> None:
    answer = operator.post("/new-ledger/")
    assert answer.status_code == 422 and "请选一个文件" in answer.content.decode()


@pytest.mark.skipif(not REAL_SHEETS, reason="the sample files in ../shared are no part of the repository")
@pytest.mark.parametrize("sheet", REAL_SHEETS or [Path("none")], ids=lambda path: path.name[:12])
def test_a_real_office_sheet_is_opened_as_drafted_and_its_rows_come_in(operator: Client, sheet: Path) -> None:
    made = NewLedger(operator, sheet.read_bytes(), sheet.name)
    assert made.answer.status_code == 302, made.text
    expected = made.page.context["drafting"].rows
    assert made.send("open") == 302, made.problems
    if not expected:  # a form to be filled in, with no rows of its own
        assert "导入" in made.text and "/import/" not in made.address
        return
    counts = dict(made.page.context["counts"])
    assert counts["读到"] >= expected and counts["新登记"] >= 0.9 * expected, counts


def test_the_form_asks_as_much_as_a_page_may_send() -> None:
    per_column, rest = 8, 40
    assert drafting.MOST_COLUMNS * per_column + rest < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
