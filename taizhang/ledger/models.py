"""The ledger's tables. Columns and indexes only; rules live in `core`, writing in `store`.

Every primary and unique key leads with `site_id`, and no foreign key points at these tables, so
that they can be distributed as they stand. Outside this package the models are for reading.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
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


class EntryRow(models.Model):
    """An entry as lists read it: the fold of its events, recomputed by every event."""

    pk = models.CompositePrimaryKey("site_id", "entry_id")
    site_id = models.SmallIntegerField()
    entry_id = models.UUIDField()
    ledger_id = models.IntegerField()
    version = models.IntegerField()
    number = models.TextField()
    stage = models.TextField()
    stage_from_on = models.DateField()
    lead_unit_id = models.BigIntegerField(null=True)
    category_id = models.IntegerField(null=True)
    due_on = models.DateField(null=True)
    registered_on = models.DateField()
    title = models.TextField()
    sort_key = models.TextField()
    fields = models.JSONField()
    closure_claimed = models.TextField()
    flags = models.JSONField()
    named_units = ArrayField(models.BigIntegerField(), null=True)
    rework_count = models.IntegerField()
    for_another_count = models.IntegerField()
    playbook_sha = models.CharField(max_length=64)
    source_key = models.BinaryField(null=True)
    source_digest = models.BinaryField(null=True)
    parent_id = models.UUIDField(null=True)

    class Meta:
        db_table = "entry"
        indexes = [
            models.Index("site_id", "ledger_id", "entry_id", name="entry_order"),
            models.Index("site_id", "ledger_id", "stage", "entry_id", name="entry_by_stage"),
            models.Index(
                "site_id",
                "ledger_id",
                "source_key",
                name="entry_by_source",
                condition=models.Q(source_key__isnull=False),
            ),
            models.Index(
                "site_id",
                "ledger_id",
                "due_on",
                "entry_id",
                name="entry_by_due",
                condition=models.Q(due_on__isnull=False),
            ),
            models.Index("site_id", "ledger_id", "sort_key", "entry_id", name="entry_by_title"),
            models.Index("site_id", "ledger_id", "number", "entry_id", name="entry_by_number"),
        ]


class EntrySearch(models.Model):
    """The bigrams of an entry's readable texts, as far as `searching` has followed the log."""

    pk = models.CompositePrimaryKey("site_id", "entry_id")
    site_id = models.SmallIntegerField()
    entry_id = models.UUIDField()
    grams = SearchVectorField()

    class Meta:
        db_table = "entry_search"
        indexes = [GinIndex("grams", name="entry_search_grams", fastupdate=True)]


class Follower(models.Model):
    """How far one follower has read the log: the last position whose events it has taken in."""

    pk = models.CompositePrimaryKey("site_id", "name")
    site_id = models.SmallIntegerField()
    name = models.TextField()
    position = models.BigIntegerField()

    class Meta:
        db_table = "follower"


class EntryParty(models.Model):
    """Which unit has which part in an entry; scope is decided on this table."""

    pk = models.CompositePrimaryKey("site_id", "unit_id", "entry_id", "role")
    site_id = models.SmallIntegerField()
    unit_id = models.BigIntegerField()
    entry_id = models.UUIDField()
    role = models.TextField()

    class Meta:
        db_table = "entry_party"
        indexes = [models.Index("site_id", "entry_id", name="party_of_entry")]


class Stay(models.Model):
    """An entry's n-th sojourn in a stage, under one unit and category.

    `from_on` and `to_on` say when it was so, `known_on` and `unknown_on` the days on which the
    beginning and the end were recorded.
    """

    pk = models.CompositePrimaryKey("site_id", "entry_id", "n")
    site_id = models.SmallIntegerField()
    entry_id = models.UUIDField()
    n = models.IntegerField()
    ledger_id = models.IntegerField()
    stage = models.TextField()
    unit_id = models.BigIntegerField(null=True)
    category_id = models.IntegerField(null=True)
    due_on = models.DateField(null=True)
    hidden = models.BooleanField()
    from_on = models.DateField()
    known_on = models.DateField()
    to_on = models.DateField(null=True)
    unknown_on = models.DateField(null=True)

    class Meta:
        db_table = "stay"
        indexes = [
            models.Index("site_id", "ledger_id", "stage", "from_on", name="stay_from"),
            models.Index(
                "site_id", "ledger_id", "from_on", name="stay_hidden", condition=models.Q(hidden=True)
            ),
            models.Index(
                "site_id",
                "ledger_id",
                "stage",
                "to_on",
                name="stay_to",
                condition=models.Q(to_on__isnull=False),
            ),
        ]


class CellDelta(models.Model):
    """How one call changed the counts; the worker packs these into `CellDay`. INSERT only in the write path."""

    pk = models.CompositePrimaryKey("site_id", "delta_id")
    site_id = models.SmallIntegerField()
    delta_id = models.UUIDField()
    ledger_id = models.IntegerField()
    day = models.DateField()
    known_day = models.DateField()
    stage = models.TextField()
    unit_ids = ArrayField(models.BigIntegerField())
    category_ids = ArrayField(models.IntegerField())
    n_in = ArrayField(models.IntegerField())
    n_out = ArrayField(models.IntegerField())
    n_shift = ArrayField(models.IntegerField())

    class Meta:
        db_table = "cell_delta"
        indexes = [models.Index("site_id", "ledger_id", "day", name="delta_day")]


class CellDay(models.Model):
    """Entered and left per unit × category on one day and stage, as packed by one run of the worker.

    `n_shift` is what moved between units or categories without changing stage: it changes what
    stands in a cell and is no entering or leaving. The stage `""` stands for the open ledger as a whole.
    """

    pk = models.CompositePrimaryKey("site_id", "pack_id", "ledger_id", "day", "known_day", "stage")
    site_id = models.SmallIntegerField()
    pack_id = models.BigIntegerField()
    ledger_id = models.IntegerField()
    day = models.DateField()
    known_day = models.DateField()
    stage = models.TextField()
    unit_ids = ArrayField(models.BigIntegerField())
    category_ids = ArrayField(models.IntegerField())
    n_in = ArrayField(models.IntegerField())
    n_out = ArrayField(models.IntegerField())
    n_shift = ArrayField(models.IntegerField())

    class Meta:
        db_table = "cell_day"
        indexes = [models.Index("site_id", "ledger_id", "day", name="cell_day_day")]


class CellSnapshot(models.Model):
    """How many stood in each cell at the end of `day`, counted from every pack up to `upto_pack`."""

    pk = models.CompositePrimaryKey("site_id", "ledger_id", "day")
    site_id = models.SmallIntegerField()
    ledger_id = models.IntegerField()
    day = models.DateField()
    upto_pack = models.BigIntegerField()
    stages = ArrayField(models.TextField())
    unit_ids = ArrayField(models.BigIntegerField())
    category_ids = ArrayField(models.IntegerField())
    n = ArrayField(models.IntegerField())

    class Meta:
        db_table = "cell_snapshot"


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
