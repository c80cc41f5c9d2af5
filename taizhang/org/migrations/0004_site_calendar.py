from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0003_spellings")]
    operations = [
        migrations.AddField(
            "site",
            "calendar",
            models.TextField(default="china", help_text="key of a calendar of `taizhang.calendars`"),
        )
    ]
