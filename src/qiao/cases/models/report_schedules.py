"""Kept reports that come by themselves: how often, to whom, and what was made of them."""

from django.db import models
from django.db.models import Q

from qiao.cases.models.views import SavedView


class ReportSchedule(models.Model):
    """A kept report that is made every day, week or month from `hour` on, in the calendar and
    zone of `unit`. `made_day` is the day of its last occasion, made or begun with."""

    view = models.OneToOneField(SavedView, models.CASCADE, related_name="schedule")
    unit = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    every = models.TextField()
    hour = models.SmallIntegerField(default=8)
    made_day = models.DateField()
    made_at = models.DateTimeField(null=True)
    missed = models.IntegerField(default=0)
    left_out = models.IntegerField(default=0)
    set_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(every__in=["day", "week", "month"]) & Q(hour__range=(0, 23)),
                name="cases_report_schedule_when",
            ),
        ]


class ReportReceiver(models.Model):
    """Somebody who is sent a report that comes by itself, as far as their rights go then."""

    schedule = models.ForeignKey(
        ReportSchedule, models.CASCADE, related_name="receivers", db_index=False
    )
    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "staff"], name="cases_report_receiver_once"
            ),
        ]
