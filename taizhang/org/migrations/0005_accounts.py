"""Accounts: one-time passwords, names in pinyin order, sign-in words in any case, the log of what was done to them."""

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0004_site_calendar"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountDeed",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "what",
                    models.TextField(
                        choices=[
                            ("made", "Made"),
                            ("reset", "Reset"),
                            ("appointed", "Appointed"),
                            ("stood_in", "Stood In"),
                            ("ended", "Ended"),
                            ("handed_over", "Handed Over"),
                            ("closed", "Closed"),
                            ("reopened", "Reopened"),
                            ("post_made", "Post Made"),
                        ]
                    ),
                ),
                ("from_on", models.DateField(null=True)),
                ("to_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "account_log",
            },
        ),
        migrations.RemoveConstraint(
            model_name="post",
            name="post_duties_known",
        ),
        migrations.AddField(
            model_name="person",
            name="one_time_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="person",
            name="sort_key",
            field=models.TextField(db_collation="C", default=""),
        ),
        migrations.AddField(
            model_name="post",
            name="name_en",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(models.F("sort_key"), models.F("id"), name="person_by_name"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("username"), name="person_username_any_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("staff_number"), name="person_staff_number_any_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "duties__contained_by",
                        [
                            "register",
                            "dispatch",
                            "handle",
                            "verify",
                            "close",
                            "oversee",
                            "inspect",
                            "unseal",
                            "appoint",
                            "administer",
                        ],
                    )
                ),
                name="post_duties_known",
            ),
        ),
        migrations.AddField(
            model_name="accountdeed",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="accountdeed",
            name="by_post",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.post"
            ),
        ),
        migrations.AddField(
            model_name="accountdeed",
            name="other",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accountdeed",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deeds",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accountdeed",
            name="post",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.post"
            ),
        ),
        migrations.AddIndex(
            model_name="accountdeed",
            index=models.Index(models.F("person"), models.F("id"), name="account_log_by_person"),
        ),
    ]
