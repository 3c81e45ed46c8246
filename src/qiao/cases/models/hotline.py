"""Complaints about an outlet or a person of the house: what they are told of it in the end."""

from django.db import models
from django.db.models import Q

from qiao.cases.models.case import Case


class OutletFinding(models.Model):
    """What was found about a unit or a person: all that they see of the case, once it is archived.

    It names no customer and no caller. `given_at` is when the case was archived with it.
    """

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed"
        PARTLY = "partly"
        UNFOUNDED = "unfounded"

    case = models.OneToOneField(Case, models.PROTECT, related_name="finding")
    verdict = models.TextField(choices=Verdict.choices)
    text = models.TextField()
    written_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["confirmed", "partly", "unfounded"]),
                name="cases_finding_verdict",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="cases_finding_says_something"),
        ]
