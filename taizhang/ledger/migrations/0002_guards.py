"""The record is append-only in the database itself, whoever asks: UPDATE, DELETE and TRUNCATE are refused.

Grants already keep these from the application's role (`ledger.roles`); the triggers also stop the
owner's mistakes. What a superuser does is found by the log, not prevented.
"""

from django.db import migrations

FOR_EVER = ("event", "leaf", "opening", "playbook_version")

REFUSE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the record is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def guard(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"DROP TRIGGER {table}_append_only ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_tables")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE outbox_ticket", "DROP SEQUENCE outbox_ticket"),
        migrations.RunSQL(REFUSE, "DROP FUNCTION refuse_change()"),
        *[guard(table) for table in FOR_EVER],
    ]
