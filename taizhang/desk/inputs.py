"""What each move asks for on its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from django.utils.translation import gettext as _

from taizhang.core.fields import format_value
from taizhang.core.playbook import Field, Playbook
from taizhang.core.values import FLAGS, SOURCE_KINDS, SealedRef, Value
from taizhang.desk.asking import Asking, listed

Kind = Literal["text", "longtext", "date", "unit", "units", "post", "person", "choice", "file", "yesno"]
FIELD = "field-"
ACTED_BY = "acted_by"
PART_ROWS = 4


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a form. `problem` is what was wrong with what was typed; `offers` is the address that offers
    choices for what was typed so far."""

    name: str
    label: str
    kind: Kind = "text"
    required: bool = False
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    problem: str = ""
    offers: str = ""


def inputs_of(
    verb: str, asking: Asking, playbook: Playbook, stage: str, values: Mapping[str, Value]
) -> list[Input]:
    """The inputs of one move; what its needs ask for is required."""
    move = playbook.move("flag" if verb == "unflag" else verb, stage)
    needs = move.needs if move is not None else frozenset[str]()
    found = list(_field_inputs(playbook, asking, values)) if verb == "amend" else []
    found += _own(verb, asking)
    return [replace(one, required=True) if one.name in needs else one for one in found]


def _own(verb: str, asking: Asking) -> list[Input]:
    due = Input("due_on", _("到期日"), "date")
    reason = Input("reason", _("理由"), "longtext", required=True)
    text = Input("text", _("说明"), "longtext")
    lead = Input("lead_unit", _("牵头单位"), "unit", required=True)
    match verb:
        case "admit":
            return [Input("notice", _("书面告知文号"))]
        case "decline":
            return [Input("notice", _("书面告知文号")), reason]
        case "assign":
            several = Input("assisting_units", _("协办单位"), "units", hint=_("多个单位用顿号隔开"))
            return [lead, several, *_post_inputs(), due, text]
        case "claim":
            return [due]
        case "return":
            return [reason, Input("proposed_unit", _("建议转给哪个单位（不清楚可不填）"), "unit")]
        case "transfer":
            return [lead, reason, due]
        case "split":
            return [reason, *_part_inputs()]
        case "progress" | "comment":
            return [replace(text, required=True)]
        case "attach":
            return _file_inputs()
        case "fail":
            return [reason, due]
        case "void":
            return [reason]
        case "instruct":
            words = Input("text", _("批示原文（记入后不能改）"), "longtext", required=True)
            return [Input("by", _("批示人"), required=True), Input("said_on", _("批示日期"), "date"), words]
        case "flag":
            return _flag_inputs(asking)
        case "unflag":
            return [Input("flag", _("标记"), "choice", True, choices=_flags(asking)), reason]
        case "amend":
            why = Input("reason", _("更正理由"), "longtext")
            return [due, why] if "dispatch" in asking.agent.duties else [why]
        case "accept":
            return []
        case _:
            return [text]


def _post_inputs() -> list[Input]:
    hint = _("先填牵头单位；可填岗位名或姓名")
    return [
        Input("responsible_post", _("责任人"), "post", hint=hint),
        Input(
            "overseeing_post", _("分管领导"), "post", hint=_("牵头单位或其上级单位的岗位；可填岗位名或姓名")
        ),
    ]


def _part_inputs() -> Iterator[Input]:
    for n in range(1, PART_ROWS + 1):
        yield Input(f"part-{n}", _("第 {n} 部分的名称").format(n=n), required=n <= 2)
        yield Input(f"part-unit-{n}", _("第 {n} 部分的牵头单位").format(n=n), "unit")


def _file_inputs() -> list[Input]:
    purposes = (("after", _("整改后")), ("before", _("整改前")), ("other", _("其他材料")))
    whose = (("units", _("承办单位可以看")), ("reporter", _("来信人的材料，密封")))
    return [
        Input("file", _("文件（不超过 50 MB）"), "file", required=True),
        Input("purpose", _("用途"), "choice", choices=purposes),
        Input("for_units", _("谁可以看"), "choice", choices=whose),
    ]


def _flag_inputs(asking: Asking) -> list[Input]:
    named = Input("named_units", _("被检举控告的单位"), "units", hint=_("这些单位及其下属将看不到这一条"))
    return [Input("flag", _("标记"), "choice", True, choices=_flags(asking)), named, Input("note", _("备注"))]


def _flags(asking: Asking) -> tuple[tuple[str, str], ...]:
    return tuple((key, names[asking.language == "en"]) for key, names in FLAGS.items())


def envelope_inputs(asking: Asking, *, for_another: bool = False) -> list[Input]:
    """For a fact of a past day the day, for another's the person, and for both what it rests on. `for_another`:
    the person must be named."""
    kinds = tuple((key, names[asking.language == "en"]) for key, names in SOURCE_KINDS.items())
    hint = _("填姓名或用户名；同名的写明单位，如：张三（城关镇）")
    person = Input(ACTED_BY, _("实际办理人"), "person", for_another, hint=hint)
    return [
        *([person] if asking.agent.may_type_for_others else []),
        Input("occurred_on", _("发生日期（不填为今天）"), "date"),
        Input("source_kind", _("来源"), "choice", for_another, choices=(("", ""), *kinds)),
        Input("source_note", _("来源说明")),
    ]


def _field_inputs(playbook: Playbook, asking: Asking, values: Mapping[str, Value]) -> Iterator[Input]:
    for item in playbook.fields:
        if item.kind != "file":
            yield field_input(item, values.get(item.key), asking)


def field_input(item: Field, value: Value | None, asking: Asking) -> Input:
    """A field as a form shows it. What is sealed is never filled in again."""
    label, name = asking.word(item.label), f"{FIELD}{item.key}"
    if isinstance(value, SealedRef):
        return Input(name, label, _kind(item), hint=_("已密封；留空则不改"))
    shown = (
        _("是")
        if value is True
        else _("否")
        if value is False
        else format_value(replace(item, unit=""), value, asking.language)
    )
    return Input(name, label, _kind(item), item.required, shown, _choices(item), _hint(item))


def _kind(item: Field) -> Kind:
    match item.kind:
        case "longtext":
            return "longtext"
        case "choice" | "category" | "yesno":
            return "choice"
        case "unit":
            return "unit"
        case _:
            return "text"


def _choices(item: Field) -> tuple[tuple[str, str], ...]:
    if item.kind == "yesno":
        return ("", ""), (_("是"), _("是")), (_("否"), _("否"))
    given = item.categories if item.kind == "category" else item.choices
    return ("", ""), *((one, one) for one in given)


def _hint(item: Field) -> str:
    match item.kind:
        case "date":
            return _("如 2026-11-21")
        case "datetime":
            return _("如 2026-11-21 08:30")
        case "choices":
            return _("可选：{all}；多项用顿号隔开").format(all=listed(item.choices))
        case "units":
            return _("多个单位用顿号隔开")
        case "number" | "money" if item.unit:
            return _("单位：{unit}").format(unit=item.unit)
        case _:
            return _("加密另存，只有启封才能看到") if item.is_sealed else ""
