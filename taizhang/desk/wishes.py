"""A list's filters: from the address, to the query, and back into words.

Everything a list shows is in its address, so that it can be sent to a colleague and comes back
after signing in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import get_args
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from taizhang.core.playbook import Playbook
from taizhang.core.values import FLAGS
from taizhang.core.wording import is_storable
from taizhang.desk import duties
from taizhang.desk.asking import Asking, listed
from taizhang.desk.lights import SOON_DAYS
from taizhang.ledger import boards, queries
from taizhang.ledger.queries import Filters, Order
from taizhang.org.posts import posts_by_id

OPEN = "open"
LONGEST_SEARCH = 100
ORDERS: tuple[str, ...] = get_args(Order)
_LIKELY = {
    "stage",
    "unit",
    "own",
    "category",
    "flag",
    "due",
    "from",
    "to",
    "q",
    "todo",
    "counted",
    "order",
    "nobody",
    "responsible",
    "overseeing",
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a list's address asks for, already understood. `given` are the address's own words."""

    given: Mapping[str, str]
    filters: Filters
    order: Order
    descending: bool
    words: tuple[str, ...]
    problems: tuple[str, ...]

    def address(self, **changes: str) -> str:
        """The query string with other values; an empty one takes a word away."""
        merged = {key: value for key, value in {**self.given, **changes}.items() if value}
        return "?" + urlencode(merged)


def wishes_of(query: QueryDict, asking: Asking, ledger_id: int, playbook: Playbook) -> Wishes:
    """Reads the address. What cannot be understood is told (`problems`), never quietly dropped."""
    given = {key: text for key in query if key in _LIKELY and (text := str(query[key]).strip())}
    reading = _Reading(asking, playbook, Filters(ledger_id))
    for key in (
        "todo", "stage", "unit", "category", "flag", "due", "from", "to", "q", "counted", "responsible", "overseeing",
    ):  # fmt: skip
        if key in given:
            reading.take(key, given)
    order, descending = _order(given.get("order", ""))
    if order == "due":
        reading.only_dated()
    return Wishes(given, reading.filters, order, descending, tuple(reading.words), tuple(reading.problems))


def _order(word: str) -> tuple[Order, bool]:
    name = word.removeprefix("-")
    if name not in ORDERS:
        return "registered", True
    return name, word.startswith("-")  # type: ignore[return-value]  # just looked


class _Reading:
    def __init__(self, asking: Asking, playbook: Playbook, filters: Filters) -> None:
        self.asking, self.playbook, self.filters = asking, playbook, filters
        self.words: list[str] = []
        self.problems: list[str] = []

    def take(self, key: str, given: Mapping[str, str]) -> None:
        value = given[key]
        match key:
            case "todo":
                self._todo(value)
            case "stage":
                self._stage(value)
            case "unit":
                self._unit(value, own="own" in given, nobody="nobody" in given)
            case "category":
                self._category(value)
            case "flag":
                self._flag(value)
            case "due":
                self._due(value)
            case "from" | "to":
                self._registered(key, value)
            case "responsible" | "overseeing":
                self._post(key, value)
            case "q":
                self._search(value)
            case _:
                self.filters = replace(self.filters, without_accusations=True)
                self.words.append(_("不含检举控告件"))

    def _todo(self, value: str) -> None:
        known = duties.waiting(self.asking, self.filters.ledger_id, self.playbook)
        if value not in known:
            self._not_understood(value)
            return
        self.filters = known[value]
        self.words.append(duties.labels()[value])

    def _stage(self, value: str) -> None:
        keys = duties.open_stages(self.playbook) if value == OPEN else tuple(value.split(","))
        known = {stage.key for stage in self.playbook.stages} | {"claimed"}
        if not set(keys) <= known:
            self._not_understood(value)
            return
        self.filters = replace(self.filters, stages=keys)
        labels = (self.asking.word(self.playbook.stage_label(key)) for key in keys)
        self.words.append(_("在账未了结") if value == OPEN else listed(labels))

    def _unit(self, value: str, *, own: bool, nobody: bool) -> None:
        """A unit with all below it, given by number or by name; 0, or besides: what nobody answers for yet."""
        if value == "0":
            self.filters = replace(self.filters, lead_units=(0,))
            self.words.append(_("尚无牵头单位"))
            return
        unit_id = self._unit_id(value)
        if unit_id is None:
            self.problems.append(_("没有找到单位“{name}”").format(name=value))
            self.filters = replace(self.filters, lead_units=(-1,))
            return
        units = self.asking.units
        covered = boards.own(unit_id, units, self.asking.today) if own else units.below([unit_id])
        self.filters = replace(self.filters, lead_units=(*sorted(covered), *((0,) if nobody else ())))
        name = units.name(unit_id)
        self.words.append(_("{unit}本级").format(unit=name) if own else _("{unit}及下属").format(unit=name))
        if nobody:
            self.words.append(_("尚无牵头单位"))

    def _unit_id(self, value: str) -> int | None:
        spans = self.asking.units.spans
        if value.isdecimal() and len(value) < 16 and int(value) in spans:
            return int(value)
        return next((unit.unit_id for unit in spans.values() if unit.name == value), None)

    def _category(self, value: str) -> None:
        if not is_storable(value):
            self._not_understood(value)
            return
        self.filters = replace(self.filters, category_ids=queries.category_ids(self.asking.site.id, value))
        self.words.append(value)

    def _post(self, key: str, value: str) -> None:
        """What a post answers for or oversees, by its number as the page of a handover links it."""
        number = int(value) if value.isdecimal() and value.isascii() and len(value) < 16 else 0
        post = posts_by_id([number], self.asking.today).get(number)
        if post is None:
            self._not_understood(value)
            return
        if key == "responsible":
            self.filters = replace(self.filters, responsible_post=number)
            self.words.append(_("责任人：{post}").format(post=self.asking.word(post.label)))
        else:
            self.filters = replace(self.filters, overseeing_post=number)
            self.words.append(_("分管领导：{post}").format(post=self.asking.word(post.label)))

    def _flag(self, value: str) -> None:
        found = {key: names for key, names in FLAGS.items() if key == value}
        if not found:
            self._not_understood(value)
            return
        self.filters = replace(self.filters, flag=value)
        self.words.append(next(iter(found.values()))[self.asking.language == "en"])

    def _due(self, value: str) -> None:
        today = self.asking.today
        stages = self.filters.stages or duties.open_stages(self.playbook)
        if value == "overdue":
            self.filters = replace(self.filters, due_before=today, stages=stages)
            self.words.append(_("已超期"))
        elif value == "soon":
            last = today + timedelta(days=SOON_DAYS + 1)
            self.filters = replace(self.filters, due_from=today, due_before=last, stages=stages)
            self.words.append(_("三天内到期"))
        else:
            self._not_understood(value)

    def _registered(self, key: str, value: str) -> None:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self._not_understood(value)
            return
        if key == "from":
            self.filters = replace(self.filters, registered_from=day)
            self.words.append(_("{day} 起登记").format(day=day))
        else:
            self.filters = replace(self.filters, registered_to=day)
            self.words.append(_("{day} 止登记").format(day=day))

    def only_dated(self) -> None:
        """An order of due dates lists what has one, and so counts no others."""
        if self.filters.due_from is None:
            self.filters = replace(self.filters, due_from=date.min)
        self.words.append(_("有到期日的"))

    def _search(self, value: str) -> None:
        if len(value) > LONGEST_SEARCH or not is_storable(value):
            self.problems.append(_("搜索词最多 {n} 个字").format(n=LONGEST_SEARCH))
            return
        self.filters = replace(self.filters, search=value)
        self.words.append(_("含“{text}”").format(text=value))

    def _not_understood(self, value: str) -> None:
        self.problems.append(_("看不懂这个筛选条件，未采用：{value}").format(value=value[:50]))


def cursor_text(after: tuple[object, UUID] | None) -> str:
    """Where the next page begins, as it stands in an address."""
    if after is None:
        return ""
    value, entry_id = after
    return f"{entry_id}~{value.isoformat() if isinstance(value, date) else value or ''}"


def cursor_of(text: str, order: Order) -> tuple[object, UUID] | None:
    """Read back; None where it does not fit the order, which shows the first page."""
    key, _tilde, value = text.partition("~")
    try:
        entry_id = UUID(key)
        return (date.fromisoformat(value) if order == "due" else value or None), entry_id
    except ValueError:
        return None
