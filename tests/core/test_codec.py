"""Events as they are stored for ever: every one comes back as it was, in one spelling only.

`golden/events.json` holds one event of each kind as it is stored. It is never rewritten: a shape
that has to change gets a new schema number, an upcaster, and a golden event of its own beside the old.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.core import codec, events
from taizhang.core.codec import UnknownEvent, canonical, decode, encode
from taizhang.core.values import CellRemark, EvidenceRef, Part, RowOrigin, SealedRef, Source, Value
from taizhang.tlog.leaf import leaf_hash

GOLDEN: dict[str, str] = json.loads((Path(__file__).parent / "golden" / "events.json").read_text())
LEAF = "1b0789dace5a8ea167854b3ebc289406f421ea715852a7a7bdfea8f0370eb985"
DAY, OTHER_DAY = date(2026, 11, 20), date(2027, 1, 31)
ONE, TWO = UUID("01890a5d-ac96-774b-bcce-b302099a8057"), UUID("01890a5d-ac96-774b-bcce-b302099a8058")
SEALED = SealedRef(ONE, "c0" * 32)
FIELDS: dict[str, Value] = {
    "title": "路灯“不亮”\n", "money": "12.5", "phone": SEALED, "urgent": True, "units": ("甲县", "乙县"), "rank": 3,
}  # fmt: skip
SAMPLES: tuple[events.Event, ...] = (
    events.EntryRegistered(
        ledger_id=7, number="2026-00001", stage="new", fields=FIELDS, lead_unit=11, assisting_units=(12, 21),
        due_on=DAY, closure_claimed="已关闭", flags=("carried", "accusation"), named_units=(20,),
        origin=RowOrigin("aa", "bb", "表.xlsx", "一", 12, hidden=True), parent=TWO,
        remarks=(CellRemark("F12", "已去看过", "王五"), CellRemark("G12", "待补")),
    ),
    events.EntryAmended(changes={"title": "改", "money": None, "phone": SEALED}, due_on=DAY, reason="笔误"),
    events.EntryAdmitted(stage="new", notice="〔2026〕1号"),
    events.AdmissionDeclined(stage="declined", reason="不属本级", notice="〔2026〕2号"),
    events.EntryAssigned(
        stage="assigned", lead_unit=11, assisting_units=(12,), responsible_post=5, overseeing_post=6, due_on=DAY, text="速办"
    ),
    events.EntryClaimed(stage="working", lead_unit=11, due_on=DAY),
    events.EntryAccepted(stage="working"),
    events.EntryReturned(stage="new", reason="不属本镇", proposed_unit=21),
    events.EntryTransferred(stage="assigned", lead_unit=21, reason="转办", due_on=DAY, reorganised=True),
    events.EntrySplit(parts=(Part(ONE, "一段", 11), Part(TWO, "二段")), reason="分段"),
    events.ProgressReported(text="到现场"),
    events.EvidenceAttached(evidence=EvidenceRef(ONE, "d0" * 32, "image/jpeg", 1024, "after", for_units=False)),
    events.DoneReported(stage="done", text="修好"),
    events.VerificationPassed(stage="verified", text="属实"),
    events.VerificationFailed(stage="working", reason="没好", due_on=OTHER_DAY),
    events.EntryClosedOut(stage="closed", text="销号"),
    events.EntryVoided(stage="void", reason="重复"),
    events.CommentMade(text="留言"),
    events.InstructionRecorded(text="请即办。", by="王某", said_on=DAY),
    events.FlagSet(flag="accusation", named_units=(20,), note="来信"),
    events.FlagCleared(flag="carried", reason="已解决"),
    events.ClaimSentToVerification(stage="done", text="请核"),
)  # fmt: skip

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
VALUES = (
    TEXT
    | st.integers(-(10**18), 10**18)
    | st.booleans()
    | st.lists(TEXT, max_size=3).map(tuple)
    | st.builds(SealedRef, st.uuids(), TEXT)
)
KEYS = st.text(min_size=1, max_size=6)
st.register_type_strategy(str, TEXT)


def built(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any event of this class; its fields follow the annotations, those that hold a playbook's values theirs."""
    given: dict[str, st.SearchStrategy[Any]] = {}
    for name in get_type_hints(kind):
        if name == "fields":
            given[name] = st.dictionaries(TEXT, VALUES, max_size=4)
        if name == "changes":
            given[name] = st.dictionaries(TEXT, st.none() | VALUES, max_size=4)
    return st.builds(kind, **given)


def through_the_store(event: events.Event) -> tuple[events.Event, str]:
    stored = canonical(encode(event))
    return decode(type(event).__name__, json.loads(stored)), stored


@pytest.mark.parametrize("kind", codec.EVENT_CLASSES.values(), ids=str)
def test_every_event_comes_back_as_it_was(kind: type[Any]) -> None:
    @settings(max_examples=40, deadline=None)
    @given(built(kind))
    def check(event: events.Event) -> None:
        back, stored = through_the_store(event)
        assert back == event
        assert type(back) is kind
        assert canonical(encode(back)) == stored, "also where Python finds True and 1 equal"
        assert canonical(json.loads(stored)) == stored

    check()


@given(
    st.recursive(
        VALUES.filter(lambda v: not isinstance(v, SealedRef)), lambda v: st.dictionaries(TEXT, v, max_size=4)
    )
)
@settings(max_examples=60, deadline=None)
def test_the_canonical_form_does_not_depend_on_the_order_of_making(value: Any) -> None:
    def turned(item: Any) -> Any:
        return {key: turned(item[key]) for key in reversed(list(item))} if isinstance(item, dict) else item

    text = canonical(codec.plain(value))
    assert text == canonical(codec.plain(turned(value)))
    assert text.encode().decode() == text

    def in_order(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert [key for key, _ in pairs] == sorted({key for key, _ in pairs})
        return dict(pairs)

    json.loads(text, object_pairs_hook=in_order)


def test_the_canonical_form_is_spelled_in_one_way() -> None:
    given = {"b": [1, True, None], "a": {"键": '值\n"\\\u2028é𠮷', "A": "a/b"}}
    assert canonical(given) == '{"a":{"A":"a/b","键":"值\\n\\"\\\\\u2028é𠮷"},"b":[1,true,null]}'


@pytest.mark.parametrize("bad", [1.5, {"x": 2.0}, ("a", 0.1), float("nan"), b"x", object(), {1, 2}])
def test_what_has_no_single_spelling_has_no_place_in_an_event(bad: Any) -> None:
    with pytest.raises(TypeError, match="no place in an event"):
        codec.plain(bad)


def test_what_equals_its_default_is_left_out() -> None:
    """So that a field added later with a default leaves the stored form of old events alone."""
    assert encode(events.EntryAccepted(stage="working")) == {"stage": "working"}
    assert encode(events.EntryAssigned(stage="a", lead_unit=1)) == {"stage": "a", "lead_unit": 1}
    assert encode(events.EntryTransferred(stage=None, lead_unit=1, reason="x")) == {
        "stage": None, "lead_unit": 1, "reason": "x",
    }  # fmt: skip


# Kinds and schemas


def test_there_is_a_golden_event_of_every_kind() -> None:
    assert set(GOLDEN) == set(codec.EVENT_CLASSES) == {type(item).__name__ for item in SAMPLES}
    assert set(codec.EVENT_CLASSES.values()) == set(get_args(events.Event))


@pytest.mark.parametrize("event", SAMPLES, ids=lambda item: type(item).__name__)
def test_stored_events_keep_their_shape(event: events.Event) -> None:
    kind = type(event).__name__
    assert canonical(encode(event)) == GOLDEN[kind]
    assert decode(kind, json.loads(GOLDEN[kind])) == event


@pytest.mark.parametrize("event", SAMPLES, ids=lambda item: type(item).__name__)
def test_a_sample_fills_every_field_of_its_kind(event: events.Event) -> None:
    """A golden event that leaves a field out could not show that its shape changed."""
    assert set(encode(event)) == set(get_type_hints(type(event)))


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(UnknownEvent, match="EntryDanced"):
        decode("EntryDanced", {})


@pytest.mark.parametrize(
    "body",
    [
        {"_schema": 2, "stage": "working"},
        {"_schema": 0, "stage": "working"},
        {"stage": "working", "later": 1},
        {},
        {"_schema": "1", "stage": "working"},
    ],
)
def test_a_shape_of_another_version_is_refused_and_nothing_of_it_dropped(body: dict[str, Any]) -> None:
    with pytest.raises(UnknownEvent, match="EntryAccepted"):
        decode("EntryAccepted", body)


def test_old_shapes_are_brought_up_to_date_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if schema 1 had called it `note` and schema 2 had lacked the stage."""
    monkeypatch.setitem(codec.SCHEMA, "DoneReported", 3)
    steps = {1: lambda body: {"text": body["note"]}, 2: lambda body: {**body, "stage": "done"}}
    for schema, step in steps.items():
        monkeypatch.setitem(codec.UPCASTERS, ("DoneReported", schema), step)
    event = events.DoneReported(stage="done", text="修好")
    assert decode("DoneReported", {"note": "修好"}) == event
    assert decode("DoneReported", {"_schema": 2, "text": "修好"}) == event
    assert encode(event) == {"_schema": 3, "stage": "done", "text": "修好"}
    assert through_the_store(event)[0] == event
    with pytest.raises(UnknownEvent, match="schema 4"):
        decode("DoneReported", {"_schema": 4, "stage": "done"})


def test_a_missing_upcaster_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(codec.SCHEMA, "DoneReported", 2)
    with pytest.raises(UnknownEvent, match="schema 1"):
        decode("DoneReported", {"stage": "done"})


def test_a_source_comes_back_as_it_was() -> None:
    for source in (None, Source("paper"), Source("chat", "群聊截图")):
        assert codec.decode_source(codec.encode_source(source)) == source


# The log


def test_the_hash_of_a_leaf_is_what_it_always_was() -> None:
    """Computed once with sha256sum: 0x00, sixteen bytes of salt, the record."""
    assert leaf_hash(bytes(range(16)), GOLDEN["EntryAccepted"].encode()).hex() == LEAF


def test_a_leaf_depends_on_salt_and_record() -> None:
    record = b"record"
    leaves = {leaf_hash(salt, text) for salt in (bytes(16), b"\1" * 16) for text in (record, record + b"x")}
    assert len(leaves) == 4
