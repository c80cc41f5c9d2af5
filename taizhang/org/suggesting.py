"""Which units a name may mean that none of them bears, how sure that is, and why.

Everything here is a suggestion for somebody to accept: what is certain enough to be taken without asking is
found by `UnitNames.find`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from taizhang.core.pinyin import initials, sound
from taizhang.org.cell_names import name_key
from taizhang.org.slips import is_abbreviation, is_likely

if TYPE_CHECKING:
    from taizhang.org.matching import UnitNames

Band = Literal["sure", "likely", "perhaps", "none"]
"""How sure the first suggestion is: the same but for words every office leaves out; the same by sound, but for a
slip, or abbreviated; merely near; nothing near at all."""
Why = Literal["bare", "short", "sound", "initials", "slip", "abbreviation", "namesake", "near", "code"]

MOST = 3
"""Suggestions for one name; of namesakes all are given."""
_NEAR_TO_THE_EYE = 55
_NEAR_TO_THE_EAR = 70
"""Of 100, as `fuzz.ratio` counts; syllables have so few letters that half of them agree by chance."""
_BY_EAR = 0.95
_LONGEST = 60
"""A longer text is no name, and comparing it would only cost time."""
_REMEMBERED = 20_000

_OFFICE = re.compile(
    r"(?:人民政府|政府|镇府|办事处|党委|党工委|党支部|村委会|居委会|管委会|管理委员会|机关|本级)$"
)
_LEVEL = re.compile(r"^[我本全]?[省市州盟县区旗镇乡](?=..)")
_KIND = re.compile(
    r"(?:街道办事处|街道|苏木|民族乡|镇|乡|县|区|市|旗|社区|嘎查|村|局|委员会|委|办公室|办|中心|大队|支队|队|站|所|院|公司)$"
)
_CODE = re.compile(r"[(\[]?(?<!\d)(\d{6,12})(?!\d)[)\]]?")
_LATIN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One unit that may be meant, by the name `find` knows it by."""

    unit_id: int
    label: str
    why: Why


@dataclass(frozen=True, slots=True)
class Suggested:
    """What is suggested for a name, best first."""

    band: Band = "none"
    units: tuple[Suggestion, ...] = ()


class _Name(NamedTuple):
    """One name of a unit in the three ways it may be typed."""

    unit_id: int
    key: str
    heard: str
    letters: str


class _Form(NamedTuple):
    """A name without what offices leave out; the unit must stand below `place` where the name began with one."""

    key: str
    place: int | None = None


@dataclass
class Suggester:
    """Suggests units of one picture of the tree; what it said of a name it remembers."""

    names: UnitNames
    _said: dict[str, Suggested] = field(default_factory=dict)

    def suggest(self, text: str) -> Suggested:
        """The units a name may mean that `find` does not know."""
        key = name_key(text)
        known = self._said.get(key)
        if known is None:
            if len(self._said) >= _REMEMBERED:
                self._said.clear()
            known = self._said[key] = self._suggest(key)
        return known

    def complete(self, text: str, most: int = 8) -> list[int]:
        """The units whose name, sound or initials begin with what was typed so far, the shortest names first."""
        key = name_key(text)
        if not key:
            return []
        found = sorted(
            (rank, len(name.key), name.unit_id)
            for name in self._all
            if (rank := _rank(key, name)) is not None
        )
        return list(dict.fromkeys(unit for _rank, _length, unit in found))[:most]

    def _suggest(self, key: str) -> Suggested:
        code = _CODE.search(key)
        bare = _CODE.sub("", key, count=1)
        if len(bare) > _LONGEST:
            return Suggested()
        by_name = self._by_name(bare) if bare else Suggested()
        return self._with_code(by_name, code[1]) if code else by_name

    def _with_code(self, by_name: Suggested, code: str) -> Suggested:
        """A code alone proves nothing, as the same one means another town in another year: where the name agrees,
        good; where it differs, the code's unit is named with the reason, and somebody has to look."""
        coded = [unit for unit in self._codes.get(code.rstrip("0"), ()) if unit not in _ids(by_name)]
        if not coded:
            return by_name
        units = *by_name.units[: MOST - 1], *self._as("code", coded)
        return Suggested("perhaps", units)

    def _by_name(self, key: str) -> Suggested:
        namesakes = self.names.bearing(key)
        if len(namesakes) > 1:
            return Suggested("perhaps", self._as("namesake", namesakes))
        forms = list(self._forms(key))
        for band, why, search in self._searches:
            found = list(
                dict.fromkeys(unit for form in forms for unit in self._below(form, search(form.key)))
            )
            if len(found) == 1:
                return Suggested(band, self._as(why, found))
            if found:
                return self._several(why, found)
        near = self._near(key)
        return Suggested("perhaps" if near else "none", self._as("near", near))

    def _several(self, why: Why, found: list[int]) -> Suggested:
        """Of several units one above all the others is the likely one: 城关 is the town, not its village."""
        top = [unit for unit in found if all(unit == other or unit in self._above(other) for other in found)]
        ordered = [*top, *(unit for unit in found if unit not in top)]
        return Suggested("likely" if top else "perhaps", self._as(why, ordered[:MOST]))

    @cached_property
    def _searches(self) -> tuple[tuple[Band, Why, Callable[[str], Iterable[int]]], ...]:
        """In the order of trust; the first that finds anything decides."""
        return (
            ("sure", "bare", self._same),
            ("sure", "short", lambda key: self._shortened.get(key, ())),
            ("likely", "sound", lambda key: self._sounds.get(sound(key), ())),
            ("likely", "initials", self._lettered),
            ("likely", "slip", self._slipped),
            ("likely", "abbreviation", self._abbreviated),
        )

    def _forms(self, key: str) -> Iterator[_Form]:
        """The name as it stands, and without words of office and place that offices add and leave out."""
        bare = key
        while (shorter := _OFFICE.sub("", bare)) != bare and len(shorter) > 1:
            bare = shorter
        for name in dict.fromkeys((key, bare)):
            yield _Form(name)
            if (without := _LEVEL.sub("", name)) != name:
                yield _Form(without)
            for end in range(2, len(name) - 1):
                for place in self._places.get(name[:end], ()):
                    yield _Form(name[end:], place)

    def _same(self, key: str) -> Iterable[int]:
        unit = self.names.find(key)
        return (unit,) if unit is not None else self.names.bearing(key) or self._bare.get(key, ())

    def _lettered(self, key: str) -> Iterable[int]:
        return self._initials.get(key, ()) if _LATIN.fullmatch(key) and len(key) > 1 else ()

    def _slipped(self, key: str) -> Iterable[int]:
        """Names one character off that sound alike, or one letter off where letters were typed."""
        if _LATIN.fullmatch(key):
            found = self._one_off(key, self._all_heard) if len(key) > 5 else ()
            return (unit for unit, _name in found)
        if len(key) < 3:
            return ()
        return (unit for unit, name in self._one_off(key, self._all_keys) if is_likely(key, name))

    def _one_off(self, key: str, among: list[str]) -> Iterator[tuple[int, str]]:
        found = process.extract(key, among, scorer=OSA.distance, score_cutoff=1, limit=None)
        return ((self._all[place].unit_id, name) for name, _distance, place in found)

    def _abbreviated(self, key: str) -> Iterable[int]:
        return (unit for unit, name in self._by_first.get(key[:1], ()) if is_abbreviation(key, name))

    def _near(self, key: str) -> list[int]:
        scores: defaultdict[int, float] = defaultdict(float)
        ways = (
            (1.0, _NEAR_TO_THE_EYE, key, self._all_keys),
            (_BY_EAR, _NEAR_TO_THE_EAR, sound(key), self._all_heard),
        )
        for weight, cutoff, wanted, among in ways:
            for _name, score, place in process.extract(
                wanted, among, scorer=fuzz.ratio, score_cutoff=cutoff, limit=10
            ):
                unit = self._all[place].unit_id
                scores[unit] = max(scores[unit], score * weight)
        return sorted(scores, key=lambda unit: -scores[unit])[:MOST]

    def _as(self, why: Why, units: Iterable[int]) -> tuple[Suggestion, ...]:
        return tuple(Suggestion(unit, self.names.label(unit), why) for unit in units)

    def _below(self, form: _Form, units: Iterable[int]) -> Iterator[int]:
        return (unit for unit in units if form.place is None or form.place in self._above(unit))

    def _above(self, unit_id: int) -> set[int]:
        above: set[int] = set()
        unit = self.names.units[unit_id]
        while unit.parent_id is not None and unit.parent_id in self.names.units:
            above.add(unit.parent_id)
            unit = self.names.units[unit.parent_id]
        return above

    @cached_property
    def _all(self) -> list[_Name]:
        keys = (
            (unit_id, name_key(name)) for unit_id, unit in self.names.units.items() for name in unit.names()
        )
        return [_Name(unit_id, key, sound(key), initials(key)) for unit_id, key in dict.fromkeys(keys)]

    @cached_property
    def _all_keys(self) -> list[str]:
        return [name.key for name in self._all]

    @cached_property
    def _all_heard(self) -> list[str]:
        return [name.heard for name in self._all]

    @cached_property
    def _bare(self) -> dict[str, list[int]]:
        return _units_by((_OFFICE.sub("", name.key), name.unit_id) for name in self._all)

    @cached_property
    def _shortened(self) -> dict[str, list[int]]:
        short = ((_KIND.sub("", name.key), name) for name in self._all)
        return _units_by((key, name.unit_id) for key, name in short if len(key) > 1 and key != name.key)

    @cached_property
    def _sounds(self) -> dict[str, list[int]]:
        short = ((sound(key), unit) for key, units in self._shortened.items() for unit in units)
        return _units_by([*((name.heard, name.unit_id) for name in self._all), *short])

    @cached_property
    def _initials(self) -> dict[str, list[int]]:
        return _units_by((name.letters, name.unit_id) for name in self._all)

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[int, str]]]:
        found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for name in self._all:
            found[name.key[:1]].append((name.unit_id, name.key))
        return dict(found)

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Names of units that have others below them, also without the kind of place: 黄庄 for 黄庄镇."""
        above = {unit.parent_id for unit in self.names.units.values()}
        named = [(name.key, name.unit_id) for name in self._all if name.unit_id in above]
        short = ((_KIND.sub("", key), unit) for key, unit in named)
        return _units_by([*named, *((key, unit) for key, unit in short if len(key) > 1)])

    @cached_property
    def _codes(self) -> dict[str, list[int]]:
        """By the code without the zeros that some lists fill it up with."""
        return _units_by(
            (unit.code.rstrip("0"), unit_id) for unit_id, unit in self.names.units.items() if unit.code
        )


def _ids(suggested: Suggested) -> set[int]:
    return {each.unit_id for each in suggested.units}


def _rank(typed: str, name: _Name) -> int | None:
    """How well a name answers what was typed so far: none where not at all."""
    forms = (
        name.key == typed,
        name.key.startswith(typed),
        name.letters.startswith(typed),
        name.heard.startswith(typed),
    )
    return next((rank for rank, fits in enumerate(forms) if fits), 4 if typed in name.key else None)


def _units_by(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for key, unit in dict.fromkeys(pairs):
        found[key].append(unit)
    return dict(found)
