"""A party names its ledger and stands in its order: what a unit sees of a ledger is counted and paged by the key alone."""

from django.db import migrations, models

KEYED = """
ALTER TABLE entry_party ADD COLUMN ledger_id integer;
UPDATE entry_party SET ledger_id = entry.ledger_id FROM entry
    WHERE entry.site_id = entry_party.site_id AND entry.entry_id = entry_party.entry_id;
ALTER TABLE entry_party ALTER COLUMN ledger_id SET NOT NULL;
ALTER TABLE entry_party DROP CONSTRAINT entry_party_pkey;
ALTER TABLE entry_party ADD PRIMARY KEY (site_id, unit_id, ledger_id, entry_id, role);
"""
UNKEYED = """
ALTER TABLE entry_party DROP CONSTRAINT entry_party_pkey;
ALTER TABLE entry_party ADD PRIMARY KEY (site_id, unit_id, entry_id, role);
ALTER TABLE entry_party DROP COLUMN ledger_id;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_entry_search")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(KEYED, UNKEYED)],
            state_operations=[
                migrations.AddField("entryparty", "ledger_id", models.IntegerField(), preserve_default=False),
                migrations.AlterField(
                    "entryparty",
                    "pk",
                    models.CompositePrimaryKey(
                        "site_id",
                        "unit_id",
                        "ledger_id",
                        "entry_id",
                        "role",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            "entryrow",
            models.Index(
                "site_id", "entry_id", name="entry_accusing", condition=models.Q(named_units__isnull=False)
            ),
        ),
    ]
