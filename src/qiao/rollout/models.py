"""Pilots of features in few units, and what staff say of the product."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Pilot(models.Model):
    """A trial of features in some units from `since` until before `until`.

    `team` takes in what the units say meanwhile. A `decision` is agreed to by a second person.
    """

    class Decision(models.TextChoices):
        GO_ON = "go_on"
        WIDEN = "widen"
        STOP = "stop"

    title = models.TextField()
    features = ArrayField(models.TextField())
    aim = models.TextField()
    since = models.DateField()
    until = models.DateField()
    team = models.ForeignKey("staff.Organisation", models.PROTECT, null=True, related_name="+")
    evaluation = models.TextField(default="")
    evaluated_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    evaluated_at = models.DateTimeField(null=True)
    decision = models.TextField(choices=Decision.choices, default="")
    decided_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="rollout_pilot_days"),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="rollout_pilot_decided_whole",
            ),
            models.CheckConstraint(
                condition=Q(evaluation="", evaluated_at__isnull=True)
                | (~Q(evaluation="") & Q(evaluated_at__isnull=False)),
                name="rollout_pilot_evaluated_whole",
            ),
            models.CheckConstraint(
                condition=~Q(features=[]) & ~Q(title="") & ~Q(aim=""),
                name="rollout_pilot_says_what",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PilotUnit(models.Model):
    """A unit that tries the features of a pilot."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="units")
    unit = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "unit"], name="rollout_pilot_unit_once")
        ]


class PilotHelper(models.Model):
    """Who helps the units of a pilot and answers what they say."""

    pilot = models.ForeignKey(Pilot, models.CASCADE, related_name="helpers")
    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pilot", "staff"], name="rollout_pilot_helper_once")
        ]


class Remark(models.Model):
    """Where something that staff said of the product came from; its words stand in the case.

    `page` is the name of the address (``cases:list``), `path` the address without its query.
    """

    class Kind(models.TextChoices):
        WRONG = "wrong"
        IDEA = "idea"
        PRAISE = "praise"

    case = models.OneToOneField("cases.Case", models.CASCADE, related_name="+")
    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    pilot = models.ForeignKey(Pilot, models.PROTECT, null=True, related_name="remarks")
    kind = models.TextField(choices=Kind.choices, default="")
    feature = models.TextField(default="")
    page = models.TextField(default="")
    path = models.TextField(default="")
    created_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["staff", "-id"], name="rollout_remark_own"),
            models.Index(fields=["feature", "-id"], name="rollout_remark_feature"),
        ]
