"""Follow-ups: calling the customer back after the work, and what the customer said."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class Rating(models.TextChoices):
    """The four steps in which the trade asks for satisfaction, best first."""

    VERY_SATISFIED = "very_satisfied", _("Very satisfied")
    SATISFIED = "satisfied", _("Satisfied")
    FAIRLY_SATISFIED = "fairly_satisfied", _("Fairly satisfied")
    NOT_SATISFIED = "not_satisfied", _("Not satisfied")


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Follow-ups of the organisations in which the actor may see them."""
        return self.filter(organisation_id__in=actor.organisations("followups.view"))

    def open(self) -> Self:
        """Follow-ups that wait for the customer's word."""
        return self.filter(finished_at__isnull=True)


class FollowUp(models.Model):
    """A follow-up (回访): one visit of a case to a step that waits for the customer's word.

    It ends when the customer confirmed a result (`reached`), when enough attempts are on record
    (`unreached`), or when the case left the step by another way (`cancelled`). `finished_date` is
    in the organisation's own time zone; kept counts are grouped by it.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("follow-up", "To do")
        REACHED = "reached", pgettext_lazy("follow-up", "Confirmed")
        UNREACHED = "unreached", pgettext_lazy("follow-up", "Not reached")
        CANCELLED = "cancelled", pgettext_lazy("follow-up", "Cancelled")

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_index=False)
    entered_seq = models.IntegerField()
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    assigned_to = models.ForeignKey(
        "staff.Staff", models.PROTECT, related_name="+", db_index=False
    )
    state = models.TextField(choices=State.choices, default=State.OPEN)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    rating = models.TextField(choices=Rating.choices, default="", blank=True)
    resolved = models.BooleanField(null=True)
    words = models.TextField(default="", blank=True)
    attempt_count = models.SmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    finished_at = models.DateTimeField(null=True)
    finished_date = models.DateField(null=True)
    version = models.IntegerField(default=1)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "entered_seq"], name="feedback_followup_once_a_visit"
            ),
            models.CheckConstraint(
                condition=Q(state="open", finished_at__isnull=True, finished_date__isnull=True)
                | Q(
                    state__in=["reached", "unreached", "cancelled"],
                    finished_at__isnull=False,
                    finished_date__isnull=False,
                ),
                name="feedback_followup_finished_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="reached",
                    rating__in=[
                        "very_satisfied",
                        "satisfied",
                        "fairly_satisfied",
                        "not_satisfied",
                    ],
                    resolved__isnull=False,
                    confirmed_at__isnull=False,
                )
                | (~Q(state="reached") & Q(rating="", confirmed_at__isnull=True)),
                name="feedback_followup_confirmed_whole",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("opened_at")),
                name="feedback_followup_finished_after",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["assigned_to", "due_at", "id"],
                condition=Q(finished_at__isnull=True),
                name="feedback_open_by_person",
            ),
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(finished_at__isnull=True),
                name="feedback_open_by_unit",
            ),
            models.Index(
                fields=["-finished_at", "-id"],
                condition=Q(state__in=["reached", "unreached"]),
                name="feedback_finished",
            ),
            models.Index(
                fields=["rating", "-finished_at", "-id"],
                condition=Q(state="reached"),
                name="feedback_rated",
            ),
        ]


class FollowUpAttempt(models.Model):
    """One attempt to hear from the customer. Append-only."""

    class Outcome(models.TextChoices):
        REACHED = "reached", pgettext_lazy("attempt", "Reached")
        NO_ANSWER = "no_answer", pgettext_lazy("attempt", "No answer")
        BUSY = "busy", pgettext_lazy("attempt", "Busy")
        WRONG_NUMBER = "wrong_number", pgettext_lazy("attempt", "Wrong number")
        REFUSED = "refused", pgettext_lazy("attempt", "Did not want to talk")

    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, related_name="attempts", db_index=False
    )
    seq = models.SmallIntegerField()
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    channel = models.TextField()
    outcome = models.TextField(choices=Outcome.choices)
    note = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "seq"], name="feedback_attempt_once"),
            models.CheckConstraint(
                condition=Q(
                    outcome__in=["reached", "no_answer", "busy", "wrong_number", "refused"]
                ),
                name="feedback_attempt_outcome",
            ),
        ]


class FollowUpCount(models.Model):
    """A kept count: `n` follow-ups in a view of an organisation, for a holder and a day.

    Views: ``open`` by person (day 0001-01-01); ``rating`` by key, ``resolved`` by yes or no
    and ``unreached``, by the day they ended. Written by triggers as `FollowUpCountChange` rows and
    folded in here by a job; a reader adds both.
    """

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "view", "day", "holder"], name="feedback_count_once"
            )
        ]


class FollowUpCountMonth(models.Model):
    """The same counts by calendar month, so that a year is read as twelve rows a holder.

    `month` is its first day. Holds what is folded in; open follow-ups have no months.
    """

    organisation_id = models.BigIntegerField()
    month = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "view", "month", "holder"],
                name="feedback_count_month_once",
            )
        ]


class FollowUpCountChange(models.Model):
    """A change of kept counts that is not folded in yet."""

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.IntegerField()
