"""What is counted of calls: their turns, and the figures that are kept of them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class CallTurn(models.Model):
    """A turn of an ended call, as `qiao.telephony.rules.turns` reads it out of the log; written
    once, with the end of the call.

    `slot_at` is the half hour in which it was offered. `wrap_seconds` is not known before the work
    after the call is over.
    """

    class Kind(models.TextChoices):
        ANSWERED = "answered", pgettext_lazy("turn of a call", "Answered")
        ABANDONED = "abandoned", pgettext_lazy("turn of a call", "Abandoned")
        LOST = "lost", pgettext_lazy("turn of a call", "Lost")
        LEFT = "left", pgettext_lazy("turn of a call", "Hung up before a queue")
        MOVED = "moved", pgettext_lazy("turn of a call", "Went to another queue")
        PASSED = "passed", pgettext_lazy("turn of a call", "Passed on")
        REACHED = "reached", pgettext_lazy("turn of a call", "Reached")
        UNREACHED = "unreached", pgettext_lazy("turn of a call", "Not reached")

    call = models.ForeignKey(
        "telephony.Call", models.PROTECT, related_name="turns", db_index=False
    )
    seq = models.SmallIntegerField()
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    line = models.ForeignKey(
        "telephony.Line", models.PROTECT, null=True, related_name="+", db_index=False
    )
    kind = models.TextField(choices=Kind.choices)
    queue = models.TextField(default="", blank=True)
    staff = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    offered_at = models.DateTimeField()
    slot_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    wait_seconds = models.IntegerField(default=0)
    ring_seconds = models.IntegerField(default=0)
    talk_seconds = models.IntegerField(default=0)
    hold_seconds = models.IntegerField(default=0)
    wrap_seconds = models.IntegerField(null=True)
    offers = models.SmallIntegerField(default=0)
    is_in_time = models.BooleanField(default=False)
    is_short = models.BooleanField(default=False)
    is_transferred = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "seq"], name="telephony_turn_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["answered", "passed", "reached", "unreached"], staff__isnull=False
                )
                | Q(kind__in=["abandoned", "lost", "left", "moved"], staff__isnull=True),
                name="telephony_turn_of_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("offered_at"), slot_at__lte=F("offered_at")),
                name="telephony_turn_times",
            ),
            models.CheckConstraint(
                condition=Q(
                    wait_seconds__gte=0, ring_seconds__gte=0, talk_seconds__gte=0,
                    hold_seconds__gte=0,
                ),
                name="telephony_turn_seconds",
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "offered_at", "call", "seq"],
                name="telephony_turns_by_unit",
            ),
            models.Index(
                fields=["staff", "offered_at"],
                condition=Q(staff__isnull=False),
                name="telephony_turns_by_staff",
            ),
            models.Index(
                fields=["ended_at"],
                condition=Q(wrap_seconds__isnull=True, staff__isnull=False),
                name="telephony_turns_unwrapped",
            ),
        ]


class _Figures(models.Model):
    """Sums of turns by half hour, unit, line (0 without), queue and person (0 for nobody)."""

    organisation_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    queue = models.TextField()
    staff_id = models.BigIntegerField()
    slot_at = models.DateTimeField()
    offered = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)
    in_time = models.IntegerField(default=0)
    abandoned = models.IntegerField(default=0)
    abandoned_short = models.IntegerField(default=0)
    lost = models.IntegerField(default=0)
    left_early = models.IntegerField(default=0)
    handled = models.IntegerField(default=0)
    transfers = models.IntegerField(default=0)
    answer_wait_seconds = models.BigIntegerField(default=0)
    abandon_wait_seconds = models.BigIntegerField(default=0)
    longest_wait_seconds = models.IntegerField(default=0)
    ring_seconds = models.BigIntegerField(default=0)
    talk_seconds = models.BigIntegerField(default=0)
    hold_seconds = models.BigIntegerField(default=0)
    wrap_seconds = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class CallFigure(_Figures):
    """Kept figures of calls. Written by triggers as `CallFigureChange` rows and folded in here by
    a job; a reader adds both."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "slot_at", "queue", "staff_id", "line_id"],
                name="telephony_figure_once",
            )
        ]


class CallFigureChange(_Figures):
    """A change of kept figures that is not folded in yet. `longest_wait_seconds` is no change:
    the longest of both holds."""

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "slot_at"], name="telephony_figure_changes"),
        ]
