"""Improvements: from what customers complained about to an action whose effect is measured."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor


class ImprovementRule(models.Model):
    """When a cause opens an improvement by itself, from a day on.

    Without `cause` it looks at every cause, without `organisation` at every unit that owns cases.
    ``count``: `least` cases within `days`. ``unusual``: at least `least` cases, and so many more
    than usual in the year before that chance alone does it in one of `false_alarm` looks.
    """

    class Kind(models.TextChoices):
        COUNT = "count", pgettext_lazy("improvement rule", "So many cases")
        UNUSUAL = "unusual", pgettext_lazy("improvement rule", "More than usual")

    kind = models.TextField(choices=Kind.choices)
    cause = models.ForeignKey(
        "cases.Cause", models.PROTECT, null=True, related_name="+", db_index=False
    )
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    days = models.SmallIntegerField()
    least = models.IntegerField()
    false_alarm = models.IntegerField(null=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    created_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=365, least__gte=2), name="feedback_rule_sizes"
            ),
            models.CheckConstraint(
                condition=Q(kind="count", false_alarm__isnull=True)
                | Q(kind="unusual", false_alarm__gte=20),
                name="feedback_rule_whole",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="feedback_rule_days",
            ),
        ]


class ImprovementQuerySet(models.QuerySet["Improvement"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Improvements of the organisations in which the actor may see them."""
        return self.filter(organisation_id__in=actor.organisations("improvements.view"))

    def open(self) -> Self:
        """Those that are neither closed nor given up."""
        return self.filter(finished_at__isnull=True)


class Improvement(models.Model):
    """A finding, the action taken on it, and the same figure before and after.

    The figure is cases with the cause (and all below it) opened in `organisation` (and all below
    it) within a period, per 1,000 accounts there and 30 days. Days are inclusive and local.
    `before_…` and `after_…` keep what was counted; `verdict` follows from both.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("improvement", "Finding")
        ACTING = "acting", pgettext_lazy("improvement", "Action")
        MEASURING = "measuring", pgettext_lazy("improvement", "Re-measuring")
        JUDGED = "judged", pgettext_lazy("improvement", "Judged")
        CLOSED = "closed", pgettext_lazy("improvement", "Closed")
        DROPPED = "dropped", pgettext_lazy("improvement", "Given up")

    class Verdict(models.TextChoices):
        PROVED = "proved", pgettext_lazy("improvement", "Proved")
        NOT_PROVED = "not_proved", pgettext_lazy("improvement", "Not proved")
        WORSE = "worse", pgettext_lazy("improvement", "Worse")

    number = models.TextField(unique=True)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    cause = models.ForeignKey("cases.Cause", models.PROTECT, related_name="+", db_index=False)
    title = models.TextField()
    finding = models.TextField()
    subject = models.TextField(default="", blank=True)
    owner = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    rule = models.ForeignKey(
        ImprovementRule, models.PROTECT, null=True, related_name="+", db_index=False
    )
    state = models.TextField(choices=State.choices, default=State.OPEN)
    due_date = models.DateField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    before_from = models.DateField()
    before_to = models.DateField()
    before_count = models.IntegerField()
    before_base = models.IntegerField()
    effective_date = models.DateField(null=True)
    after_from = models.DateField(null=True)
    after_to = models.DateField(null=True)
    after_count = models.IntegerField(null=True)
    after_base = models.IntegerField(null=True)
    verdict = models.TextField(choices=Verdict.choices, default="", blank=True)
    chance = models.FloatField(null=True)
    is_small = models.BooleanField(default=False)
    told_at = models.DateTimeField(null=True)
    lessons = models.TextField(default="", blank=True)
    finished_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    objects = ImprovementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "organisation"],
                condition=Q(finished_at__isnull=True),
                name="feedback_improvement_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "dropped"], finished_at__isnull=False)
                | Q(
                    state__in=["open", "acting", "measuring", "judged"],
                    finished_at__isnull=True,
                ),
                name="feedback_improvement_finished",
            ),
            models.CheckConstraint(
                condition=Q(before_to__gte=F("before_from"), before_base__gte=0),
                name="feedback_improvement_before",
            ),
            models.CheckConstraint(
                condition=Q(verdict="", after_count__isnull=True)
                | Q(
                    verdict__in=["proved", "not_proved", "worse"],
                    after_count__isnull=False,
                    after_base__isnull=False,
                    after_from__gt=F("before_to"),
                ),
                name="feedback_improvement_judged",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "-opened_at", "-id"], name="feedback_improvement_unit"
            ),
        ]


class ImprovementAction(models.Model):
    """Something that is done about the finding, with what it costs in minor units."""

    improvement = models.ForeignKey(Improvement, models.PROTECT, related_name="actions")
    text = models.TextField()
    due_date = models.DateField()
    done_date = models.DateField(null=True)
    cost_minor = models.BigIntegerField(null=True)
    added_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cost_minor__isnull=True) | Q(cost_minor__gte=0),
                name="feedback_action_cost",
            )
        ]


class ImprovementEvent(models.Model):
    """One thing that happened to an improvement. Append-only."""

    improvement = models.ForeignKey(
        Improvement, models.PROTECT, related_name="events", db_index=False
    )
    seq = models.SmallIntegerField()
    kind = models.TextField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["improvement", "seq"], name="feedback_impevent_once")
        ]


class ImprovementTold(models.Model):
    """That the customer of a case was told what came of the complaint, and how: the newest counts.

    With `channel` ``message`` it is `message_id`, and what became of it, that tells whether they
    were; who was not is told by ``phone``.
    """

    improvement = models.ForeignKey(
        Improvement, models.PROTECT, related_name="told", db_index=False
    )
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+", db_index=False)
    channel = models.TextField()
    message_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["improvement", "case", "channel"], name="feedback_told_once"
            )
        ]
