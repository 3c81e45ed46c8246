"""Who is planned together, and the shifts there are."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from qiao.core.actor import Actor

VIEW = "workforce.view"


class PlanningGroupQuerySet(models.QuerySet["PlanningGroup"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Groups of the units in which the actor may see rosters."""
        return self.filter(unit_id__in=actor.organisations(VIEW))


class PlanningGroup(models.Model):
    """People of some teams who are planned together (排班组), and whose calls they take.

    Calls of `calls_of` and all below it that wait in one of `queues` (empty: in any) are theirs.
    From `day_start` to `day_end` (minutes of the local day) at least `least_by_day` people are
    wanted, at other times `least_by_night`. Who waits hangs up after `patience_seconds` on
    average. `calendar` names the calendar that knows working days; empty: the first that does.
    """

    unit = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    calls_of = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    name = models.TextField()
    names = models.JSONField(default=dict)  # by language, where it differs from `name`
    timezone = models.TextField(default="Asia/Shanghai")
    queues = ArrayField(models.TextField(), default=list)
    calendar = models.TextField(default="", blank=True)
    day_start = models.SmallIntegerField(default=480)
    day_end = models.SmallIntegerField(default=1200)
    least_by_day = models.SmallIntegerField(default=1)
    least_by_night = models.SmallIntegerField(default=0)
    patience_seconds = models.IntegerField(default=120)
    is_active = models.BooleanField(default=True)

    objects = PlanningGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="workforce_group_once"),
            models.CheckConstraint(condition=~Q(name=""), name="workforce_group_named"),
            models.CheckConstraint(
                condition=Q(day_start__gte=0, day_end__lte=1440, day_end__gt=F("day_start")),
                name="workforce_group_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    least_by_day__range=(0, 500),
                    least_by_night__range=(0, 500),
                    patience_seconds__range=(5, 3600),
                ),
                name="workforce_group_figures",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class GroupTeam(models.Model):
    """A team whose people are planned in a group; each team in one group only."""

    group = models.ForeignKey(PlanningGroup, models.CASCADE, related_name="teams")
    team = models.OneToOneField("staff.Organisation", models.PROTECT, related_name="+")


class ShiftKind(models.Model):
    """A shift of a group (班次): local minutes of the day on which it begins; `ends` past 1440
    lies on the next day. `breaks` are pairs of minutes within. A shift that is no longer planned
    is not active; weeks that have it keep it."""

    group = models.ForeignKey(PlanningGroup, models.CASCADE, related_name="shifts")
    name = models.TextField()
    names = models.JSONField(default=dict)
    begins = models.SmallIntegerField()
    ends = models.SmallIntegerField()
    breaks = models.JSONField(default=list)
    is_night = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["group", "name"],
                condition=Q(is_active=True),
                name="workforce_shift_once",
            ),
            models.CheckConstraint(
                condition=~Q(name="")
                & Q(begins__range=(0, 1439), ends__gt=F("begins"), ends__lte=F("begins") + 1440),
                name="workforce_shift_span",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["group", "begins"], name="workforce_shifts")]

    def __str__(self) -> str:
        return self.name
