"""What this machine keeps of its backups. None of it is in a backup: it speaks of this machine's disks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class BackupPlan(models.Model):
    """When backups are made by themselves, where they lie, and how many are kept. At most one."""

    folder = models.TextField()
    at = models.TimeField()
    keep = models.SmallIntegerField()
    tries = models.BooleanField(default=True, help_text="the newest is restored once a week, to try it")
    since = models.DateTimeField()

    class Meta:
        db_table = "backup_plan"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="backup_plan_one"),
            models.CheckConstraint(condition=Q(keep__range=(1, 365)), name="backup_plan_keeps"),
        ]


class BackupRun(models.Model):
    """One backup made, or one tried restore of one: asked for, running, or how it ended.

    `zh` and `en` say why it failed, or what is to be known of one that went well. `beat_at` tells a run that
    is at work from one whose process is gone.
    """

    class Kind(models.TextChoices):
        BACKUP = "backup"
        TRIAL = "trial"

    class Origin(models.TextChoices):
        PLAN = "plan"
        DESK = "desk"
        TERMINAL = "terminal"

    class State(models.TextChoices):
        ASKED = "asked"
        RUNNING = "running"
        GOOD = "good"
        FAILED = "failed"
        CUT = "cut"

    kind = models.TextField(choices=Kind.choices)
    origin = models.TextField(choices=Origin.choices)
    state = models.TextField(choices=State.choices)
    path = models.TextField()
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    size = models.BigIntegerField(null=True)
    zh = models.TextField(default="")
    en = models.TextField(default="")

    class Meta:
        db_table = "backup_run"
        indexes = [
            models.Index(fields=["kind", "-asked_at"], name="backup_run_by_kind"),
            models.Index(
                fields=["asked_at"], name="backup_run_waiting", condition=Q(state__in=["asked", "running"])
            ),
        ]


class DiskSample(models.Model):
    """How many bytes were free on the data folder's disk on a day."""

    day = models.DateField(primary_key=True)
    free = models.BigIntegerField()

    class Meta:
        db_table = "disk_sample"
