"""Customer managers (客户经理): who looks after a customer on which days, and their visits.

All periods are days with an exclusive end. Of several records of one customer each row keeps the
record it was written for; reads resolve it.
"""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.customers.models.people import Customer


class HandOverOfCustomers(models.Model):
    """Customers passed from one manager to another on `day`, the first one of who takes over."""

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    from_manager = models.ForeignKey(
        "staff.Staff", models.PROTECT, related_name="+", db_index=False
    )
    to_manager = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    reason = models.TextField()
    note = models.TextField(default="", blank=True)
    customer_count = models.IntegerField()
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_manager=F("to_manager")), name="customers_handover_another"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="customers_handover_reason"),
        ]


class HandedOver(models.Model):
    """A customer of a hand-over. Append-only."""

    pk = models.CompositePrimaryKey("hand_over_id", "customer_id")
    hand_over = models.ForeignKey(
        HandOverOfCustomers, models.PROTECT, related_name="handed", db_index=False
    )
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["customer"], name="customers_handed_customer")]


class ManagerAssignment(models.Model):
    """The days on which somebody looks after a customer; one manager at a time.

    `hand_over` is the one by which it began, if it began by one.
    """

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="manager_assignments", db_index=False
    )
    manager = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    period = DateRangeField()
    reason = models.TextField(default="", blank=True)
    end_reason = models.TextField(default="", blank=True)
    hand_over = models.ForeignKey(
        HandOverOfCustomers, models.PROTECT, null=True, related_name="+", db_index=False
    )
    assigned_at = models.DateTimeField()
    assigned_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="customers_manager_one",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="customers_manager_period",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["manager"], name="customers_manager_of")]


class VisitPlan(models.Model):
    """How often a customer is to be visited. `due_date` is the day by which the next one is due:
    `every_months` after the latest visit."""

    class Rhythm(models.IntegerChoices):
        MONTHLY = 1, pgettext_lazy("visit rhythm", "Every month")
        TWO_MONTHS = 2, pgettext_lazy("visit rhythm", "Every two months")
        QUARTERLY = 3, pgettext_lazy("visit rhythm", "Every quarter")
        HALF_YEARLY = 6, pgettext_lazy("visit rhythm", "Twice a year")
        YEARLY = 12, pgettext_lazy("visit rhythm", "Once a year")

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="visit_plan")
    every_months = models.SmallIntegerField(choices=Rhythm.choices)
    due_date = models.DateField()
    purpose = models.TextField(default="", blank=True)
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every_months__in=[1, 2, 3, 6, 12]), name="customers_visitplan_rhythm"
            )
        ]


class CustomerVisit(models.Model):
    """A visit by the manager: planned for a day, done, or left out with the reason.

    At most one is planned for a customer at a time. `first_date` is the day it was planned for at
    first; `reason` says why it was moved or left out.
    """

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("visit to a customer", "Planned")
        DONE = "done", pgettext_lazy("visit to a customer", "Done")
        SKIPPED = "skipped", pgettext_lazy("visit to a customer", "Left out")

    class How(models.TextChoices):
        ON_SITE = "on_site", pgettext_lazy("visit to a customer", "At their place")
        OFFICE = "office", pgettext_lazy("visit to a customer", "At our office")
        PHONE = "phone", pgettext_lazy("visit to a customer", "By telephone")
        VIDEO = "video", pgettext_lazy("visit to a customer", "By video")

    class Result(models.TextChoices):
        FINE = "fine", pgettext_lazy("result of a visit", "All well")
        WISH = "wish", pgettext_lazy("result of a visit", "Has a wish")
        CONCERN = "concern", pgettext_lazy("result of a visit", "Has a concern")
        ABSENT = "absent", pgettext_lazy("result of a visit", "Nobody met")

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="visits", db_index=False)
    manager = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    state = models.TextField(choices=State.choices, default=State.PLANNED)
    date = models.DateField()
    first_date = models.DateField()
    topic = models.TextField()
    how = models.TextField(choices=How.choices, default=How.ON_SITE)
    result = models.TextField(choices=Result.choices, default="", blank=True)
    note = models.TextField(default="", blank=True)
    next_step = models.TextField(default="", blank=True)
    reason = models.TextField(default="", blank=True)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="planned"), name="customers_visit_one_ahead"
            ),
            models.CheckConstraint(condition=~Q(topic=""), name="customers_visit_topic"),
            models.CheckConstraint(
                condition=Q(how__in=["on_site", "office", "phone", "video"]),
                name="customers_visit_how",
            ),
            models.CheckConstraint(
                condition=Q(state="planned", result="", closed_at__isnull=True)
                | Q(
                    state="done",
                    result__in=["fine", "wish", "concern", "absent"],
                    closed_at__isnull=False,
                )
                | (Q(state="skipped", result="", closed_at__isnull=False) & ~Q(reason="")),
                name="customers_visit_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer", "id"], name="customers_visit_of"),
            models.Index(fields=["manager", "date"], name="customers_visit_manager"),
        ]
