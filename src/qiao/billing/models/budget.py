"""Budget billing: years in which an account is asked equal instalments."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.billing.models.bills import Bill, BillingAccount


class BudgetPlan(models.Model):
    """Equal instalments of an account: `instalment_minor` of each bill, until the bill that ends
    the year settles what is left over.

    `start_date` is the first day that is billed under it, `until_date` the first after its year;
    one that was changed stands for it until then in another row. `year_minor` is what a year comes
    to, by what `basis` says. One that `ends` is settled by the next bill, whatever the day.
    `previous` is the plan that it goes on from.
    """

    class State(models.TextChoices):
        RUNNING = "running", pgettext_lazy("equal instalments", "Running")
        SETTLED = "settled", pgettext_lazy("equal instalments", "Settled")
        CHANGED = "changed", pgettext_lazy("equal instalments", "Changed")
        WITHDRAWN = "withdrawn", pgettext_lazy("equal instalments", "Withdrawn")

    class Basis(models.TextChoices):
        OWN = "own", pgettext_lazy("equal instalments", "Own bills of a year")
        NEIGHBOURS = "neighbours", pgettext_lazy("equal instalments", "Bills of neighbours")
        GIVEN = "given", pgettext_lazy("equal instalments", "An amount that was agreed")

    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="+", db_index=False)
    state = models.TextField(choices=State.choices, default=State.RUNNING)
    start_date = models.DateField()
    until_date = models.DateField()
    instalment_minor = models.BigIntegerField()
    year_minor = models.BigIntegerField()
    basis = models.TextField(choices=Basis.choices)
    ends = models.BooleanField(default=False)
    previous = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )
    settled_by = models.ForeignKey(
        Bill, models.PROTECT, null=True, related_name="+", db_index=False
    )
    reason = models.TextField(default="", blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="running"), name="billing_budget_one_runs"
            ),
            models.CheckConstraint(
                condition=Q(instalment_minor__gt=0, until_date__gt=F("start_date"))
                & Q(state__in=["running", "settled", "changed", "withdrawn"])
                & Q(basis__in=["own", "neighbours", "given"]),
                name="billing_budget_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "-id"], name="billing_budget_list")]
