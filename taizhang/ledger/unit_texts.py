"""What stands in the place of the lead unit on entries that have none."""

from __future__ import annotations

from taizhang.core.playbook import Playbook
from taizhang.ledger.database import cursor
from taizhang.ledger.visibility import Scope


def texts_without_lead(
    site_id: int, ledger_id: int, scope: Scope, playbook: Playbook, most: int
) -> list[tuple[str, int, str]]:
    """Each text with how many entries within scope have it and the number of the first, the frequent ones first."""
    item = playbook.field_standing_for("lead_unit")
    if item is None or item.is_sealed:
        return []
    condition, given = scope.condition()
    with cursor() as database:
        database.execute(
            "SELECT entry.fields->>%s AS written, count(*), min(entry.number) FROM entry"
            " WHERE entry.site_id = %s AND entry.ledger_id = %s AND entry.lead_unit_id IS NULL"
            f" AND jsonb_typeof(entry.fields->%s) = 'string' AND {condition}"
            " GROUP BY written ORDER BY count(*) DESC, written LIMIT %s",
            [item.key, site_id, ledger_id, item.key, *given, most],
        )
        return [(row[0], row[1], row[2]) for row in database]
