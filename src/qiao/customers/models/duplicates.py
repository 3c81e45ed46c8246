"""Pairs of customers that may be one, and the runs that look for them."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer


class DuplicateRun(models.Model):
    """One search through all customers. It goes on where it stopped: `last_first_id` and
    `last_second_id` name the last pair that was weighed and kept.

    `left_out` tells of groups too large to compare: ``{"key", "groups", "customers"}``. A run
    during which many customers came in is followed by another (`is_due_again`).
    """

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("duplicate run", "Running")
        DONE = "done", pgettext_lazy("duplicate run", "Done")

    state = models.TextField(choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField()
    started_by_id = models.BigIntegerField(null=True)
    finished_at = models.DateTimeField(null=True)
    customer_count = models.IntegerField(default=0)
    pair_count = models.IntegerField(default=0)
    weighed_count = models.IntegerField(default=0)
    last_first_id = models.BigIntegerField(default=0)
    last_second_id = models.BigIntegerField(default=0)
    found_count = models.IntegerField(default=0)
    withdrawn_count = models.IntegerField(default=0)
    left_out = models.JSONField(default=list)
    is_due_again = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"],
                condition=Q(state="running"),
                name="customers_duplicaterun_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state="running", finished_at__isnull=True)
                | Q(state="done", finished_at__isnull=False),
                name="customers_duplicaterun_state",
            ),
        ]


class Duplicate(models.Model):
    """Two customers, the lower id first, with what speaks for their being one.

    `score` is in bits, `evidence` the verdict of `rules.duplicates` as JSON: ``prior``,
    ``against`` and ``signs`` of ``key, weight, count, what``. `strongest` is the surest kind
    of sign that agrees: identity, else phone, place or name. A dismissed pair returns only when
    the evidence has grown. The organisations are where each of the two is seen, for the counts.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", pgettext_lazy("duplicate", "To decide")
        DISMISSED = "dismissed", pgettext_lazy("duplicate", "Not the same")
        MERGED = "merged", pgettext_lazy("duplicate", "Merged")

    class Strongest(models.TextChoices):
        IDENTITY = "identity", pgettext_lazy("duplicate", "Identity number")
        PHONE = "phone", pgettext_lazy("duplicate", "Telephone")
        PLACE = "place", pgettext_lazy("duplicate", "Address")
        NAME = "name", pgettext_lazy("duplicate", "Name")

    first = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)
    score = models.FloatField()
    evidence = models.JSONField(default=dict)
    strongest = models.TextField(choices=Strongest.choices)
    state = models.TextField(choices=State.choices, default=State.PROPOSED)
    first_organisations = ArrayField(models.BigIntegerField(), default=list)
    second_organisations = ArrayField(models.BigIntegerField(), default=list)
    found_at = models.DateTimeField()
    weighed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.BigIntegerField(null=True)
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="customers_duplicate_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="customers_duplicate_lower_first"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "merged"])
                | Q(state="dismissed", decided_at__isnull=False),
                name="customers_duplicate_state",
            ),
            models.CheckConstraint(
                condition=Q(strongest__in=["identity", "phone", "place", "name"]),
                name="customers_duplicate_strongest",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("score").desc(),
                F("id").desc(),
                name="customers_duplicate_worklist",
                condition=Q(state="proposed"),
            ),
            models.Index(fields=["second"], name="customers_duplicate_second"),
        ]


class DuplicateCount(models.Model):
    """How many pairs wait for a decision, by where both are seen; see ADR 4."""

    first_organisations = ArrayField(models.BigIntegerField())
    second_organisations = ArrayField(models.BigIntegerField())
    strongest = models.TextField()
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first_organisations", "second_organisations", "strongest"],
                name="customers_duplicatecount_once",
            )
        ]


class DuplicateCountChange(models.Model):
    """A change of a count that is not folded in yet."""

    first_organisations = ArrayField(models.BigIntegerField())
    second_organisations = ArrayField(models.BigIntegerField())
    strongest = models.TextField()
    n = models.IntegerField()
