"""Runs of bills: which accounts are due, what their bills would say, what was decided of them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.billing.models.bills import BillingAccount
from qiao.core.actor import Actor


class BillRunQuerySet(models.QuerySet["BillRun"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Runs of the organisations in which the actor issues bills."""
        return self.filter(organisation__in=list(actor.organisations("bills.issue")))


class BillRun(models.Model):
    """Accounts of a unit, or of one of its reading routes, that are billed together up to a day.

    `until` is the first day that is not billed any more. The counts are how many of its accounts
    are in each state, kept with them; amounts are minor units of `currency`.
    """

    class State(models.TextChoices):
        RECKONING = "reckoning", pgettext_lazy("run of bills", "Being reckoned")
        REVIEW = "review", pgettext_lazy("run of bills", "To be looked at")
        ISSUING = "issuing", pgettext_lazy("run of bills", "Being issued")
        ISSUED = "issued", pgettext_lazy("run of bills", "Issued")
        DROPPED = "dropped", pgettext_lazy("run of bills", "Given up")

    number = models.TextField(db_collation="C")
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    route_id = models.BigIntegerField(null=True)
    currency = models.TextField(db_collation="C")
    until = models.DateField()
    issued_date = models.DateField()
    due_days = models.SmallIntegerField()
    state = models.TextField(choices=State.choices, default=State.RECKONING)
    total_count = models.IntegerField(default=0)
    due_count = models.IntegerField(default=0)
    ready_count = models.IntegerField(default=0)
    outlier_count = models.IntegerField(default=0)
    held_count = models.IntegerField(default=0)
    aside_count = models.IntegerField(default=0)
    issued_count = models.IntegerField(default=0)
    ready_minor = models.BigIntegerField(default=0)
    issued_minor = models.BigIntegerField(default=0)
    elsewhere_count = models.IntegerField(default=0)  # due, but in another run that is under way
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField(default="", blank=True)

    objects = BillRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="billing_run_number"),
            models.CheckConstraint(
                condition=Q(issued_date__gte=F("until"), due_days__range=(0, 365)),
                name="billing_run_days",
            ),
            models.CheckConstraint(
                condition=Q(
                    total_count=F("due_count")
                    + F("ready_count")
                    + F("outlier_count")
                    + F("held_count")
                    + F("aside_count")
                    + F("issued_count")
                ),
                name="billing_run_counts",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-id"], name="billing_run_list"),
        ]


class RunAccount(models.Model):
    """An account in a run: what its bill would say, why somebody has to look, what was decided.

    `usage` is in units of the tariff, `days` how many the bill covers; `usual` is what
    its own bills of the last year say of a day. `findings` are codes of
    `rules.bills.reviewing`, `code` says why it is held (see `operations.running`).
    """

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("account in a run", "To be reckoned")
        RECKONED = "reckoned", pgettext_lazy("account in a run", "Reckoned")
        READY = "ready", pgettext_lazy("account in a run", "Ready")
        OUTLIER = "outlier", pgettext_lazy("account in a run", "To be looked at")
        HELD = "held", pgettext_lazy("account in a run", "Held up")
        ASIDE = "aside", pgettext_lazy("account in a run", "Left out")
        ISSUED = "issued", pgettext_lazy("account in a run", "Issued")

    run = models.ForeignKey(BillRun, models.CASCADE, related_name="accounts", db_index=False)
    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="+", db_index=False)
    state = models.TextField(choices=State.choices, default=State.DUE)
    code = models.TextField(default="", blank=True)
    findings = models.JSONField(default=list)
    days = models.SmallIntegerField(null=True)
    usage = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    unit = models.TextField(default="", blank=True)
    usual = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    tariff_id = models.BigIntegerField(null=True)
    is_estimated = models.BooleanField(default=False)
    minor = models.BigIntegerField(default=0)
    bill_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "account"], name="billing_runaccount_once"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["due", "reckoned", "ready", "outlier"]),
                name="billing_runaccount_one_run",
            ),
            models.CheckConstraint(
                condition=(Q(state="issued") & Q(bill_id__isnull=False))
                | (~Q(state="issued") & Q(bill_id__isnull=True)),
                name="billing_runaccount_issued_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run", "state", "account"], name="billing_runaccount_list"),
        ]
