"""Who is billed under which terms, and the bills."""

from datetime import date, timedelta
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.billing.models.tariffs import Tariff


class BillingAccount(models.Model):
    """An account that is billed: how often, up to which day it is, and the lock of its money.

    Whoever posts anything on an account locks this row first. `billed_until` is the first day
    that no bill covers; `months` how many months a bill covers as the company counts them. From
    `closed_date` on it is billed no more, for `end_reason`. One of a `feed` is billed by another
    system: nothing is charged, taken or posted here.
    """

    account = models.OneToOneField(
        "customers.Account", models.PROTECT, primary_key=True, related_name="+"
    )
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    currency = models.TextField(db_collation="C")
    months = models.SmallIntegerField(default=1)
    opened_date = models.DateField()
    billed_until = models.DateField()
    closed_date = models.DateField(null=True)
    end_reason = models.TextField(default="", db_default="", blank=True)
    feed = models.ForeignKey(
        "billing.Feed", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$", months__range=(1, 12)),
                name="billing_account_whole",
            ),
            models.CheckConstraint(
                condition=Q(billed_until__gte=F("opened_date")), name="billing_account_days"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["feed", "account"],
                condition=Q(feed__isnull=False),
                name="billing_account_by_feed",
            )
        ]


class BillingTerms(models.Model):
    """Under which tariff, and with which inputs, an account is billed for a while.

    `labels` and `numbers` are what the tariff asks (people in the household, size of the meter);
    numbers are decimal text. `created_by` is who said so; None where they came with a file or
    from a program.
    """

    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="+", db_index=False)
    period = DateRangeField()
    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="+", db_index=False)
    labels = models.JSONField(default=dict)
    numbers = models.JSONField(default=dict)
    reason = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="billing_terms_one_at_a_time",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="billing_terms_begin",
            ),
        ]


class Bill(models.Model):
    """What an account is charged for a period whose end is exclusive; never changed once issued.

    Amounts are minor units of `currency`; `total_minor` is the sum of the lines that add. `facts`
    is all that it was rated from (see `rules.bills.facts`), so that it can be reckoned again.
    A bill below zero is a credit note. `before` is the bill that it replaces. One that was taken
    over with what is owed of it has no days here: they begin where they end, after the last that
    it was for; `facts` say since when that was owed (``owed_since``). Where equal
    instalments are asked, `asked_minor` is what is asked of it, below zero given back, and
    `budget_minor` what then stands to be settled; both are None for all others.
    """

    class State(models.TextChoices):
        ISSUED = "issued", pgettext_lazy("bill", "Issued")
        REVERSED = "reversed", pgettext_lazy("bill", "Taken back")

    class Kind(models.TextChoices):
        REGULAR = "regular", pgettext_lazy("bill", "Bill")
        FINAL = "final", pgettext_lazy("bill", "Final bill")
        TAKEN_OVER = "taken_over", pgettext_lazy("bill", "Taken over from another system")

    number = models.TextField(db_collation="C")
    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="+", db_index=False)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    kind = models.TextField(choices=Kind.choices, default=Kind.REGULAR)
    state = models.TextField(choices=State.choices, default=State.ISSUED)
    start_date = models.DateField()
    end_date = models.DateField()
    issued_date = models.DateField()
    due_date = models.DateField()
    currency = models.TextField(db_collation="C")
    total_minor = models.BigIntegerField()
    unit = models.TextField(default="", blank=True)
    usage = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    is_estimated = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    before = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    reversed_date = models.DateField(null=True)
    reversal_reason = models.TextField(default="", blank=True)
    recorded_at = models.DateTimeField()
    asked_minor = models.BigIntegerField(null=True)
    budget_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_bill_number"),
            ExclusionConstraint(
                name="billing_bill_one_for_a_day",
                expressions=[
                    ("account", RangeOperators.EQUAL),
                    (
                        models.Func(F("start_date"), F("end_date"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state="issued"),
            ),
            models.CheckConstraint(
                condition=Q(due_date__gte=F("issued_date"))
                & (
                    Q(end_date__gt=F("start_date"))
                    | Q(kind="taken_over", end_date=F("start_date"))
                ),
                name="billing_bill_days",
            ),
            models.CheckConstraint(
                condition=Q(state="issued", reversed_date__isnull=True)
                | (Q(state="reversed", reversed_date__isnull=False) & ~Q(reversal_reason="")),
                name="billing_bill_reversed_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["regular", "final", "taken_over"]),
                name="billing_bill_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["account", "-end_date"], name="billing_bill_by_account"),
            models.Index(
                fields=["organisation", "-issued_date", "-id"], name="billing_bill_by_unit"
            ),
        ]

    @property
    def is_arrears(self) -> bool:
        """Whether it is what was owed of a bill of the account's former billing system."""
        return self.kind == self.Kind.TAKEN_OVER and self.start_date == self.end_date

    @property
    def asked(self) -> int:
        """What is asked of it, in minor units: the total, unless instalments are."""
        return self.total_minor if self.asked_minor is None else self.asked_minor

    @property
    def last_day(self) -> date:
        """The last day that it is for: whoever stood for the account then is billed."""
        return self.end_date - timedelta(days=1)


class BillLine(models.Model):
    """A charge of a bill, of the days of one of its parts; never changed.

    `quantity` and `price` where it is by the unit, in units of the tariff and major units of the
    currency. One that does not add is contained in others, as a tax in prices with tax.
    """

    bill = models.ForeignKey(Bill, models.PROTECT, related_name="lines", db_index=False)
    place = models.SmallIntegerField()
    part = models.SmallIntegerField()
    version_id = models.BigIntegerField(null=True)
    charge = models.TextField(db_collation="C")
    owner = models.TextField(db_collation="C")
    quantity = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    price = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    minor = models.BigIntegerField()
    adds = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bill", "place"], name="billing_billline_once"),
        ]
