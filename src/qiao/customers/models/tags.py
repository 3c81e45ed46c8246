"""Tags: the company's own words for customers, and who carries them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer
from qiao.customers.models.segments import Segment


class Tag(models.Model):
    """A word of the company's vocabulary. A retired one stays where it is but is given no more.

    One that was merged points to the tag that stands for it; its customers follow in the
    background. `tone` is the look of its badge.
    """

    class Tone(models.TextChoices):
        PLAIN = "", pgettext_lazy("tag", "Grey")
        PRIMARY = "pri", pgettext_lazy("tag", "Blue")
        INFO = "info", pgettext_lazy("tag", "Teal")
        OK = "ok", pgettext_lazy("tag", "Green")
        WARN = "warn", pgettext_lazy("tag", "Amber")
        BAD = "bad", pgettext_lazy("tag", "Red")

    name = models.TextField()
    about = models.TextField(default="", blank=True)
    group = models.TextField(default="", blank=True)
    tone = models.TextField(choices=Tone.choices, default=Tone.PLAIN, blank=True)
    is_active = models.BooleanField(default=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", db_index=False
    )
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(merged_into__isnull=True), name="customers_tag_name"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="customers_tag_named"),
            models.CheckConstraint(
                condition=Q(tone__in=["", "pri", "info", "ok", "warn", "bad"]),
                name="customers_tag_tone",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_active=False),
                name="customers_tag_merged_is_over",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TagKept(models.Model):
    """How many customers carry a tag, counted by triggers; merged rows are not counted.

    Apart from the tag, so that its audit tells what people changed.
    """

    tag = models.OneToOneField(Tag, models.CASCADE, primary_key=True, related_name="kept")
    customer_count = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(customer_count__gte=0), name="customers_tag_count"),
        ]


class CustomerTag(models.Model):
    """A customer carries a tag: since when, by whom.

    `through_merge_of` names the merged row that lends it; undoing the merge takes it back.
    """

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="customers", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="tags", db_index=False)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    through_merge_of = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            # Also the order in which the list of a tag is read.
            models.UniqueConstraint(fields=["tag", "customer"], name="customers_customertag_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["customer"], name="customers_customertag_of")]


class TagRun(models.Model):
    """A whole segment is given a tag in the background, up to the customer `reached` so far.

    `seen` are members looked at, `added` those who did not carry it yet.
    """

    tag = models.ForeignKey(Tag, models.PROTECT, related_name="runs", db_index=False)
    segment = models.ForeignKey(Segment, models.PROTECT, related_name="+", db_index=False)
    reached = models.BigIntegerField(default=0)
    seen = models.IntegerField(default=0)
    added = models.IntegerField(default=0)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(seen__gte=0, added__gte=0) & Q(added__lte=models.F("seen")),
                name="customers_tagrun_counts",
            ),
        ]
