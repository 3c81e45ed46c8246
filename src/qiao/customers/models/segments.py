"""Segments: saved rules, who fits them, and how that changed."""

from typing import ClassVar

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
    """Somebody joined or left a segment. Append-only."""

    segment = models.ForeignKey(Segment, models.PROTECT, related_name="moves", db_index=False)
    customer_id = models.BigIntegerField()
    has_joined = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["segment", "at"], name="customers_segmentmove_at"),
            models.Index(fields=["customer_id"], name="customers_segmentmove_of"),
        ]


class SegmentDirty(models.Model):
    """A customer to be looked at again; an empty one means everybody. Written by triggers."""

    customer_id = models.BigIntegerField(null=True)
