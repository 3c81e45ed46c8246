"""A bill or an amount that a customer disputes: collection leaves it alone until it ends."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qiao.cases.models.case import Case


class Dispute(models.Model):
    """What is disputed of an account: a bill or period by its words, and an amount in minor units.

    Without `amount` all of the bill is. It ends with the case, unless `stays_because` says why it
    goes on.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="disputes", db_index=False)
    account = models.ForeignKey(
        "customers.Account", models.PROTECT, related_name="+", db_index=False
    )
    bill = models.TextField()
    amount = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    stays_because = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "account", "bill"],
                condition=Q(ended_at__isnull=True),
                name="cases_dispute_open_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gt=0), name="cases_dispute_amount"
            ),
            models.CheckConstraint(condition=~Q(bill=""), name="cases_dispute_names_bill"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("opened_at")),
                name="cases_dispute_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "opened_at"], name="cases_dispute_of_account"),
            models.Index(fields=["case"], name="cases_dispute_of_case"),
        ]
