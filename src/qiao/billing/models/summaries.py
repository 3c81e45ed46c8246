"""Summary bills (合并账单): one document a day of the bills of a customer's many accounts."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qiao.billing.models.bills import Bill
from qiao.billing.models.payments import Payment


class Collecting(models.Model):
    """A customer whose bills of a unit and of those below it come as one document a day, from
    `since` to before `until`."""

    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateField()
    until = models.DateField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(until__isnull=True), name="billing_collecting_one"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="billing_collecting_days",
            ),
        ]


class SummaryBill(models.Model):
    """The bills of a day of one customer's accounts, in one currency, under a number of its own.

    The bills stay as they are, each posted on its account: what it comes to, and what is open of
    it, is what they say. `untold_since` is the moment since which it has bills of which its
    customer has not been told; None where they know, or are not to be told.
    """

    number = models.TextField(db_collation="C")
    customer = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    issued_date = models.DateField()
    currency = models.TextField(db_collation="C")
    recorded_at = models.DateTimeField()
    untold_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_summary_number"),
            models.UniqueConstraint(
                fields=["customer", "organisation", "issued_date", "currency"],
                name="billing_summary_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "-issued_date", "-id"], name="billing_summary_by_unit"
            ),
            models.Index(
                fields=["untold_since"],
                condition=Q(untold_since__isnull=False),
                name="billing_summary_untold",
            ),
        ]


class SummaryLine(models.Model):
    """A bill in a summary; no bill is in two."""

    summary = models.ForeignKey(SummaryBill, models.PROTECT, related_name="lines")
    bill = models.OneToOneField(Bill, models.PROTECT, related_name="summary_line")


class SummaryPayment(models.Model):
    """Money that came for a summary, once: shared out over its bills as a payment for each
    account."""

    summary = models.ForeignKey(SummaryBill, models.PROTECT, related_name="payments")
    channel = models.TextField(choices=Payment.Channel.choices)
    reference = models.TextField(db_collation="C")
    minor = models.BigIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "reference"], name="billing_summarypayment_once"
            ),
            models.CheckConstraint(
                condition=Q(minor__gt=0) & ~Q(reference=""), name="billing_summarypayment_whole"
            ),
        ]


class SummaryPart(models.Model):
    """What one account got of a payment for a summary."""

    whole = models.ForeignKey(SummaryPayment, models.PROTECT, related_name="parts")
    payment = models.OneToOneField(Payment, models.PROTECT, related_name="summary_part")
