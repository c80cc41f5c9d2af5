"""The people there are get their place in pinyin order."""

from typing import Any

from django.db import migrations

from taizhang.core.pinyin import sort_key


def fill(apps: Any, schema_editor: Any) -> None:
    people = apps.get_model("org", "Person").objects.using(schema_editor.connection.alias)
    found = list(people.all())
    for person in found:
        person.sort_key = sort_key(person.name)
    people.bulk_update(found, ["sort_key"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("org", "0005_accounts")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
