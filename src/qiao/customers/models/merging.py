"""Who was merged into whom, when, and what the merge changed of the one who stands for both."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from qiao.customers.models.people import Customer

# While the merge stands, the span has no end.
_SPAN = Func("at", "undone_at", function="tstzrange", output_field=DateTimeRangeField())


class Merge(models.Model):
    """`merged` stood behind `survivor` from `at` until `undone_at`, which is empty while it does.

    This history is the source of every question about a past day (`customers_held_as_of` in SQL,
    `queries.merged_ids_as_of`); `Customer.merged_into` is the state of the open rows, kept equal
    by a constraint trigger. What was recorded at the merge never changes.

    `changes` lists what was chosen for the survivor: ``{"field", "before", "after"}``, the field
    one of ``name gender tier phone``, and ``"over"``, the merge that had given the value before.
    `kept` names the fields that undoing left alone
    because they had been changed since.
    """

    survivor = models.ForeignKey(Customer, models.PROTECT, related_name="merges", db_index=False)
    merged = models.ForeignKey(
        Customer, models.PROTECT, related_name="merges_into", db_index=False
    )
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    reason = models.TextField(default="", blank=True)
    changes = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)
    kept = models.JSONField(default=list)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="customers_merge_one_at_a_time",
                expressions=[
                    ("merged", RangeOperators.EQUAL),
                    (_SPAN, RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=~Q(survivor=F("merged")), name="customers_merge_not_itself"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_at__gte=F("at")),
                name="customers_merge_undone_later",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["survivor", "at"], name="customers_merge_of"),
            models.Index(fields=["merged", "at"], name="customers_merge_into"),
        ]
