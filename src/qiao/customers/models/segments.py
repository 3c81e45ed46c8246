"""Segments: saved rules, who fits them, and how that changed."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer


class Segment(models.Model):
    """A saved rule of one unit: members are customers of the unit and those below it.

    `rule` is a condition of `qiao.core.rules.conditions` in the shape of `rules.segments`. `names`
    holds a preset's name by language, `name` what the company calls it; one of them is given.
    How many there are stands in `kept`.
    """

    class State(models.TextChoices):
        BUILDING = "building", pgettext_lazy("segment", "Being built")
        CURRENT = "current", pgettext_lazy("segment", "Current")
        ARCHIVED = "archived", pgettext_lazy("segment", "Archived")

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    key = models.TextField(default="", blank=True, db_collation="C")
    name = models.TextField(default="", blank=True)
    names = models.JSONField(default=dict)
    note = models.TextField(default="", blank=True)
    rule = models.JSONField()
    state = models.TextField(choices=State.choices, default=State.BUILDING)
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "key"], condition=~Q(key=""), name="customers_segment_key"
            ),
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=~Q(name="") & ~Q(state="archived"),
                name="customers_segment_name",
            ),
            models.CheckConstraint(
                condition=~Q(name="") | ~Q(names={}), name="customers_segment_named"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["building", "current", "archived"]),
                name="customers_segment_state",
            ),
        ]


class SegmentKept(models.Model):
    """How many members a segment has, counted by a trigger, and when they were last looked at.

    Apart from the segment, so that its audit tells what people changed.
    """

    segment = models.OneToOneField(Segment, models.CASCADE, primary_key=True, related_name="kept")
    member_count = models.IntegerField(default=0)
    refreshed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(member_count__gte=0), name="customers_segment_count"
            ),
        ]


class SegmentMember(models.Model):
    """A customer who fits a segment's rule, since the moment that was seen."""

    pk = models.CompositePrimaryKey("segment_id", "customer_id")
    segment = models.ForeignKey(Segment, models.PROTECT, related_name="members", db_index=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="segment_memberships", db_index=False
    )
    since = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["customer"], name="customers_segmentmember_of"),
        ]


class SegmentMove(models.Model):
    """Somebody joined or left a segment. Append-only.

    `cause`: the rule was saved, data changed, or time passed. Of changed data, `via` names the
    tables, so that a page can say which fields of the rule they speak of.
    """

    class Cause(models.TextChoices):
        RULE = "rule", pgettext_lazy("move of a segment", "The rule was saved")
        DATA = "data", pgettext_lazy("move of a segment", "Something changed")
        TIME = "time", pgettext_lazy("move of a segment", "Time passed")

    segment = models.ForeignKey(Segment, models.PROTECT, related_name="moves", db_index=False)
    customer_id = models.BigIntegerField()
    has_joined = models.BooleanField()
    cause = models.TextField(choices=Cause.choices, db_default=Cause.DATA)
    via = ArrayField(models.TextField(), db_default=[])
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=["rule", "data", "time"]), name="customers_segmentmove_cause"
            ),
        ]
        indexes: ClassVar = [
            # Those that a page lists: a saved rule may move everybody at once.
            models.Index(
                fields=["segment", "at", "id"],
                condition=~Q(cause="rule"),
                name="customers_segmentmove_listed",
            ),
            models.Index(fields=["customer_id"], name="customers_segmentmove_of"),
        ]


class SegmentDay(models.Model):
    """How large a segment was at the end of a day of the company, or is today.

    `joined` and `left_count` leave out those whom the saving of the rule moved.
    """

    pk = models.CompositePrimaryKey("segment_id", "day")
    segment = models.ForeignKey(Segment, models.CASCADE, related_name="days", db_index=False)
    day = models.DateField()
    member_count = models.IntegerField()
    joined = models.IntegerField(default=0)
    left_count = models.IntegerField(default=0)


class SegmentDirty(models.Model):
    """A customer to be looked at again; an empty one means everybody. Written by triggers.

    `source` is the table that was changed.
    """

    customer_id = models.BigIntegerField(null=True)
    source = models.TextField(db_default="")


class SegmentCount(models.Model):
    """How many fit a rule that is being written, counted over everybody for whoever asked.

    Customers are those of the unit whom the person may see; `seen` are all of them. Without
    `finished_at` it is still being counted. Forgotten after a day.
    """

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    rule = models.JSONField()
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    seen = models.IntegerField(null=True)
    found = models.IntegerField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, seen__isnull=True, found__isnull=True)
                | Q(finished_at__isnull=False, seen__gte=0, found__gte=0),
                name="customers_segmentcount_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asked_by_id", "id"], name="customers_segmentcount_mine"),
        ]
