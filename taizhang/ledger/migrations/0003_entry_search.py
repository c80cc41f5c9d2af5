"""The bigrams of search leave the entry's row: `searching` fills their table behind the log, from its beginning."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="EntrySearch",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "site_id", "entry_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("site_id", models.SmallIntegerField()),
                ("entry_id", models.UUIDField()),
                ("grams", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "db_table": "entry_search",
            },
        ),
        migrations.CreateModel(
            name="Follower",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "site_id", "name", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("site_id", models.SmallIntegerField()),
                ("name", models.TextField()),
                ("position", models.BigIntegerField()),
            ],
            options={
                "db_table": "follower",
            },
        ),
        migrations.RemoveIndex(
            model_name="entryrow",
            name="entry_grams",
        ),
        migrations.RemoveField(
            model_name="entryrow",
            name="grams",
        ),
        migrations.AddIndex(
            model_name="entrysearch",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("grams"), fastupdate=True, name="entry_search_grams"
            ),
        ),
    ]
