"""Money at the counter that pays no bill: deposits taken, deposits and money paid ahead given
back."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.billing.models.bills import BillingAccount
from qiao.billing.models.ledger import Posting
from qiao.billing.models.payments import CashierShift, Payment
from qiao.core.models import Approval


class Voucher(models.Model):
    """A deposit that was taken, or money that was given out, once for each `key`; never changed.

    What is given out was agreed to by a second person (`approval`); a deposit that was taken by
    mistake is given back. `slip` is as that of a payment.
    """

    class Kind(models.TextChoices):
        DEPOSIT_TAKEN = "deposit_taken", pgettext_lazy("voucher", "Deposit taken")
        DEPOSIT_RETURNED = "deposit_returned", pgettext_lazy("voucher", "Deposit given back")
        PREPAID_REFUNDED = "prepaid_refunded", pgettext_lazy("voucher", "Paid ahead, paid out")

    number = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind.choices)
    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    means = models.TextField(choices=Payment.Means.choices)
    slip = models.TextField(db_collation="C", default="", blank=True)
    currency = models.TextField(db_collation="C")
    minor = models.BigIntegerField()
    reason = models.TextField(default="", blank=True)
    key = models.TextField(db_collation="C")
    made_at = models.DateTimeField()
    booked_date = models.DateField()
    shift = models.ForeignKey(CashierShift, models.PROTECT, null=True, related_name="vouchers")
    posting = models.OneToOneField(Posting, models.PROTECT, related_name="voucher")
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_voucher_number"),
            models.UniqueConstraint(fields=["key"], name="billing_voucher_once"),
            models.UniqueConstraint(
                fields=["account", "means", "slip"],
                condition=Q(kind="deposit_taken") & ~Q(slip=""),
                name="billing_voucher_slip_once",
            ),
            models.CheckConstraint(
                condition=Q(minor__gt=0) & ~Q(key=""), name="billing_voucher_whole"
            ),
            models.CheckConstraint(
                condition=Q(kind="deposit_taken", approval__isnull=True)
                | (Q(approval__isnull=False) & ~Q(reason="") & ~Q(kind="deposit_taken")),
                name="billing_voucher_agreed",
            ),
            models.CheckConstraint(
                condition=~Q(means="cash") | Q(shift__isnull=False),
                name="billing_voucher_cash_in_drawer",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-made_at"], name="billing_voucher_by_account"),
            models.Index(fields=["organisation", "booked_date"], name="billing_voucher_by_day"),
        ]
