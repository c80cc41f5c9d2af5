"""What lists ask for stands with each party and in its key's index: a unit's lists are read off its parties alone."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

FILL = """
UPDATE entry_party AS party SET stage = entry.stage, lead_unit_id = entry.lead_unit_id,
    category_id = entry.category_id, due_on = entry.due_on, registered_on = entry.registered_on,
    accusation = entry.flags ? 'accusation'
FROM entry WHERE entry.site_id = party.site_id AND entry.entry_id = party.entry_id
"""
KEY = "site_id, unit_id, ledger_id, entry_id, role"
REKEY = f"""
ALTER TABLE entry_party DROP CONSTRAINT entry_party_pkey;
ALTER TABLE entry_party ADD PRIMARY KEY ({KEY})
    INCLUDE (stage, lead_unit_id, category_id, due_on, registered_on, accusation);
"""
UNKEY = f"""
ALTER TABLE entry_party DROP CONSTRAINT entry_party_pkey;
ALTER TABLE entry_party ADD PRIMARY KEY ({KEY});
"""


def added(name: str, field: models.Field[Any, Any]) -> migrations.AddField:
    return migrations.AddField("entryparty", name, field, preserve_default=False)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_party_ledger")]
    operations = [
        added("stage", models.TextField(default="")),
        added("lead_unit_id", models.BigIntegerField(null=True)),
        added("category_id", models.IntegerField(null=True)),
        added("due_on", models.DateField(null=True)),
        added("registered_on", models.DateField(default="0001-01-01")),
        added("accusation", models.BooleanField(default=False)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(REKEY, UNKEY),
    ]
