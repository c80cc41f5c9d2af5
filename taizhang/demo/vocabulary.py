"""Filling templates from pools of words, so that what belongs to one entry speaks of one place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from taizhang.core.placeholders import fill, placeholders

Pools = Mapping[str, Sequence[str]]
FREELY = frozenset({"n"})
"""Pools drawn anew at every mention; every other word is remembered, and `word2` is another of the same pool."""


class Vocabulary:
    """What one entry is told in: a draw from a pool holds for everything said with it later.

    A word no pool has is a KeyError.
    """

    def __init__(self, dice: Random, pools: Sequence[Pools], given: Mapping[str, str]) -> None:
        self._dice, self._pools = dice, pools
        self._known = dict(given)

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            drawn = self.say(self._draw(name))
            if name in FREELY:
                return drawn
            self._known[name] = drawn
        return self._known[name]

    def say(self, template: str, **given: str) -> str:
        """The template with every `{word}` filled in; `given` holds for this once."""
        return fill(
            template,
            {found.name: given.get(found.name) or self[found.name] for found in placeholders(template)},
        )

    def one_of(self, templates: Sequence[str], **given: str) -> str:
        """One of the templates, filled in."""
        return self.say(self._dice.choice(templates), **given)

    def telling(self, **given: str) -> Vocabulary:
        """The same memory with more in it; what is drawn from now on is not shared."""
        return Vocabulary(self._dice, self._pools, {**self._known, **given})

    def forget(self, *names: str) -> None:
        """Draw these anew when they are next mentioned."""
        for name in names:
            self._known.pop(name, None)

    def _draw(self, name: str) -> str:
        pool = self._pool(name.rstrip("0123456789"))
        said = set(self._said_of(name.rstrip("0123456789")))
        return self._dice.choice([word for word in pool if self.say_if_known(word) not in said] or pool)

    def say_if_known(self, word: str) -> str:
        """The word filled with what is known already, as it stands where something is not."""
        if all(found.name in self._known for found in placeholders(word)):
            return self.say(word)
        return word

    def _said_of(self, pool: str) -> Iterator[str]:
        return (word for name, word in self._known.items() if name.rstrip("0123456789") == pool)

    def _pool(self, name: str) -> Sequence[str]:
        for pools in self._pools:
            if name in pools:
                return pools[name]
        raise KeyError(name)
