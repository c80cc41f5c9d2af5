"""Where the next page begins: an opaque word that holds the order, its value and the last entry's id."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from datetime import date
from typing import Any
from uuid import UUID

from taizhang.api.inputs import refuse
from taizhang.core.wording import Label, is_storable
from taizhang.ledger.queries import ORDERS, Order

After = tuple[Any, UUID]

_NO_PLACE = Label("不是本列表给出的翻页位置", "is not a place this list has given")


def written(after: After | None, order: Order, *, descending: bool) -> str | None:
    """The place as the answer gives it."""
    if after is None:
        return None
    value, entry_id = after
    shown = value.isoformat() if isinstance(value, date) else value
    plain = json.dumps([order, descending, shown, str(entry_id)], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def read(given: str | None, order: Order, *, descending: bool) -> After | None:
    """The place a caller gives back. Raises Problem, also where it belongs to another order."""
    if not given:
        return None
    try:
        named, way, value, entry_id = json.loads(urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        place = _value(order, value), UUID(entry_id)
    except (ValueError, TypeError, AttributeError, NotBase64, RecursionError):
        raise refuse("query.after", "invalid", _NO_PLACE) from None
    if (named, way) != (order, descending):
        raise refuse("query.after", "invalid", _NO_PLACE)
    return place


def _value(order: Order, value: Any) -> Any:
    if not ORDERS[order]:
        return None
    if order == "due":
        return date.fromisoformat(value)
    if not isinstance(value, str) or not is_storable(value):
        raise ValueError("no text to go on from")
    return value
