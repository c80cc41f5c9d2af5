"""What a machine keeps of its backups and of its disk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DiskSample",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("free", models.BigIntegerField()),
            ],
            options={
                "db_table": "disk_sample",
            },
        ),
        migrations.CreateModel(
            name="BackupPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("folder", models.TextField()),
                ("at", models.TimeField()),
                ("keep", models.SmallIntegerField()),
                (
                    "tries",
                    models.BooleanField(
                        default=True, help_text="the newest is restored once a week, to try it"
                    ),
                ),
                ("since", models.DateTimeField()),
            ],
            options={
                "db_table": "backup_plan",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="backup_plan_one"),
                    models.CheckConstraint(
                        condition=models.Q(("keep__range", (1, 365))), name="backup_plan_keeps"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BackupRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.TextField(choices=[("backup", "Backup"), ("trial", "Trial")])),
                (
                    "origin",
                    models.TextField(choices=[("plan", "Plan"), ("desk", "Desk"), ("terminal", "Terminal")]),
                ),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("asked", "Asked"),
                            ("running", "Running"),
                            ("good", "Good"),
                            ("failed", "Failed"),
                            ("cut", "Cut"),
                        ]
                    ),
                ),
                ("path", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0)),
                ("size", models.BigIntegerField(null=True)),
                ("zh", models.TextField(default="")),
                ("en", models.TextField(default="")),
            ],
            options={
                "db_table": "backup_run",
                "indexes": [
                    models.Index(fields=["kind", "-asked_at"], name="backup_run_by_kind"),
                    models.Index(
                        condition=models.Q(("state__in", ["asked", "running"])),
                        fields=["asked_at"],
                        name="backup_run_waiting",
                    ),
                ],
            },
        ),
    ]
