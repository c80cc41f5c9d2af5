"""What one signs in with: the user name or the staff number (工号), which are therefore one another's rivals."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from django.db.models import Q
from django.db.models.functions import Upper

from taizhang.core.wording import is_storable
from taizhang.org.models import Person

MOST_AT_ONCE = 10_000
"""Words one statement can ask for: PostgreSQL takes 65,535 parameters, and each is sent twice."""


def sign_in_key(typed: str) -> str:
    """Two words with the same key are the same to whoever types them: in full width, in capitals."""
    return unicodedata.normalize("NFKC", typed).strip().upper()


def sign_in_words(person: Person) -> tuple[str, ...]:
    """The words this account opens by. A user name that is the staff number is one word."""
    words = {sign_in_key(word): word for word in (person.username, person.staff_number or "") if word}
    return tuple(words.values())


def accounts_by_word(words: Iterable[str]) -> dict[str, Person]:
    """The accounts these words open, by the words' keys."""
    keys = sorted({sign_in_key(word) for word in words})
    people = Person.objects.annotate(name_key=Upper("username"), number_key=Upper("staff_number"))
    found: dict[str, Person] = {}
    for start in range(0, len(keys), MOST_AT_ONCE):
        some = keys[start : start + MOST_AT_ONCE]
        for person in people.filter(Q(name_key__in=some) | Q(number_key__in=some)):
            found.update(dict.fromkeys(map(sign_in_key, sign_in_words(person)), person))
    return {key: found[key] for key in keys if key in found}


def account_called(typed: str) -> Person | None:
    """The account a word typed at the door opens."""
    return accounts_by_word([typed]).get(sign_in_key(typed)) if typed and is_storable(typed) else None
