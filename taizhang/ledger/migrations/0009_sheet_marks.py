"""What the colours of a sheet meant stays with the layout of the sheet last imported."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_entry_posts")]
    operations = [migrations.AddField("sheetcolumns", "marks", models.JSONField(default=dict))]
