"""Electronic invoices (数电发票): what is asked of the tax platform for bills, and its answer."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.billing.models.bills import Bill, BillingAccount


class Invoice(models.Model):
    """One request for an invoice of a bill; its `number` is the key of the request, once.

    A red one (红字发票) cancels its blue `original`; its amounts are below nothing. The lines are
    those of the bill, which never change; amounts are minor units, `tax_minor` is contained.
    `stands` says that it counts for its bill: not once it was refused, given up, or a red one is
    wanted for it. `customer` is to whom the bill was addressed, so that a buyer is proposed again
    to nobody else. Nobody asked (`asked_by`) where it was wanted by itself. `ended_at` and
    `ended_by` tell of the issue, the refusal or the giving up; `reason` is why it was given up,
    or why a red one is wanted, `refusal` what the provider said.
    """

    class Kind(models.TextChoices):
        BLUE = "blue", pgettext_lazy("kind of invoice", "Invoice")
        RED = "red", pgettext_lazy("invoice", "Red invoice")

    class State(models.TextChoices):
        WANTED = "wanted", pgettext_lazy("invoice", "Wanted")
        ISSUED = "issued", pgettext_lazy("invoice", "Issued")
        REFUSED = "refused", pgettext_lazy("invoice", "Refused")
        CANCELLED = "cancelled", pgettext_lazy("invoice", "Given up")

    number = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind.choices, default=Kind.BLUE)
    state = models.TextField(choices=State.choices, default=State.WANTED)
    stands = models.BooleanField(default=True)
    bill = models.ForeignKey(Bill, models.PROTECT, related_name="invoices", db_index=False)
    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    customer = models.ForeignKey(
        "customers.Customer",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    original = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="reds", db_index=False
    )
    title = models.TextField()
    tax_number = models.TextField(db_collation="C", default="", blank=True)
    address = models.TextField(default="", blank=True)
    email = models.TextField(default="", blank=True)
    currency = models.TextField(db_collation="C")
    minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    asked_at = models.DateTimeField()
    asked_date = models.DateField()
    asked_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    invoice_number = models.TextField(db_collation="C", default="", blank=True)
    issued_date = models.DateField(null=True)
    url = models.TextField(db_collation="C", default="", blank=True)
    reason = models.TextField(default="", blank=True)
    refusal = models.TextField(default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_invoice_number"),
            models.UniqueConstraint(
                fields=["bill"],
                condition=Q(kind="blue", stands=True),
                name="billing_invoice_one_of_a_bill",
            ),
            models.UniqueConstraint(
                fields=["original"],
                condition=Q(kind="red", stands=True),
                name="billing_invoice_one_red",
            ),
            models.UniqueConstraint(
                fields=["invoice_number"],
                condition=Q(invoice_number__regex=r"^[0-9]{20}$"),
                name="billing_invoice_issued_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="blue", original__isnull=True, minor__gt=0)
                | Q(kind="red", original__isnull=False, minor__lt=0),
                name="billing_invoice_kind",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="wanted", stands=True, ended_at__isnull=True)
                    | Q(state="issued", ended_at__isnull=False)
                    | (Q(state="refused", stands=False, ended_at__isnull=False) & ~Q(refusal=""))
                    | (Q(state="cancelled", stands=False, ended_at__isnull=False) & ~Q(reason=""))
                ),
                name="billing_invoice_state",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="issued", issued_date__isnull=False)
                    & Q(invoice_number__regex=r"^[0-9]{8,20}$")
                )
                | (~Q(state="issued") & Q(invoice_number="", issued_date__isnull=True, url="")),
                name="billing_invoice_issued_whole",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="billing_invoice_buyer"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-id"], name="billing_invoice_by_account"),
            models.Index(
                fields=["organisation", "state", "-asked_date", "-id"],
                name="billing_invoice_by_state",
            ),
        ]

    @property
    def is_red(self) -> bool:
        """Whether it cancels another one."""
        return self.kind == self.Kind.RED
