"""Idempotent calls: the same key with the same commands is carried out once, with others refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from taizhang.core import codec
from taizhang.core import commands as c
from taizhang.core import refusals as r
from taizhang.core.actor import Actor
from taizhang.core.wording import Label
from taizhang.ledger.database import cursor
from taizhang.ledger.identity import new_id
from taizhang.ledger.outcome import Outcome, Result
from taizhang.ledger.vault import keyed_digest
from taizhang.org.models import Site


def digest(commands: Sequence[c.AnyCommand], actor: Actor) -> str:
    """Keyed, because commands still hold personal values in plain. New entries' ids are the caller's dice:
    the order in which they come stands for them."""
    made: dict[str, str] = {}
    listed = []
    for command in commands:
        body = codec.plain(command)
        for new in (*([body] if isinstance(command, c.RegisterEntry) else []), *body.get("parts", ())):
            made.setdefault(new["entry_id"], f"#{len(made)}")
            new["entry_id"] = made[new["entry_id"]]
        body["entry_id"] = made.get(body["entry_id"], body["entry_id"])
        listed.append([type(command).__name__, body])
    return keyed_digest(codec.canonical([actor.acting.person_id, listed]))


def earlier(site: Site, actor: Actor, key: str, commands: Sequence[c.AnyCommand]) -> Result | None:
    """The result of the call made before under this key; a refusal of all where its commands were others."""
    with cursor() as database:
        database.execute(
            "SELECT payload_sha, outcome FROM call WHERE site_id = %s AND person_id = %s AND key = %s",
            (site.id, actor.typing.person_id, key),
        )
        found = database.fetchone()
    if found is None:
        return None
    return _read(found[1]) if found[0] == digest(commands, actor) else _reused(commands)


def remember(
    site: Site, actor: Actor, key: str, commands: Sequence[c.AnyCommand], result: Result, now: datetime
) -> None:
    """In the call's own transaction; a twin that committed first makes this one fail and read its result."""
    outcome = {
        "batch": str(result.batch_id),
        "outcomes": [
            [str(item.entry_id), item.version, item.number, _refusal(item.refusal)]
            for item in result.outcomes
        ],
    }
    with cursor() as database:
        database.execute(
            "INSERT INTO call (site_id, person_id, key, payload_sha, outcome, called_at)"
            " VALUES (%s, %s, %s, %s, %s::jsonb, %s)",
            (site.id, actor.typing.person_id, key, digest(commands, actor), json.dumps(outcome), now),
        )


def _refusal(refusal: r.Refusal | None) -> list[str | list[str]] | None:
    if refusal is None:
        return None
    what = refusal.what
    return [refusal.code, [what.zh, what.en] if isinstance(what, Label) else what]


def _refused(code: str, what: str | list[str]) -> r.Refusal:
    """What `_refusal` stored."""
    refusal: r.Refusal = getattr(r, code)(Label(*what) if isinstance(what, list) else what)
    return refusal


def _read(outcome: dict[str, Any]) -> Result:
    outcomes = tuple(
        Outcome(UUID(entry_id), version, number, None if refusal is None else _refused(*refusal))
        for entry_id, version, number, refusal in outcome["outcomes"]
    )
    return Result(outcomes, UUID(outcome["batch"]), repeated=True)


def _reused(commands: Sequence[c.AnyCommand]) -> Result:
    return Result(tuple(Outcome(command.entry_id, refusal=r.KeyReused()) for command in commands), new_id())
