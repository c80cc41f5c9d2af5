"""Reads the texts of a playbook folder into a `Playbook`, or says everything that is wrong with them.

The folder holds `playbook.toml`, `papers/*.txt` and category tables as `*.csv`; who calls has read
the files. What the words mean together is proved by `core.playbook_check`.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from string import Formatter

from taizhang.core.categories import CategoriesRefused, ancestry, category_rows, category_tree
from taizhang.core.field_readers import SEPARATORS
from taizhang.core.pinyin import sound
from taizhang.core.playbook import (
    CLAIMED_STAGE,
    COLUMN_WORDS,
    OPEN_STAGES,
    STAYING_VERBS,
    Field,
    Metric,
    Move,
    Playbook,
    Role,
    SheetRules,
    Stage,
)
from taizhang.core.playbook_problem import PlaybookRefused, Problem
from taizhang.core.playbook_table import MAIN_FILE, Notes, Table, tables
from taizhang.core.toml_lines import toml_lines
from taizhang.core.wording import Label, is_storable

SCHEMA = 1
MONEY_UNITS = ("元", "万元", "亿元")
PAPERS = "papers/"
CHOICE_KINDS = ("choice", "choices")

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_CLOCK = re.compile(r"due_on|[1-9][0-9]{0,3} ?(?:自然日|days)")
_SERIAL = re.compile(r"0[1-9]d")


def is_key(text: str) -> bool:
    """Whether playbooks, ledgers, fields and stages may be called so."""
    return _KEY.fullmatch(text) is not None


def key_of(name: str) -> str:
    """A key from a name as it sounds: 安全隐患 gives `anquanyinhuan`."""
    spelled = re.sub(r"[^a-z0-9]+", "_", sound(name)).strip("_")
    return (spelled if spelled[:1].isalpha() else f"ledger_{spelled}".rstrip("_"))[:40].rstrip("_")


def belongs(name: str) -> bool:
    """Whether a file of the folder is part of the playbook, and so of its hash (a README is not)."""
    inner = name.removeprefix(PAPERS)
    return "/" not in inner and (
        name == MAIN_FILE
        or (inner != name and inner.endswith(".txt"))
        or (inner == name and name.endswith(".csv"))
    )


def playbook_sha(texts: Mapping[str, str]) -> str:
    """SHA-256 in hex over the texts that belong: by name, each as name, length in bytes, bytes."""
    digest = hashlib.sha256()
    for name in sorted(filter(belongs, texts)):
        content = texts[name].encode(errors="surrogatepass")
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()


def read_playbook(texts: Mapping[str, str]) -> Playbook:
    """The playbook these texts describe. Raises `PlaybookRefused` with every problem at once."""
    if MAIN_FILE not in texts:
        raise PlaybookRefused(
            [Problem(MAIN_FILE, 1, MAIN_FILE, Label("方案里没有这个文件", "the playbook lacks this file"))]
        )
    if broken := [name for name in texts if belongs(name) and not is_storable(texts[name])]:
        message = Label(
            "含有无法保存的字符（NUL 或残缺的编码）",
            "holds characters that cannot be stored (NUL or broken encoding)",
        )
        raise PlaybookRefused([Problem(name, 1, name, message) for name in broken])
    source = texts[MAIN_FILE].removeprefix("\ufeff")
    document = _parsed(source)
    notes = Notes(toml_lines(source))
    playbook = _Reader(tables(document, notes), texts, notes).playbook(toml_lines(source))
    if notes.problems:
        raise PlaybookRefused(
            sorted(notes.problems, key=lambda problem: (problem.file != MAIN_FILE, problem.line))
        )
    return playbook


def _parsed(source: str) -> dict[str, object]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        said = re.search(r"at line (\d+)", str(error))
        line = int(said[1]) if said else source.count("\n") + 1
        message = Label(f"不是合格的 TOML：{error}", f"not valid TOML: {error}")
        raise PlaybookRefused([Problem(MAIN_FILE, line, "TOML", message)]) from error
    except RecursionError as error:
        message = Label("括号套得太深", "brackets nested too deeply")
        raise PlaybookRefused([Problem(MAIN_FILE, 1, "TOML", message)]) from error


class _Reader:
    def __init__(self, found: Mapping[str, Sequence[Table]], texts: Mapping[str, str], notes: Notes) -> None:
        self._found, self._texts, self._notes = found, texts, notes

    def playbook(self, lines: Mapping[tuple[str | int, ...], int]) -> Playbook:
        head = self._one("playbook")
        number, columns, briefing = self._one("number"), self._one("list"), self._one("briefing")
        self._head(head)
        stages = tuple(self._stage(row) for row in self._keyed("stage"))
        return Playbook(
            key=head.text("key"),
            version=head.text("version"),
            name=head.label("name"),
            about=head.label("about"),
            entry_word=head.label("entry", Label("条目", "entry")),
            fields=tuple(self._field(row) for row in self._keyed("field")),
            stages=stages,
            roles=tuple(self._role(row) for row in self._keyed("role")),
            moves=self._moves(stages),
            number_pattern=self._pattern(number),
            number_period=number.word("period", "year"),
            list_columns=columns.texts("columns"),
            sheet=self._sheet(self._one("sheet")),
            metrics=tuple(self._metric(row, stages) for row in self._keyed("metric")),
            papers={
                name: text for name, text in self._texts.items() if name.startswith(PAPERS) and belongs(name)
            },
            briefing=self._briefing(briefing),
            sha=playbook_sha(self._texts),
            lines=lines,
        )

    def _one(self, name: str) -> Table:
        rows = self._found[name]
        return rows[0] if rows else Table(name, {}, (name,), Notes({}))

    def _keyed(self, name: str) -> Sequence[Table]:
        seen: set[str] = set()
        for row in self._found[name]:
            key = row.text("key")
            if key and not is_key(key):
                row.refuse("key", _KEY_FORM)
            if key in seen:
                row.refuse("key", Label(f"“{key}”出现了两次", f"`{key}` stands twice"))
            seen.add(key)
        return self._found[name]

    def _head(self, head: Table) -> None:
        if head.whole("schema", SCHEMA) != SCHEMA:
            head.refuse(
                "schema", Label(f"本版本只读 schema = {SCHEMA}", f"this version reads schema = {SCHEMA} only")
            )
        if head.text("key") and not is_key(head.text("key")):
            head.refuse("key", _KEY_FORM)

    def _field(self, row: Table) -> Field:
        field = Field(
            key=row.text("key"),
            label=row.label(),
            kind=row.word("kind", "text"),
            choices=row.texts("choices"),
            categories=self._categories(row),
            unit=row.text("unit"),
            decimals=row.whole("decimals", 2),
            required=row.yes("required"),
            required_at=frozenset(row.texts("required_at")),
            visibility=row.word("visibility", "internal"),
            original=row.yes("original"),
            subject=row.text("subject", "reporter"),
            stands_for=row.word("stands_for", "") or None,
            synonyms=row.texts("synonyms"),
        )
        _refuse_misfits(row, field)
        return field

    def _categories(self, row: Table) -> tuple[str, ...]:
        given = row.texts("categories")
        if len(given) == 1 and given[0].endswith(".csv"):
            return self._category_file(row, given[0])
        for path in given:
            if not all(part.strip() for part in path.split("/")):
                row.refuse("categories", Label(f"“{path}”中有一级是空的", f"a level of `{path}` is empty"))
        return tuple(dict.fromkeys(node for path in given for node in ancestry(path)))

    def _category_file(self, row: Table, name: str) -> tuple[str, ...]:
        if name not in self._texts:
            row.refuse("categories", Label(f"方案里没有文件“{name}”", f"the playbook has no file `{name}`"))
            return ()
        try:
            return category_tree(category_rows(self._texts[name]))
        except CategoriesRefused as refused:
            self._notes.add_in(
                name, refused.row, f"field.{row.row}.categories", Label(refused.zh, refused.en)
            )
            return ()

    def _stage(self, row: Table) -> Stage:
        stage = Stage(
            key=row.text("key"),
            label=row.label(),
            kind=row.word("kind", "open"),
            clock=row.text("clock"),
            no_clock=row.text("no_clock"),
        )
        if stage.key in (OPEN_STAGES, CLAIMED_STAGE):
            row.refuse(
                "key",
                Label(
                    f"“{stage.key}”有固定含义，请换一个", f"`{stage.key}` has a fixed meaning; use another"
                ),
            )
        if stage.clock and not _CLOCK.fullmatch(stage.clock):
            row.refuse("clock", _CLOCK_FORM)
        return stage

    def _role(self, row: Table) -> Role:
        return Role(row.text("key"), row.label(), row.text("duty"), row.word("standing", "any"))

    def _moves(self, stages: Sequence[Stage]) -> tuple[Move, ...]:
        taken: set[tuple[str, str]] = set()
        moves = tuple(self._move(row, stages) for row in self._found["move"])
        for row, move in zip(self._found["move"], moves, strict=True):
            twice = sorted(stage for stage in move.from_stages if (move.verb, stage) in taken)
            if twice:
                row.refuse(
                    "from",
                    Label(
                        f"从“{'、'.join(twice)}”出发的 {move.verb} 已在前面写过",
                        f"`{move.verb}` from {', '.join(twice)} stands above already",
                    ),
                )
            taken.update((move.verb, stage) for stage in move.from_stages)
        return moves

    def _move(self, row: Table, stages: Sequence[Stage]) -> Move:
        verb = row.word("verb", "")
        _refuse_missing_ends(row, verb)
        return Move(
            verb=verb,
            label=row.label(),
            from_stages=frozenset(_spelt_out(row.texts("from"), stages)),
            to=row.text("to") or None,
            who=row.texts("who"),
            needs=frozenset(row.texts("needs")),
        )

    def _pattern(self, row: Table) -> str:
        pattern = row.text("pattern", "{year}-{serial:05d}")
        if not _is_number_pattern(pattern):
            row.refuse(
                "pattern",
                Label(
                    "编号格式只能用 {year} 和 {serial}（可写成 {serial:05d}）",
                    "a number is made of {year} and {serial} (or {serial:05d}) only",
                ),
            )
        return pattern

    def _sheet(self, row: Table) -> SheetRules:
        return SheetRules(row.texts("key"), row.texts("closed_words"), row.text("starts_at"))

    def _metric(self, row: Table, stages: Sequence[Stage]) -> Metric:
        return Metric(
            key=row.text("key"),
            label=row.label(),
            count=row.word("count", "standing"),
            stages=tuple(dict.fromkeys(_spelt_out(row.texts("stages"), stages))),
            period=row.word("period", "day"),
        )

    def _briefing(self, row: Table) -> str:
        name = row.text("text")
        if name and not (name.startswith(PAPERS) and name in self._texts):
            row.refuse(
                "text",
                Label(f"方案的 {PAPERS} 里没有“{name}”", f"the playbook has no `{name}` under {PAPERS}"),
            )
        return self._texts.get(name, "")


_KEY_FORM = Label(
    "只能用小写英文字母、数字和下划线，以字母开头，不超过 40 个字符",
    "use lower-case letters, digits and underscores, a letter first, 40 at most",
)
_CLOCK_FORM = Label(
    '时限写成 "due_on"（交办时给的日期）或 "15 自然日"（"15 days"）；按工作日、工作时计算的时限在以后的版本提供',
    'write "due_on" (the date given at assignment) or "15 days" ("15 自然日": natural days); '
    "clocks in working days or hours come with a later version",
)


def _spelt_out(names: Sequence[str], stages: Sequence[Stage]) -> list[str]:
    """Stage names with `open` replaced by every stage that is not an end."""
    still_open = [stage.key for stage in stages if not stage.is_end]
    return [stage for name in names for stage in (still_open if name == OPEN_STAGES else [name])]


def _refuse_missing_ends(row: Table, verb: str) -> None:
    if verb == "register" and row.texts("from"):
        row.refuse(
            "from", Label("登记没有出发环节，删去 from", "registering starts nowhere: leave `from` out")
        )
    if verb != "register" and not row.texts("from"):
        row.refuse("from", Label("缺少 from：从哪些环节出发", "`from` is missing: the stages it starts from"))
    if verb in STAYING_VERBS and row.text("to"):
        row.refuse(
            "to",
            Label(f"{verb} 不改变环节，删去 to", f"`{verb}` leaves the entry in its stage: leave `to` out"),
        )
    if verb and verb not in STAYING_VERBS and verb != "transfer" and not row.text("to"):
        row.refuse("to", Label("缺少 to：到哪个环节", "`to` is missing: the stage it leads to"))


def _is_number_pattern(pattern: str) -> bool:
    try:
        parts = [part for part in Formatter().parse(pattern) if part[1] is not None]
    except ValueError:
        return False
    return all(
        not conversion
        and ((name == "year" and not form) or (name == "serial" and (not form or _SERIAL.fullmatch(form))))
        for _, name, form, conversion in parts
    )


def _refuse_misfits(row: Table, field: Field) -> None:
    """Keys that mean nothing for the field's kind, or that its kind cannot do without."""
    if field.kind in CHOICE_KINDS and not field.choices:
        row.refuse("choices", Label("选择类字段要写 choices", "a choice needs `choices`"))
    if field.choices and field.kind not in CHOICE_KINDS:
        row.refuse(
            "choices", Label("只有 choice、choices 才有选项", "only `choice` and `choices` have choices")
        )
    if len(set(field.choices)) != len(field.choices):
        row.refuse("choices", Label("有选项出现了两次", "a choice stands twice"))
    if field.kind == "choices" and any(SEPARATORS.search(choice) for choice in field.choices):
        row.refuse(
            "choices",
            Label(
                "可多选的选项里不能有顿号、逗号、分号或斜杠",
                "where several may be chosen, a choice holds no 、 , ; or /",
            ),
        )
    if field.kind == "category" and not row.texts("categories"):
        row.refuse("categories", Label("分类字段要写 categories", "a category needs `categories`"))
    if field.kind != "category" and row.texts("categories"):
        row.refuse("categories", Label("只有 category 才有分类体系", "only `category` has categories"))
    if field.kind == "money" and field.unit not in MONEY_UNITS:
        row.refuse("unit", Label("金额要写单位：元、万元或亿元", "money needs its unit: 元, 万元 or 亿元"))
    if field.unit and field.kind not in ("money", "number"):
        row.refuse("unit", Label("只有数字和金额才有单位", "only numbers and money have a unit"))
    if field.decimals > 10:
        row.refuse("decimals", Label("最多 10 位小数", "10 decimals at most"))
    if field.original and field.kind not in ("text", "longtext"):
        row.refuse("original", Label("原文只能是文字字段", "an original is a text"))
    if field.is_sealed and row.text("visibility") in ("public", "internal"):
        row.refuse(
            "visibility",
            Label("联系方式和原文总是密封的，不能公开", "contacts and originals are always sealed"),
        )
    if field.key in COLUMN_WORDS and field.stands_for != field.key:
        row.refuse(
            "key",
            Label(
                f'“{field.key}”是每个条目都有的一列，字段要用它须写 stands_for = "{field.key}"',
                f'every entry has a column `{field.key}`; a field so named needs stands_for = "{field.key}"',
            ),
        )
