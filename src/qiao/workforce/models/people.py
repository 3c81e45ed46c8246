"""What people wish, how they are, what they are certified for."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class ShiftWish(models.Model):
    """What somebody wishes for a day: a shift, or (without one) to be free."""

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    shift = models.ForeignKey(
        "workforce.ShiftKind", models.CASCADE, null=True, related_name="+", db_index=False
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "day"], name="workforce_wish_once")
        ]


class PulseCount(models.Model):
    """How many people of a team felt so on a day, from 1 (bad) to 5 (good). Answers are counted,
    not kept, and apart from who has answered: nothing tells whose they are."""

    team = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    mood = models.SmallIntegerField()
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "day", "mood"], name="workforce_pulse_count_once"
            ),
            models.CheckConstraint(
                condition=Q(mood__range=(1, 5), n__gte=0), name="workforce_pulse_mood"
            ),
        ]


class PulseGiven(models.Model):
    """That somebody has answered on a day, so that each answers once."""

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "day"], name="workforce_pulse_once")
        ]


class Certificate(models.Model):
    """What somebody is certified for, until the day before `expires` (None: for good)."""

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    name = models.TextField()
    issued = models.DateField()
    expires = models.DateField(null=True)
    entered_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="workforce_certificate_named"),
            models.CheckConstraint(
                condition=Q(expires__isnull=True) | Q(expires__gt=F("issued")),
                name="workforce_certificate_days",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["staff", "expires"], name="workforce_certificates")
        ]
