"""Finding units by the names people write in sheets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from unicodedata import normalize

from rapidfuzz import fuzz, process

from taizhang.core.pinyin import sound
from taizhang.core.units import Units
from taizhang.org.in_force import in_force
from taizhang.org.models import Unit, UnitName
from taizhang.org.sites import the_site, today

NEAREST = 3
_NEAR_ENOUGH = 55
_BY_EAR = 0.95

_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_CHINESE = r"[\u3400-\u4dbf\u4e00-\u9fff]"
_PART = r"(牵头|主办|主责|责任|协办|协助|配合|参与|lead)(?:单位|部门)?"
_MARK = re.compile(rf"\s*\({_PART}\)\s*")
_LABEL = re.compile(rf"{_PART}:")
_LEADS = {"牵头", "主办", "主责", "lead"}
_SEPARATOR = re.compile(r"[、,;/\n\r|]+")
_GAP = re.compile(rf"(?<={_CHINESE}|\))\s+(?={_CHINESE})")


def name_key(name: str) -> str:
    """A name as it is compared: full-width folded, no white space, no case."""
    return _INVISIBLE.sub("", normalize("NFKC", name)).casefold()


def split_units(text: str) -> list[str]:
    """The names in a cell that holds several, in their order, each once.

    Marks such as (牵头) or 配合单位： are taken off; a unit marked as leading comes first. A gap
    between Chinese names separates them, unless single characters are merely spaced out (住 建 局).
    A name that itself contains a separator is for the caller to try whole, first.
    """
    leading: list[str] = []
    others: list[str] = []
    for piece in _pieces(normalize("NFKC", text)):
        labels = _LABEL.match(piece)
        marks = {*_MARK.findall(piece), *([labels[1]] if labels else [])}
        name = _MARK.sub("", _LABEL.sub("", piece, count=1)).strip()
        (leading if marks & _LEADS else others).append(name)
    return [name for name in dict.fromkeys([*leading, *others]) if name]


def _pieces(text: str) -> Iterator[str]:
    for piece in _SEPARATOR.split(text):
        words = _GAP.split(piece.strip())
        if all(len(word) > 1 for word in words):
            yield from words
        else:
            yield "".join(words)


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit as names find it: its names of today, those it bore before, and where it stands."""

    unit_id: int
    name: str
    short_name: str = ""
    aliases: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    parent_id: int | None = None

    def names(self) -> Iterator[str]:
        yield from filter(None, (self.name, self.short_name, *self.aliases, *self.former))


@dataclass(frozen=True)
class UnitNames:
    """Every living unit by each of its names: `load` once per sheet, `of` in a request."""

    units: dict[int, NamedUnit] = field(default_factory=dict)

    @classmethod
    def load(cls) -> UnitNames:
        """The units living today."""
        day = today(the_site())
        former: defaultdict[int, list[str]] = defaultdict(list)
        past = UnitName.objects.filter(to_on__lte=day).order_by("-to_on")
        for unit_id, name, short_name in past.values_list("unit_id", "name", "short_name"):
            former[unit_id] += filter(None, (name, short_name))
        rows = Unit.objects.filter(in_force(day)).values_list(
            "id", "name", "short_name", "aliases", "parent_id"
        )
        return cls(
            {
                unit_id: NamedUnit(unit_id, name, short, tuple(aliases), tuple(former[unit_id]), parent)
                for unit_id, name, short, aliases, parent in rows
            }
        )

    @classmethod
    def of(cls, units: Units) -> UnitNames:
        """The names of a tree just pictured (`tree.units_now`), read once per picture."""
        global _remembered  # noqa: PLW0603 - one picture per process, as in `tree`
        known = _remembered
        if known is None or known[0] is not units:
            known = _remembered = (units, cls.load())
        return known[1]

    def find(self, text: str) -> int | None:
        """The one unit of this name, else none.

        A name counts before a short name, that before an alias, that before a former name; the
        name may be led by the parent's (甲县城关镇) or followed by it in brackets, as `nearest`
        writes it. Two units of equal rank are no match.
        """
        key = name_key(text)
        for names in self._by_rank:
            found = names.get(key, ())
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def nearest(self, text: str) -> list[str]:
        """Up to three units that may be meant, best first, as names `find` knows; also by sound.

        Units of an ambiguous name are all given, each with its parent.
        """
        key = name_key(text)
        same = [unit for names in self._by_rank for unit in names.get(key, ())]
        return [self.label(unit) for unit in dict.fromkeys(same)] or self._similar(key)

    def label(self, unit_id: int) -> str:
        """The unit's name, with the parents in brackets that tell it from others of the same name."""
        return self._labels[unit_id]

    def _similar(self, key: str) -> list[str]:
        if not key:
            return []
        scores: defaultdict[int, float] = defaultdict(float)
        by_sound = process.extract(sound(key), self._sounds, scorer=fuzz.ratio, limit=10)
        by_sight = process.extract(key, self._spellings, scorer=fuzz.WRatio, limit=10)
        for weight, found in ((_BY_EAR, by_sound), (1.0, by_sight)):
            for _, score, (unit, _) in found:
                scores[unit] = max(scores[unit], score * weight)
        near = [unit for unit in scores if scores[unit] >= _NEAR_ENOUGH]
        near.sort(key=lambda unit: -scores[unit])
        return [self.label(unit) for unit in near[:NEAREST]]

    @cached_property
    def _spellings(self) -> dict[tuple[int, int], str]:
        return {
            (unit_id, n): name_key(name)
            for unit_id, unit in self.units.items()
            for n, name in enumerate(unit.names())
        }

    @cached_property
    def _sounds(self) -> dict[tuple[int, int], str]:
        return {key: sound(name) for key, name in self._spellings.items()}

    @cached_property
    def _by_rank(self) -> tuple[dict[str, list[int]], ...]:
        units = self.units.values()
        return (
            _index((unit, (unit.name,)) for unit in units),
            _index((unit, (unit.short_name,)) for unit in units),
            _index((unit, unit.aliases) for unit in units),
            _index((unit, self._with_parents(unit)) for unit in units),
            _index((unit, unit.former) for unit in units),
        )

    def _with_parents(self, unit: NamedUnit) -> Iterator[str]:
        above = self._above(unit)
        for n in range(1, len(above) + 1):
            for own in filter(None, (unit.name, unit.short_name)):
                yield "".join([*reversed(above[:n]), own])
                yield _bracketed(own, above[:n])

    def _above(self, unit: NamedUnit) -> list[str]:
        """The names of the units above, nearest first."""
        names = []
        while unit.parent_id is not None and unit.parent_id in self.units:
            unit = self.units[unit.parent_id]
            names.append(unit.name)
        return names

    @cached_property
    def _labels(self) -> dict[int, str]:
        labels: dict[int, str] = {}
        for namesakes in _index((unit, (unit.name,)) for unit in self.units.values()).values():
            aboves = {each: self._above(self.units[each]) for each in namesakes}
            for each, above in aboves.items():
                others = [aboves[other] for other in namesakes if other != each]
                labels[each] = _bracketed(self.units[each].name, _telling(above, others))
        return labels


_remembered: tuple[Units, UnitNames] | None = None


def _telling(above: list[str], others: list[list[str]]) -> list[str]:
    """As many of the nearest parents as tell a unit from its namesakes."""
    for depth in range(len(above)):
        if all(other[:depth] != above[:depth] for other in others):
            return above[:depth]
    return above


def _bracketed(name: str, above: list[str]) -> str:
    return f"{name}（{''.join(reversed(above))}）" if above else name


def _index(named: Iterable[tuple[NamedUnit, Iterable[str]]]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for unit, names in named:
        for key in {name_key(name) for name in names} - {""}:
            found[key].append(unit.unit_id)
    return dict(found)
