"""The tables of who is who. Dates: `from_on` is included, `to_on` excluded, none means open.

What a unit is called and where it stands are dated facts in `UnitName` and `UnitPath`; `Unit`
repeats those of today for whoever only asks about today (`settling.settle` keeps them so).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.crypto import salted_hmac

from taizhang.calendars import NATIONAL
from taizhang.core.actor import DUTIES
from taizhang.core.wording import Language

if TYPE_CHECKING:
    from taizhang.org.agents import Seats


def _in_order(name: str, *, may_be_empty: bool = False) -> models.CheckConstraint:
    """A span of days ends after it begins; a post or tenure may be undone to no day at all."""
    after = Q(to_on__gte=F("from_on")) if may_be_empty else Q(to_on__gt=F("from_on"))
    return models.CheckConstraint(
        condition=Q(from_on__isnull=True) | Q(to_on__isnull=True) | after, name=name
    )


class Site(models.Model):
    """One office's platform and what is fixed when it is set up; one data folder holds one.

    `version` changes with every change to the units and the ledgers and so says whether what a process
    remembers of them is still fresh; being random, it never comes back after a transaction was rolled back.
    Change a site through `sites.change_site`, which also forgets what this process remembers.
    """

    class Kind(models.TextChoices):
        LIVE = "live", "正式 live"
        DEMO = "demo", "演示 demo"
        REHEARSAL = "rehearsal", "演练 rehearsal"

    id = models.SmallIntegerField(primary_key=True, default=1)
    name = models.TextField()
    timezone = models.TextField(default="Asia/Shanghai")
    language = models.TextField(default="zh-Hans")
    week_start = models.SmallIntegerField(default=1, help_text="ISO weekday, 1 is Monday")
    currency = models.CharField(max_length=3, default="CNY")
    paper = models.TextField(default="A4")
    calendar = models.TextField(default=NATIONAL, help_text="key of a calendar of `taizhang.calendars`")
    kind = models.TextField(choices=Kind.choices, default=Kind.LIVE)
    now_override = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.UUIDField(default=uuid4)

    class Meta:
        db_table = "site"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["live", "demo", "rehearsal"]), name="site_kind"),
            models.CheckConstraint(condition=Q(week_start__range=(1, 7)), name="site_week_start"),
            models.CheckConstraint(
                condition=Q(now_override__isnull=True) | ~Q(kind="live"), name="site_clock_of_live_is_real"
            ),
        ]

    @property
    def mark(self) -> str:
        """Tells this site from another that stood in its place before, as when a demo is made anew."""
        return f"{self.id} {self.created_at.isoformat()}"

    @property
    def zone(self) -> ZoneInfo:
        """The zone whose days are the days of this site's statistics."""
        return ZoneInfo(self.timezone)

    @property
    def spoken(self) -> Language:
        """The site's language as the core's labels know it."""
        return "en" if self.language.startswith("en") else "zh"

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """单位: an organisation in the tree, for the days it exists. Never deleted, only dissolved.

    `name`, `short_name`, `parent` and `path` ("/1/12/": every unit from the root down to itself)
    are those of today; of a dissolved unit the last ones, of a coming one the first. `code` is the
    administrative code: it changes from year to year and identifies nothing. `sort_key` puts names
    in pinyin order.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    short_name = models.TextField(default="", blank=True)
    code = models.TextField(default="", blank=True)
    aliases = ArrayField(models.TextField(), default=list, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    path = models.TextField(db_collation="C")
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    sort_key = models.TextField(db_collation="C")

    class Meta:
        db_table = "unit"
        indexes = [
            models.Index("path", name="unit_by_path"),
            models.Index("sort_key", "id", name="unit_by_name"),
        ]
        constraints = [_in_order("unit_in_order")]

    def __str__(self) -> str:
        return self.name


class UnitName(models.Model):
    """What a unit was called when. The spans of one unit follow each other without gap or overlap."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="names")
    name = models.TextField()
    short_name = models.TextField(default="")
    sort_key = models.TextField(db_collation="C")
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)

    class Meta:
        db_table = "unit_name"
        constraints = [
            _in_order("unit_name_in_order"),
            models.UniqueConstraint("unit", "from_on", name="unit_name_from", nulls_distinct=False),
        ]


class UnitPath(models.Model):
    """Where a unit stood when: join it on the unit and a day to roll up by that day's tree.

    The spans of one unit follow each other without gap or overlap as long as it exists.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="paths")
    path = models.TextField(db_collation="C")
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)

    class Meta:
        db_table = "unit_path"
        indexes = [models.Index("path", name="unit_path_by_path")]
        constraints = [
            _in_order("unit_path_in_order"),
            models.UniqueConstraint("unit", "from_on", name="unit_path_from", nulls_distinct=False),
        ]


class UnitSuccession(models.Model):
    """From `on`, `successor` stands where `unit` stood, wholly (a merger) or in part (a split)."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="successions")
    successor = models.ForeignKey(Unit, models.PROTECT, related_name="precessions")
    on = models.DateField()

    class Meta:
        db_table = "unit_succession"
        constraints = [
            models.UniqueConstraint("unit", "successor", name="unit_succession_once"),
            models.CheckConstraint(condition=~Q(unit=F("successor")), name="unit_succession_of_another"),
        ]


class PersonManager(BaseUserManager["Person"]):
    """Accounts are found by user name alone; there is no e-mail."""

    def create_user(self, username: str, name: str, password: str | None = None, **more: Any) -> Person:
        """A new account; without a password nobody can sign in until one is given."""
        person = self.model(username=username, name=name, **more)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """人员: a human with an account. What they may do follows from the posts they hold.

    The operator sets the site up: it may register, import and administer, belongs to no unit, and
    therefore can never verify. `one_time_until` stands where the password is a one-time one
    (`org.one_time`): until then it opens the way to a password of one's own, and to nothing else.
    `sort_key` puts names in pinyin order.
    """

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=150, unique=True)
    name = models.TextField()
    staff_number = models.CharField(max_length=64, unique=True, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_operator = models.BooleanField(default=False)
    one_time_until = models.DateTimeField(null=True, blank=True)
    sort_key = models.TextField(db_collation="C", default="")

    seats: Seats | None = None
    """What the person may act in today, where `agents.account_of` read it with the account."""

    state: str
    """How the account stands, where `account_state.with_state` found that out."""

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        db_table = "person"
        indexes = [models.Index("sort_key", "id", name="person_by_name")]
        constraints = [
            # Both are typed by hand into one field, in either case.
            models.UniqueConstraint(Upper("username"), name="person_username_any_case"),
            models.UniqueConstraint(Upper("staff_number"), name="person_staff_number_any_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """What a session remembers of its sign-in, and Django compares with every request: for which site it
        was, and with which password. A session of another site's is ended before anybody learns whose it is.
        """
        from taizhang.org.sites import the_site

        signed_in_with = f"{the_site().mark} {self.password}"
        return salted_hmac("taizhang session", signed_in_with, algorithm="sha256").hexdigest()


class Post(models.Model):
    """岗位: a seat in a unit; people come and go. `duties` are words of `core.actor.DUTIES`.

    `scope_unit` is the unit at and below which the post sees entries; none means its own unit.
    `name_en` is what pages in English call it; where it is empty they use `name`.
    """

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts")
    name = models.TextField()
    name_en = models.TextField(default="", blank=True)
    duties = ArrayField(models.TextField(), default=list, blank=True)
    scope_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "post"
        constraints = [
            _in_order("post_in_order", may_be_empty=True),
            models.CheckConstraint(condition=Q(duties__contained_by=list(DUTIES)), name="post_duties_known"),
        ]

    def __str__(self) -> str:
        return self.name


class Tenure(models.Model):
    """任职: a person in a post for a time; `stand_in` (AB角) when the post is another's."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="tenures")
    post = models.ForeignKey(Post, models.PROTECT, related_name="tenures")
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)
    stand_in = models.BooleanField(default=False)

    class Meta:
        db_table = "tenure"
        constraints = [_in_order("tenure_in_order", may_be_empty=True)]


class UnitGroup(models.Model):
    """单位组: several units under one name (各乡镇). Who belongs to it is dated: `UnitGroupSpan`."""

    name = models.TextField()
    key = models.TextField(unique=True, help_text="the name as names are compared")

    class Meta:
        db_table = "unit_group"

    def __str__(self) -> str:
        return self.name


class UnitGroupSpan(models.Model):
    """Who belongs to a group when: the units listed, or those below `below` whose names end in one of `endings`
    (without endings, those directly below it). The spans of one group follow each other without gap or overlap.
    """

    group = models.ForeignKey(UnitGroup, models.CASCADE, related_name="spans")
    below = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    endings = ArrayField(models.TextField(), default=list)
    unit_ids = ArrayField(models.BigIntegerField(), default=list)
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)

    class Meta:
        db_table = "unit_group_span"
        constraints = [
            _in_order("unit_group_span_in_order"),
            models.UniqueConstraint("group", "from_on", name="unit_group_span_from", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(below__isnull=False, unit_ids=[]) | Q(below__isnull=True, endings=[]),
                name="unit_group_span_by_list_or_kind",
            ),
        ]


class Spelling(models.Model):
    """写法: what somebody settled that a name in sheets means on this site, until it is undone.

    `means`: these units, the first of which leads; a group, in one entry or in one for each of its units;
    or no unit at all. What was settled in one go has one `batch`. Rows are never deleted.
    """

    class Means(models.TextChoices):
        UNITS = "units", "单位 units"
        TOGETHER = "together", "组，合登一条 a group, in one entry"
        EACH = "each", "组，每个单位一条 a group, an entry for each"
        TEXT = "text", "不是单位 no unit"

    id = models.BigAutoField(primary_key=True)
    key = models.TextField(help_text="the text as names are compared")
    text = models.TextField()
    means = models.TextField(choices=Means.choices)
    unit_ids = ArrayField(models.BigIntegerField(), default=list)
    group = models.ForeignKey(UnitGroup, models.PROTECT, null=True)
    batch = models.UUIDField()
    settled_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()
    undone_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "spelling"
        indexes = [models.Index("batch", name="spelling_by_batch")]
        constraints = [
            models.UniqueConstraint("key", name="spelling_settled_once", condition=Q(undone_at__isnull=True)),
            models.CheckConstraint(
                condition=Q(means="units", group__isnull=True) & ~Q(unit_ids=[])
                | Q(means__in=["together", "each"], group__isnull=False, unit_ids=[])
                | Q(means="text", group__isnull=True, unit_ids=[]),
                name="spelling_means_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="spelling_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AccountDeed(models.Model):
    """One thing done to an account: who did it in which post, to whom, and when. INSERT only: the database
    refuses everything else. `post` with its days is what the person was given or left, or, without a person,
    the post set up; `other` is who took over.
    """

    class What(models.TextChoices):
        MADE = "made"
        RESET = "reset"
        APPOINTED = "appointed"
        STOOD_IN = "stood_in"
        ENDED = "ended"
        HANDED_OVER = "handed_over"
        CLOSED = "closed"
        REOPENED = "reopened"
        POST_MADE = "post_made"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="deeds")
    what = models.TextField(choices=What.choices)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    from_on = models.DateField(null=True)
    to_on = models.DateField(null=True)
    other = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "account_log"
        indexes = [models.Index("person", "id", name="account_log_by_person")]
