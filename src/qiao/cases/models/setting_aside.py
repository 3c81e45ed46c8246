"""Cases that somebody does not want to see for a while, or wants to read again."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qiao.cases.models.case import Case


class CaseSnooze(models.Model):
    """A case is out of the lists of a person or a team until a moment or the customer's word.

    The clocks run on. While `returned_at` is set and `ended_at` is not, it is back and stands on
    top, marked; `ended_at` is set when it was taken up again. `reason` says why it can wait.
    """

    class Why(models.TextChoices):
        TIME = "time"
        CUSTOMER = "customer"
        LATE = "late"
        PERSON = "person"

    case = models.ForeignKey(Case, models.PROTECT, related_name="snoozes", db_index=False)
    staff = models.ForeignKey(
        "staff.Staff", models.CASCADE, null=True, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        "staff.Organisation", models.CASCADE, null=True, related_name="+", db_index=False
    )
    until = models.DateTimeField(null=True)
    until_answer = models.BooleanField(default=False)
    reason = models.TextField(default="")
    snoozed_by = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    snoozed_at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    returned_why = models.TextField(choices=Why.choices, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=True, team__isnull=False)
                | Q(staff__isnull=False, team__isnull=True),
                name="cases_snooze_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=False) | Q(until_answer=True),
                name="cases_snooze_returns",
            ),
            models.UniqueConstraint(
                fields=["case", "staff"],
                condition=Q(ended_at__isnull=True, staff__isnull=False),
                name="cases_snooze_once_staff",
            ),
            models.UniqueConstraint(
                fields=["case", "team"],
                condition=Q(ended_at__isnull=True, team__isnull=False),
                name="cases_snooze_once_team",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["staff", "case"],
                condition=Q(ended_at__isnull=True, staff__isnull=False),
                name="cases_snooze_of_staff",
            ),
            models.Index(
                fields=["team", "case"],
                condition=Q(ended_at__isnull=True, team__isnull=False),
                name="cases_snooze_of_team",
            ),
            models.Index(
                fields=["until"],
                condition=Q(returned_at__isnull=True, ended_at__isnull=True),
                name="cases_snooze_waiting",
            ),
        ]


class CaseUnread(models.Model):
    """A person marked a case to be read again; opening it takes the mark away."""

    pk = models.CompositePrimaryKey("staff_id", "case_id")
    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    marked_at = models.DateTimeField()
