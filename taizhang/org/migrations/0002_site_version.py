from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]
    operations = [migrations.RenameField("site", "units_version", "version")]
