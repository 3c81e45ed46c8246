"""A case's own history, the clocks counted from it, and what other modules owe it."""

from django.db import models

from qiao.cases.models.case import Case


class CaseEvent(models.Model):
    """One thing that happened to a case. Append-only; clocks and timeline are read from it.

    `visibility` tells notes (internal) from what the customer may read.
    """

    class Visibility(models.TextChoices):
        INTERNAL = "internal"
        CUSTOMER = "customer"
        SYSTEM = "system"

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    seq = models.IntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    visibility = models.TextField(choices=Visibility.choices, default=Visibility.SYSTEM)
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="cases_event_once"),
        ]


class CaseClock(models.Model):
    """One round of one promise, as its stored clock state says; see `rules.clocks`."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="clocks", db_index=False)
    promise = models.TextField()
    round = models.SmallIntegerField()
    target_seconds = models.IntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    elapsed_seconds = models.IntegerField()
    paused_seconds = models.IntegerField()
    state = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "promise", "round"], name="cases_clock_once")
        ]


class ClockRecord(models.Model):
    """The folded clock state of a case, so that the next event need not read the history."""

    case = models.OneToOneField(
        Case, models.PROTECT, primary_key=True, related_name="clock_record"
    )
    state = models.JSONField()


class CaseDuty(models.Model):
    """Work that another module owes to the case's present step, and whether it is done."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="duties", db_index=False)
    duty = models.TextField()
    entered_seq = models.IntegerField()
    entered_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "duty", "entered_seq"], name="cases_duty_once")
        ]
