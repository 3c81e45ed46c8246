"""Why cases arise: the tree of causes, what a case is coded with, and the model that suggests."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from qiao.cases.models.case import Case


class CauseQuerySet(models.QuerySet["Cause"]):
    """Causes by the day on which they may be used."""

    def on(self, day: object) -> Self:
        """Causes that a case may be coded with on a day."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=day), valid_from__lte=day
        )


class Cause(models.Model):
    """A cause (原因), on one of three levels; cases are coded with those that have none below.

    In force from `valid_from` to before `valid_until`. One that was merged is out of force and
    names the one that took its place: cases keep the code they were given, figures count it under
    its successor.
    """

    key = models.TextField(unique=True)
    pack = models.TextField(default="")  # empty: the company's own
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    level = models.SmallIntegerField(default=1)
    names = models.JSONField()
    words = ArrayField(models.TextField(), default=list)
    position = models.IntegerField(default=0)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    renamed = models.BooleanField(default=False)  # the company's words; the pack's no longer count

    objects = CauseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level=1, parent__isnull=True)
                | Q(level__in=[2, 3], parent__isnull=False),
                name="cases_cause_level",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="cases_cause_days",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(valid_until__isnull=False),
                name="cases_cause_merged_ended",
            ),
        ]


class CaseCause(models.Model):
    """A cause that a case is coded with.

    `role` is ``main`` or ``other`` for what was found, ``suspected`` for what the customer thinks.
    The main one also stands on the case, for lists and figures.
    """

    class Role(models.TextChoices):
        MAIN = "main"
        OTHER = "other"
        SUSPECTED = "suspected"

    case = models.ForeignKey(Case, models.PROTECT, related_name="causes", db_index=False)
    cause = models.ForeignKey(Cause, models.PROTECT, related_name="+", db_index=False)
    role = models.TextField(choices=Role.choices)
    coded_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    coded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "role", "cause"], name="cases_casecause_once"),
            models.UniqueConstraint(
                fields=["case", "role"],
                condition=Q(role__in=["main", "suspected"]),
                name="cases_casecause_one_main",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["main", "other", "suspected"]), name="cases_casecause_role"
            ),
        ]


class CauseModel(models.Model):
    """A trained suggestion model: how it was measured, and what it weighs.

    `weights` as `rules.suggesting` reads them, with causes by their keys. `report` holds what the
    trainer measured: figures by cause and the spread over repetitions. One at most is in force.
    """

    trained_at = models.DateTimeField()
    source = models.TextField()  # cases, or the name of a file
    rows = models.IntegerField()
    causes = models.IntegerField()
    macro_f1 = models.FloatField()
    report = models.JSONField()
    weights = models.JSONField()
    in_force = models.BooleanField(default=False)
    refused_why = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["in_force"], condition=Q(in_force=True), name="cases_causemodel_one"
            ),
            models.CheckConstraint(
                condition=Q(macro_f1__gte=0, macro_f1__lte=1), name="cases_causemodel_share"
            ),
        ]


class CauseSuggestion(models.Model):
    """What was suggested when a case was coded, and what the person chose. Append-only.

    `offered` are keys with shares, best first; `place` of the choice among them is 1 to 3, or 0
    when none of them was taken.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="+", db_index=False)
    model = models.ForeignKey(CauseModel, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    offered = models.JSONField()
    chosen = models.ForeignKey(Cause, models.PROTECT, related_name="+", db_index=False)
    place = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(place__gte=0, place__lte=3), name="cases_suggestion_place"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="cases_suggestion_at")]
