"""Running cases that are told of a change together: how far it has come."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Recount(models.Model):
    """A change of a calendar or of promised figures on its way to the cases that are open.

    `key` is that of the calendar or case type, `number` the version or the change that they are
    told of. It goes through the cases by id (`cursor`) and over again until it finds none that
    was not told, so a case that was just being opened is not left out.
    """

    class Cause(models.TextChoices):
        CALENDAR = "calendar"
        PROMISES = "promises"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        OVERTAKEN = "overtaken"

    cause = models.TextField(choices=Cause.choices)
    key = models.TextField()
    number = models.BigIntegerField()
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+"
    )
    state = models.TextField(choices=State.choices, default=State.WAITING)
    not_before = models.DateTimeField()
    total = models.IntegerField(default=0)
    told = models.IntegerField(default=0)
    moved = models.IntegerField(default=0)  # with another due moment than before
    became_late = models.IntegerField(default=0)
    cursor = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "key", "number"], name="cases_recount_once"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False),
                name="cases_recount_done_whole",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "not_before"], name="cases_recount_due")
        ]
