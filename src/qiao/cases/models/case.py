"""The case itself, with what lists sort and filter by."""

from typing import ClassVar, Final, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from qiao.cases.models.definitions import CaseType, ProcessVersion
from qiao.core.actor import Actor

INTERNAL_GROUP: Final = "internal"


class CaseQuerySet(models.QuerySet["Case"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor) -> Self:
        """Cases of the organisations in which the actor may see cases."""
        return self.filter(organisation_id__in=actor.organisations("cases.view"))

    def open(self) -> Self:
        """Cases that are not archived."""
        return self.filter(closed_at__isnull=True)


class Case(models.Model):
    """A service request (工单).

    `responsible` is the first person (首问负责), who stays named until the customer has the
    answer; `team` and `assignee` do the work now. `step` and `phase` mirror the process state,
    `due_at`, `due_promise` and `level` the clocks. `version` grows with every edit of the texts
    and guards against lost updates.

    `merged_into` is the case that stands for this one, `merged_count` how many this one stands
    for; `parent` is the case of the one cause behind this and other reports. While another case
    is worked on for it, a case keeps its own customer, clocks and end, but is on no list of work.
    `is_parent` tells the one that carries such a cause.
    """

    class Priority(models.TextChoices):
        URGENT = "urgent"
        HIGH = "high"
        NORMAL = "normal"
        LOW = "low"

    class Level(models.TextChoices):
        OK = "ok"
        WARN = "warn"
        BAD = "bad"
        LATE = "late"

    number = models.TextField(unique=True)
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    case_type = models.ForeignKey(CaseType, models.PROTECT, db_index=False)
    process = models.ForeignKey(ProcessVersion, models.PROTECT, db_index=False)
    # The questions it was opened with; of a case from elsewhere those of its opening's moment.
    form = models.ForeignKey(
        ProcessVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    step = models.TextField()
    phase = models.TextField()
    priority = models.TextField(choices=Priority.choices)
    channel = models.TextField()
    area = models.TextField(default="")
    title = models.TextField()
    description = models.TextField(default="")
    facts = models.JSONField(default=dict)
    customer = models.ForeignKey("customers.Customer", models.PROTECT, null=True, db_index=False)
    account = models.ForeignKey(
        "customers.Account", models.PROTECT, null=True, related_name="+", db_index=False
    )
    premises = models.ForeignKey("customers.Premises", models.PROTECT, null=True, related_name="+")
    service_point = models.ForeignKey(
        "customers.ServicePoint", models.PROTECT, null=True, related_name="+", db_index=False
    )
    place = models.TextField(default="")
    caller_name = models.TextField(default="")
    caller_phone = models.TextField(default="")
    responsible = models.ForeignKey(
        "staff.Staff", models.PROTECT, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    assignee = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    opened_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_green = models.BooleanField(default=False, db_default=False)  # jumps the queue
    # Whom of the house the case is about; it belongs to a sealed unit then (operations.hotline).
    about_unit = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    about_staff = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField(db_default=Now())  # when its history last grew
    opened_date = models.DateField()  # in the organisation's own time zone
    closed_at = models.DateTimeField(null=True)
    closed_date = models.DateField(null=True)
    outcome = models.TextField(default="")
    main_cause = models.ForeignKey(
        "cases.Cause", models.PROTECT, null=True, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(null=True)
    due_promise = models.TextField(default="")
    word_due_at = models.DateTimeField(null=True)  # of the next promise in words
    level = models.TextField(choices=Level.choices, default=Level.OK)
    level_changes_at = models.DateTimeField(null=True)
    ladder_at = models.DateTimeField(null=True)  # when its ladder is looked at next
    is_paused = models.BooleanField(default=False)
    promise_kept = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    chase_count = models.SmallIntegerField(default=0)
    reopened_count = models.SmallIntegerField(default=0)
    escalated = models.BooleanField(default=False)
    risk = models.TextField(default="", db_default="")  # "", watch, high: see models.risk
    event_count = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )
    merged_count = models.SmallIntegerField(default=0, db_default=0)
    is_parent = models.BooleanField(default=False, db_default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_date__isnull=True)
                | Q(closed_at__isnull=False, closed_date__isnull=False, phase="closed"),
                name="cases_case_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(phase__in=["intake", "assign", "work", "confirm", "closed"]),
                name="cases_case_phase",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=["urgent", "high", "normal", "low"]),
                name="cases_case_priority",
            ),
            models.CheckConstraint(
                condition=Q(risk__in=["", "watch", "high"]), name="cases_case_risk"
            ),
            models.CheckConstraint(
                condition=Q(about_staff__isnull=True) | Q(about_unit__isnull=False),
                name="cases_case_about_whole",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="cases_case_titled"),
            # A clock that runs is due at some time; what holds it is kept with a reason.
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(due_at__isnull=False) | Q(is_paused=True),
                name="cases_case_open_clocked",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="cases_case_closed_after_opened",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="cases_case_merged_into_another",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="cases_case_parent_is_another",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_open_by_unit",
            ),
            models.Index(
                fields=["team", "due_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_open_by_team",
            ),
            models.Index(
                fields=["assignee", "due_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_open_by_assignee",
            ),
            models.Index(
                fields=["responsible", "due_at", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_open_by_responsible",
            ),
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(closed_at__isnull=True, is_paused=True),
                name="cases_paused_by_unit",
            ),
            # Few of many open cases: without these a page of them is looked for among all.
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(closed_at__isnull=True, assignee__isnull=True),
                name="cases_unassigned_by_unit",
            ),
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(closed_at__isnull=True, priority="urgent"),
                name="cases_urgent_by_unit",
            ),
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(closed_at__isnull=True, level__in=["warn", "bad"]),
                name="cases_due_soon_by_unit",
            ),
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(closed_at__isnull=True, phase="confirm"),
                name="cases_to_confirm_by_unit",
            ),
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(closed_at__isnull=True, risk="high"),
                name="cases_risky_by_unit",
            ),
            # Of no use to lists of open cases, whatever the planner thinks of its size.
            models.Index(
                fields=["level_changes_at"],
                condition=Q(closed_at__isnull=True, level_changes_at__isnull=False),
                name="cases_level_changes",
            ),
            models.Index(
                fields=["ladder_at"],
                condition=Q(closed_at__isnull=True, ladder_at__isnull=False),
                name="cases_ladder_due",
            ),
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(closed_at__isnull=True, is_green=True),
                name="cases_green_by_unit",
            ),
            models.Index(
                fields=["about_unit"],
                condition=Q(about_unit__isnull=False),
                name="cases_about_unit",
            ),
            models.Index(fields=["organisation", "opened_at", "id"], name="cases_by_unit_opened"),
            GinIndex(
                fields=["facts"],
                opclasses=["jsonb_path_ops"],
                condition=Q(closed_at__isnull=True),
                name="cases_answers_of_open",
            ),
            models.Index(
                fields=["organisation", "closed_date"],
                condition=Q(closed_date__isnull=False),
                name="cases_by_unit_closed",
            ),
            # For filters that leave few of very many (queries.rare).
            models.Index(
                fields=["case_type", "priority", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_open_by_type",
            ),
            models.Index(
                fields=["channel", "priority", "id"],
                condition=Q(closed_at__isnull=True),
                name="cases_open_by_channel",
            ),
            models.Index(
                fields=["case_type", "priority", "id"],
                condition=Q(closed_at__isnull=False),
                name="cases_closed_by_type",
            ),
            models.Index(
                fields=["channel", "priority", "id"],
                condition=Q(closed_at__isnull=False),
                name="cases_closed_by_channel",
            ),
            models.Index(
                fields=["main_cause", "opened_at", "id"],
                condition=Q(main_cause__isnull=False),
                name="cases_by_cause",
            ),
            models.Index(fields=["customer", "opened_at"], name="cases_by_customer"),
            models.Index(
                fields=["account", "opened_at"],
                name="cases_by_account",
                condition=Q(account__isnull=False),
            ),
            models.Index(
                fields=["merged_into"],
                name="cases_merged",
                condition=Q(merged_into__isnull=False),
            ),
            models.Index(
                fields=["parent", "id"],
                name="cases_of_parent",
                condition=Q(parent__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_internal(self) -> bool:
        """Whether a colleague asked and no customer is behind it: nothing leaves the house."""
        return self.customer_id is None and self.case_type.group == INTERNAL_GROUP
