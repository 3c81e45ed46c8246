"""Payments, and the shifts of cashiers who take them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.billing.models.bills import BillingAccount
from qiao.billing.models.ledger import Posting


class CashierShift(models.Model):
    """What a cashier takes from opening a drawer to counting it; one at a time.

    Amounts are minor units: `float_minor` lay in it, `counted_minor` was counted at the end,
    `expected_minor` is what the ledger says should have been.
    """

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    cashier = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    currency = models.TextField(db_collation="C")
    booked_date = models.DateField()
    opened_at = models.DateTimeField()
    float_minor = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    expected_minor = models.BigIntegerField(null=True)
    counted_minor = models.BigIntegerField(null=True)
    difference = models.ForeignKey(Posting, models.PROTECT, null=True, related_name="+")
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cashier"],
                condition=Q(closed_at__isnull=True),
                name="billing_shift_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, counted_minor__isnull=True)
                | Q(
                    closed_at__gte=F("opened_at"),
                    counted_minor__gte=0,
                    expected_minor__isnull=False,
                ),
                name="billing_shift_closed_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "booked_date"], name="billing_shift_by_day")
        ]


class Payment(models.Model):
    """Money that came for an account, once: a channel's reference comes a second time in vain.

    What it paid is told by the entries of `posting`. One that was taken back (a bounce, a slip of
    the cashier) says by which posting, and out of which drawer the money was given back, if any.
    `slip` is the number of a card slip or of a bank's transfer, as the payer shows it.
    """

    class Channel(models.TextChoices):
        COUNTER = "counter", pgettext_lazy("payment", "Counter")
        BANK = "bank", pgettext_lazy("payment", "Bank")
        DIRECT_DEBIT = "direct_debit", pgettext_lazy("payment", "Direct debit")
        WECHAT = "wechat", pgettext_lazy("payment", "WeChat Pay")
        ALIPAY = "alipay", pgettext_lazy("payment", "Alipay")
        TAKEN_OVER = "taken_over", pgettext_lazy("payment", "Taken over from another system")

    class Means(models.TextChoices):
        CASH = "cash", pgettext_lazy("payment", "Cash")
        CARD = "card", pgettext_lazy("payment", "Bank card")
        TRANSFER = "transfer", pgettext_lazy("payment", "Transfer")
        ONLINE = "online", pgettext_lazy("payment", "Online")

    number = models.TextField(db_collation="C")
    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    channel = models.TextField(choices=Channel.choices)
    means = models.TextField(choices=Means.choices)
    reference = models.TextField(db_collation="C")
    slip = models.TextField(db_collation="C", default="", db_default="", blank=True)
    currency = models.TextField(db_collation="C")
    minor = models.BigIntegerField()
    received_at = models.DateTimeField()
    booked_date = models.DateField()
    shift = models.ForeignKey(CashierShift, models.PROTECT, null=True, related_name="payments")
    posting = models.OneToOneField(Posting, models.PROTECT, related_name="payment")
    taken_back_by = models.OneToOneField(
        Posting, models.PROTECT, null=True, related_name="payment_taken_back"
    )
    taken_back_reason = models.TextField(default="", blank=True)
    taken_back_from = models.ForeignKey(
        CashierShift, models.PROTECT, null=True, related_name="given_back"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_payment_number"),
            models.UniqueConstraint(fields=["channel", "reference"], name="billing_payment_once"),
            models.UniqueConstraint(
                fields=["account", "means", "slip"],
                condition=~Q(slip="") & Q(taken_back_by__isnull=True),
                name="billing_payment_slip_once",
            ),
            models.CheckConstraint(
                condition=Q(minor__gt=0) & ~Q(reference=""), name="billing_payment_whole"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_by__isnull=True, taken_back_reason="")
                | (Q(taken_back_by__isnull=False) & ~Q(taken_back_reason="")),
                name="billing_payment_taken_back_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-received_at"], name="billing_payment_by_account"),
            models.Index(fields=["organisation", "booked_date"], name="billing_payment_by_day"),
        ]
