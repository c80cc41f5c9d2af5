"""An entry's row says which posts answer for it, so that what a post hands over can be counted and listed."""

from django.db import migrations, models

# As the fold has it: what the last assignment named, unless the entry was returned or transferred since.
FILL = """
UPDATE entry SET
    responsible_post_id = (last.body->>'responsible_post')::bigint,
    overseeing_post_id = (last.body->>'overseeing_post')::bigint
FROM (
    SELECT DISTINCT ON (site_id, entry_id) site_id, entry_id, kind, body FROM event
    WHERE kind IN ('EntryAssigned', 'EntryReturned', 'EntryTransferred')
    ORDER BY site_id, entry_id, version DESC
) AS last
WHERE last.kind = 'EntryAssigned' AND last.site_id = entry.site_id AND last.entry_id = entry.entry_id
    AND last.body ?| ARRAY['responsible_post', 'overseeing_post']
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_account_log_guard")]
    operations = [
        migrations.AddField("entryrow", "responsible_post_id", models.BigIntegerField(null=True)),
        migrations.AddField("entryrow", "overseeing_post_id", models.BigIntegerField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        *[
            migrations.AddIndex(
                "entryrow",
                models.Index("site_id", column, name=name, condition=models.Q((f"{column}__isnull", False))),
            )
            for column, name in (
                ("responsible_post_id", "entry_by_responsible"),
                ("overseeing_post_id", "entry_by_overseeing"),
            )
        ],
    ]
