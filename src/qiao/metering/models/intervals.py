"""What meters count by the half hour: loads that brought it, files of the lake, days."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class IntervalLoadQuerySet(models.QuerySet["IntervalLoad"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Loads of the units in which the actor may take readings in."""
        return self.filter(organisation__in=list(actor.organisations("metering.read")))


class IntervalLoad(models.Model):
    """Interval data on its way in: a file, or what a program sends. `key` names it within its
    source, once, unless it failed.

    `minutes` are those of rows that do not say theirs. `read_count` rows have been dealt with, in
    their order: a load that was killed goes on there. `faults` are counts by field and code.
    """

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("interval data", "Being taken in")
        DONE = "done", pgettext_lazy("interval data", "Taken in")
        FAILED = "failed", pgettext_lazy("interval data", "Stopped")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    source = models.TextField(db_collation="C")
    key = models.TextField(db_collation="C")
    file_name = models.TextField(default="")
    size_bytes = models.BigIntegerField(default=0)
    minutes = models.SmallIntegerField()
    state = models.TextField(choices=State.choices, default=State.RUNNING)
    read_count = models.BigIntegerField(default=0)
    taken_count = models.BigIntegerField(default=0)
    refused_count = models.IntegerField(default=0)
    faults = models.JSONField(default=list)
    failure = models.TextField(default="", db_collation="C")
    failure_detail = models.TextField(default="")
    is_on_disk = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = IntervalLoadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "source", "key"],
                condition=~Q(state="failed"),
                name="metering_intervalload_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["running", "done", "failed"])
                & Q(minutes__in=[5, 10, 15, 20, 30, 60]),
                name="metering_intervalload_keys",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="metering_intervalload_list"),
        ]


class RefusedInterval(models.Model):
    """A row of a load that could not be taken in, as it was given."""

    pk = models.CompositePrimaryKey("load_id", "row_number")
    load = models.ForeignKey(IntervalLoad, models.CASCADE, related_name="refused", db_index=False)
    row_number = models.BigIntegerField()
    field = models.TextField(db_collation="C")
    code = models.TextField(db_collation="C")
    meter = models.TextField(default="")
    at = models.TextField(default="")
    value = models.TextField(default="")


class LakeFile(models.Model):
    """A file of the lake: the rows of one unit and local month, in the order of register and
    start. Of two files that tell the same interval the one of the higher `rank` holds.

    One whose rows stand in another file now is `replaced_at` a moment, and leaves the disk later.
    """

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    month = models.DateField()
    name = models.TextField(unique=True, db_collation="C")
    load = models.ForeignKey(IntervalLoad, models.PROTECT, null=True, related_name="files")
    rank = models.BigIntegerField()
    row_count = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    first_register_id = models.BigIntegerField()
    last_register_id = models.BigIntegerField()
    written_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(row_count__gt=0, first_register_id__lte=models.F("last_register_id")),
                name="metering_lakefile_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "month", "rank"],
                condition=Q(replaced_at__isnull=True),
                name="metering_lakefile_now",
            ),
            models.Index(
                fields=["replaced_at"],
                condition=Q(replaced_at__isnull=False),
                name="metering_lakefile_gone",
            ),
        ]


class DayUse(models.Model):
    """What a register used in a local day by its intervals, kept with every load. Partitioned by
    month of `day`; written by SQL alone.

    `slots` has a bit for every interval of the day, set where it was told; `peak` is the greatest
    use of an interval, for a whole hour, and `peak_at` when that interval began.
    """

    pk = models.CompositePrimaryKey("register_id", "day")
    register_id = models.BigIntegerField()
    day = models.DateField()
    organisation_id = models.BigIntegerField()
    minutes = models.SmallIntegerField()
    slots = models.TextField()
    used = models.DecimalField(max_digits=18, decimal_places=4)
    peak = models.DecimalField(max_digits=18, decimal_places=4)
    peak_at = models.DateTimeField()
    estimated_count = models.SmallIntegerField()

    class Meta:
        managed = False
        db_table = "metering_dayuse"
