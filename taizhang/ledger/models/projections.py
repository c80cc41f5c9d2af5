"""What lists and reports read: computed from the events alone, and again by `rebuild`."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


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
    responsible_post_id = models.BigIntegerField(null=True)
    overseeing_post_id = models.BigIntegerField(null=True)

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
            models.Index(
                "site_id",
                "entry_id",
                name="entry_accusing",
                condition=models.Q(named_units__isnull=False),
            ),
            models.Index(
                "site_id",
                "responsible_post_id",
                name="entry_by_responsible",
                condition=models.Q(responsible_post_id__isnull=False),
            ),
            models.Index(
                "site_id",
                "overseeing_post_id",
                name="entry_by_overseeing",
                condition=models.Q(overseeing_post_id__isnull=False),
            ),
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


class EntryParty(models.Model):
    """Which unit has which part in an entry; scope is decided on this table.

    Beside it stand the facts of the entry that lists mostly ask for, in the key's index as well: what a unit
    sees is filtered, counted and ordered without reading any entry.
    """

    pk = models.CompositePrimaryKey("site_id", "unit_id", "ledger_id", "entry_id", "role")
    site_id = models.SmallIntegerField()
    unit_id = models.BigIntegerField()
    ledger_id = models.IntegerField()
    entry_id = models.UUIDField()
    role = models.TextField()
    stage = models.TextField()
    lead_unit_id = models.BigIntegerField(null=True)
    category_id = models.IntegerField(null=True)
    due_on = models.DateField(null=True)
    registered_on = models.DateField()
    accusation = models.BooleanField()

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


class CellNow(models.Model):
    """How many stand in a stage under a unit, as far as was packed; `last_day` is the latest day that changed it.

    The worker alone writes it, in the statement that packs: what is not yet in it is still a delta.
    """

    pk = models.CompositePrimaryKey("site_id", "ledger_id", "unit_id", "stage")
    site_id = models.SmallIntegerField()
    ledger_id = models.IntegerField()
    unit_id = models.BigIntegerField()
    stage = models.TextField()
    n = models.IntegerField()
    last_day = models.DateField()

    class Meta:
        db_table = "cell_now"


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
