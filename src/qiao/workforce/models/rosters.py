"""Weeks of rosters."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class RosterWeek(models.Model):
    """The roster of a group for the week that begins on `monday`.

    `demand` is what the week was planned for, by half hour from Monday 0:00: see
    `qiao.workforce.queries.demand.Demand`. `solving` is what a job does with it; `version` grows
    with each change of cells. `is_best`, `off_by` and `seconds` tell of the last solution.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("roster", "Draft")
        PUBLISHED = "published", pgettext_lazy("roster", "Published")

    class Solving(models.TextChoices):
        NOTHING = "", pgettext_lazy("roster", "Nothing runs")
        WAITING = "waiting", pgettext_lazy("roster", "Waits for its turn")
        RUNNING = "running", pgettext_lazy("roster", "Is being planned")
        FAILED = "failed", pgettext_lazy("roster", "Could not be planned")

    group = models.ForeignKey("workforce.PlanningGroup", models.PROTECT, related_name="weeks")
    monday = models.DateField()
    state = models.TextField(choices=State.choices, default=State.DRAFT)
    solving = models.TextField(choices=Solving.choices, default=Solving.NOTHING, blank=True)
    demand = models.JSONField(default=dict)
    version = models.IntegerField(default=1)
    solved_at = models.DateTimeField(null=True)
    is_best = models.BooleanField(default=False)
    off_by = models.FloatField(default=0)
    seconds = models.FloatField(default=0)
    created_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    published_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "monday"], name="workforce_week_once"),
            models.CheckConstraint(
                condition=Q(monday__iso_week_day=1), name="workforce_week_begins_on_monday"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True)
                | Q(state="published", published_at__isnull=False),
                name="workforce_week_published",
            ),
        ]


class RosterCell(models.Model):
    """What a person has on a day of a week: a shift, or, pinned, a free day. `by_hand` was not
    planned by the solver."""

    week = models.ForeignKey(RosterWeek, models.CASCADE, related_name="cells")
    staff = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    day = models.DateField()
    shift = models.ForeignKey(
        "workforce.ShiftKind", models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_pinned = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["week", "staff", "day"], name="workforce_cell_once"),
            models.CheckConstraint(
                condition=Q(shift__isnull=False) | Q(is_pinned=True),
                name="workforce_cell_says_something",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["staff", "day"], name="workforce_cells_of_person")
        ]
