"""Legal holds: nothing of a customer goes while a dispute or an inquiry needs it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qiao.customers.models.people import Customer


class Hold(models.Model):
    """Why everything of a customer is kept, from when to when. At most one is open at a time."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="holds", db_index=False)
    reason = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, related_name="+", null=True, db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="customers_hold_reason"),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True, released_by__isnull=True)
                | Q(released_by__isnull=False, released_at__gte=F("placed_at")),
                name="customers_hold_whole",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(released_at__isnull=True),
                name="customers_hold_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["customer", "id"], name="customers_hold_of")]
