"""What happened and what it is about: none of this can be computed anew."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class PlaybookVersion(models.Model):
    """The texts of a playbook as they were when a ledger was opened on them; disk is not read again."""

    pk = models.CompositePrimaryKey("site_id", "sha")
    site_id = models.SmallIntegerField()
    sha = models.CharField(max_length=64)
    key = models.TextField()
    version = models.TextField()
    texts = models.JSONField()
    stored_at = models.DateTimeField()

    class Meta:
        db_table = "playbook_version"


class Ledger(models.Model):
    """台账: a register of entries under one purpose and one default playbook, kept by one unit."""

    pk = models.CompositePrimaryKey("site_id", "ledger_id")
    site_id = models.SmallIntegerField()
    ledger_id = models.IntegerField()
    key = models.TextField()
    name = models.TextField()
    unit_id = models.BigIntegerField()
    playbook_sha = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    opened_by = models.BigIntegerField()

    class Meta:
        db_table = "ledger"
        constraints = [models.UniqueConstraint("site_id", "key", name="ledger_key")]


class SheetColumns(models.Model):
    """The columns of the sheet last imported into a ledger, in their order: what an export gives back."""

    pk = models.CompositePrimaryKey("site_id", "ledger_id")
    site_id = models.SmallIntegerField()
    ledger_id = models.IntegerField()
    title = models.TextField(default="")
    columns = models.JSONField()
    marks = models.JSONField(default=dict)

    class Meta:
        db_table = "sheet_columns"


class Category(models.Model):
    """A category path by a small number, so that cells can count by it."""

    pk = models.CompositePrimaryKey("site_id", "category_id")
    site_id = models.SmallIntegerField()
    category_id = models.IntegerField()
    path = models.TextField()

    class Meta:
        db_table = "category"
        constraints = [models.UniqueConstraint("site_id", "path", name="category_path")]


class Event(models.Model):
    """What happened, with its envelope. INSERT only: the database refuses everything else."""

    pk = models.CompositePrimaryKey("site_id", "entry_id", "version")
    site_id = models.SmallIntegerField()
    entry_id = models.UUIDField()
    version = models.IntegerField()
    kind = models.TextField()
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField()
    acted_by = models.BigIntegerField()
    typed_by = models.BigIntegerField()
    unit_id = models.BigIntegerField(null=True)
    typed_unit_id = models.BigIntegerField(null=True)
    post_id = models.BigIntegerField(null=True)
    playbook_sha = models.CharField(max_length=64)
    batch_id = models.UUIDField()
    source = models.JSONField(null=True)
    salt = models.BinaryField()
    body = models.JSONField()

    class Meta:
        db_table = "event"


class Outbox(models.Model):
    """One row per chunk of a call until the sealer has numbered its events.

    `ticket` comes from a sequence when the chunk is written. It is not the order of commits, but an
    event that builds on another is always written after that one was committed, so within an
    entry tickets never run backwards.
    """

    pk = models.CompositePrimaryKey("site_id", "ticket")
    site_id = models.SmallIntegerField()
    ticket = models.BigIntegerField()
    entry_ids = ArrayField(models.UUIDField())
    versions = ArrayField(models.IntegerField())
    hashes = ArrayField(models.BinaryField())

    class Meta:
        db_table = "outbox"


class Leaf(models.Model):
    """The one order: position without gaps, given by the sealer, and the leaf hash of that event."""

    pk = models.CompositePrimaryKey("site_id", "position")
    site_id = models.SmallIntegerField()
    position = models.BigIntegerField()
    entry_id = models.UUIDField()
    version = models.IntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "leaf"


class Sealed(models.Model):
    """A personal value, encrypted under its subject's key, which lies outside the database."""

    pk = models.CompositePrimaryKey("site_id", "ref")
    site_id = models.SmallIntegerField()
    ref = models.UUIDField()
    entry_id = models.UUIDField()
    subject_id = models.UUIDField()
    ciphertext = models.BinaryField()

    class Meta:
        db_table = "sealed"


class Evidence(models.Model):
    """A file of an entry: where its ciphertext lies (by content hash) and under which key."""

    pk = models.CompositePrimaryKey("site_id", "ref")
    site_id = models.SmallIntegerField()
    ref = models.UUIDField()
    entry_id = models.UUIDField()
    subject_id = models.UUIDField()
    content_sha = models.CharField(max_length=64)
    sealed_name = models.BinaryField()

    class Meta:
        db_table = "evidence"


class Opening(models.Model):
    """One opening of a sealed value: who, in which unit, why, when. INSERT only."""

    pk = models.CompositePrimaryKey("site_id", "opening_id")
    site_id = models.SmallIntegerField()
    opening_id = models.UUIDField()
    ref = models.UUIDField()
    entry_id = models.UUIDField()
    person_id = models.BigIntegerField()
    unit_id = models.BigIntegerField(null=True)
    reason = models.TextField()
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "opening"


class Follower(models.Model):
    """How far one follower has read the log: the last position whose events it has taken in."""

    pk = models.CompositePrimaryKey("site_id", "name")
    site_id = models.SmallIntegerField()
    name = models.TextField()
    position = models.BigIntegerField()

    class Meta:
        db_table = "follower"


class Call(models.Model):
    """One idempotent call of `handle`: key → digest of the payload, and what came of it."""

    pk = models.CompositePrimaryKey("site_id", "person_id", "key")
    site_id = models.SmallIntegerField()
    person_id = models.BigIntegerField()
    key = models.TextField()
    payload_sha = models.CharField(max_length=64)
    outcome = models.JSONField()
    called_at = models.DateTimeField()

    class Meta:
        db_table = "call"


class NumberBlock(models.Model):
    """Entry numbers reserved together; what of a block was never used is a gap with this explanation."""

    pk = models.CompositePrimaryKey("site_id", "ledger_id", "period", "first")
    site_id = models.SmallIntegerField()
    ledger_id = models.IntegerField()
    period = models.TextField()
    first = models.IntegerField()
    size = models.IntegerField()
    reserved_at = models.DateTimeField()

    class Meta:
        db_table = "number_block"


class NumberCounter(models.Model):
    """The next free entry number of a ledger and period."""

    pk = models.CompositePrimaryKey("site_id", "ledger_id", "period")
    site_id = models.SmallIntegerField()
    ledger_id = models.IntegerField()
    period = models.TextField()
    next = models.IntegerField()

    class Meta:
        db_table = "number_counter"
