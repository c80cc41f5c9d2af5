"""What stands now is kept by the worker as it packs: today's board adds up no days."""

from django.db import migrations, models

FILL = """
INSERT INTO cell_now (site_id, ledger_id, unit_id, stage, n, last_day)
SELECT site_id, ledger_id, unit_id, stage, sum(came - went + moved), max(day)
FROM cell_day, unnest(unit_ids, n_in, n_out, n_shift) AS given (unit_id, came, went, moved)
GROUP BY site_id, ledger_id, unit_id, stage
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_party_facts")]
    operations = [
        migrations.CreateModel(
            name="CellNow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "site_id",
                        "ledger_id",
                        "unit_id",
                        "stage",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("site_id", models.SmallIntegerField()),
                ("ledger_id", models.IntegerField()),
                ("unit_id", models.BigIntegerField()),
                ("stage", models.TextField()),
                ("n", models.IntegerField()),
                ("last_day", models.DateField()),
            ],
            options={"db_table": "cell_now"},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
