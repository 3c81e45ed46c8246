"""What an import added to customers and accounts that were known before, piece by piece."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qiao.customers.models.imports import CustomerImport

KINDS = (
    "address", "branch", "flags", "gender", "id_number", "meter_number", "meter_size", "owner",
    "phone",
)  # fmt: skip


class ImportAddition(models.Model):
    """One thing that a row of a file added; `kind` as in `rules.import_adding.Addition`.

    `target_id` is the row that was written (a telephone number, an identity, a part), or the
    customer, account or point whose empty field was filled with `value`. What `is_own` went to
    somebody whom the same import brought, and goes with them. `since` and `at` are the moments
    between which only the import itself wrote those rows.
    """

    class Undone(models.TextChoices):
        REMOVED = "removed"
        KEPT = "kept"

    customer_import = models.ForeignKey(
        CustomerImport, models.PROTECT, related_name="additions", db_index=False
    )
    row_number = models.IntegerField()
    kind = models.TextField()
    customer_id = models.BigIntegerField()
    target_id = models.BigIntegerField()
    value = models.TextField(default="", blank=True)
    is_own = models.BooleanField(default=False)
    undone = models.TextField(choices=Undone.choices, default="", blank=True)
    kept_because = models.TextField(default="", blank=True)
    since = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=KINDS), name="customers_importaddition_kind"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer_import", "id"], name="customers_addition_of_import"),
            models.Index(fields=["target_id"], name="customers_addition_target"),
            models.Index(fields=["customer_id"], name="customers_addition_customer"),
        ]
