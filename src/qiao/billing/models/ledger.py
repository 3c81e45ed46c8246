"""The sub-ledger: postings with their entries, what stands of them, and days that are closed.

What the tables hold is kept by the database itself (`migrations/0003_ledger_kept.py`), whatever
code writes: entries of a posting come to nothing, are as many as it says, and are written before
it, in the same transaction; nothing is ever changed or deleted; nothing is booked into a closed
day; what stands is kept along with each posting.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qiao.billing.rules.money.postings import OWN, Event, Ledger

LEDGERS = [ledger.value for ledger in Ledger]
FOUND = [Ledger.RECEIVABLE.value, Ledger.PREPAID.value, Ledger.DEPOSIT.value]
"""Ledgers whose entries are found by account; one of equal instalments comes with one of these."""
KEPT = [*FOUND, Ledger.BUDGET.value]
"""Ledgers of which it is kept what stands on an account; of all others a day's entries are summed
up when it is closed."""


class Posting(models.Model):
    """What happened to money, once: an event, the day it is booked on, and its entries.

    `source` and `key` name what it was posted for, once; `reverses` is the posting that it takes
    back. Amounts of its entries are minor units of `currency`.
    """

    event = models.TextField(choices=[(event.value, event.name) for event in Event])
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    currency = models.TextField(db_collation="C")
    booked_date = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    source = models.TextField(db_collation="C")
    key = models.TextField(db_collation="C")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    entry_count = models.IntegerField()
    reason = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="billing_posting_once"),
            models.CheckConstraint(
                condition=Q(event__in=[event.value for event in Event]),
                name="billing_posting_event",
            ),
            models.CheckConstraint(
                condition=~Q(source="") & ~Q(key="") & Q(entry_count__gte=2),
                name="billing_posting_whole",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="billing_posting_currency"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "booked_date"], name="billing_posting_by_day")
        ]


class Entry(models.Model):
    """One amount on one ledger: a debit above zero, a credit below.

    `account` and `bill` are empty where the entry is of none; that they exist is looked at once a
    posting, not once an entry. `kind` tells principal from interest and costs where a customer
    owes it; `charge` is the line of the bill that was earned.
    """

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries", db_index=False)
    place = models.IntegerField()
    ledger = models.TextField(db_collation="C")
    minor = models.BigIntegerField()
    account = models.ForeignKey(
        "billing.BillingAccount",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    bill = models.ForeignKey(
        "billing.Bill",
        models.PROTECT,
        null=True,
        related_name="entries",
        db_index=False,
        db_constraint=False,
    )
    owner = models.TextField(db_collation="C", default=OWN)
    kind = models.TextField(db_collation="C", default="", blank=True)
    charge = models.TextField(db_collation="C", default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["posting", "place"], name="billing_entry_once"),
            models.CheckConstraint(
                condition=~Q(minor=0) & Q(ledger__in=LEDGERS), name="billing_entry_whole"
            ),
            models.CheckConstraint(
                condition=~Q(ledger__in=KEPT) | Q(account__isnull=False),
                name="billing_entry_of_an_account",
            ),
            models.CheckConstraint(
                condition=~Q(ledger=Ledger.RECEIVABLE.value)
                | Q(bill__isnull=False, kind__in=["principal", "interest", "costs"]),
                name="billing_entry_owed_for_a_bill",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "-posting"],
                name="billing_entry_by_account",
                condition=Q(ledger__in=FOUND),
            ),
            models.Index(
                fields=["bill"],
                name="billing_entry_by_bill",
                condition=Q(bill__isnull=False, ledger=Ledger.RECEIVABLE.value),
            ),
        ]


class Standing(models.Model):
    """What stands on an account: its entries of one ledger, bill, owner and kind, summed up.

    `bill_id` 0 is none. Rows of nothing are not kept. What was paid ahead and deposits are below
    zero, or nothing; of equal instalments it is above zero what is still to be paid.
    """

    account = models.ForeignKey(
        "billing.BillingAccount",
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    ledger = models.TextField(db_collation="C")
    bill_id = models.BigIntegerField(default=0)
    owner = models.TextField(db_collation="C")
    kind = models.TextField(db_collation="C", default="", blank=True)
    minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "ledger", "bill_id", "owner", "kind"],
                name="billing_standing_once",
            ),
            models.CheckConstraint(
                condition=Q(ledger__in=[Ledger.RECEIVABLE.value, Ledger.BUDGET.value])
                | Q(minor__lte=0),
                name="billing_standing_not_overdrawn",
            ),
        ]


class ClosedDay(models.Model):
    """A day of a unit into which nothing is booked any more, nor into those before it.

    `totals` are the day's debits and credits by ledger and owner as they stood when it was closed.
    """

    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    totals = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "day"], name="billing_closedday_once"),
        ]
