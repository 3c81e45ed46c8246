"""Cases: what a customer asked for, who owns it, where it stands, and everything that happened."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from qiao.core.actor import Actor


class CaseType(models.Model):
    """A kind of case installed from a pack, which holds its form, promises and process."""

    key = models.TextField(unique=True)
    pack = models.TextField()
    group = models.TextField()
    names = models.JSONField()
    icon = models.TextField(default="")
    process_key = models.TextField()
    emergency = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    position = models.IntegerField(default=0)


class ProcessVersion(models.Model):
    """One version of a process; running cases keep the version they started with."""

    key = models.TextField()
    version = models.IntegerField()
    definition = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="cases_process_version_once")
        ]


class PromiseSet(models.Model):
    """Promises of a case type as they stood at one time; a case refers to what it was given."""

    digest = models.CharField(max_length=64, unique=True)
    promises = models.JSONField()


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
    opened_at = models.DateTimeField()
    opened_date = models.DateField()  # in the organisation's own time zone
    closed_at = models.DateTimeField(null=True)
    closed_date = models.DateField(null=True)
    outcome = models.TextField(default="")
    due_at = models.DateTimeField(null=True)
    due_promise = models.TextField(default="")
    level = models.TextField(choices=Level.choices, default=Level.OK)
    level_changes_at = models.DateTimeField(null=True)
    is_paused = models.BooleanField(default=False)
    promise_kept = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    chase_count = models.SmallIntegerField(default=0)
    reopened_count = models.SmallIntegerField(default=0)
    escalated = models.BooleanField(default=False)
    event_count = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False
    )

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
            models.CheckConstraint(condition=~Q(title=""), name="cases_case_titled"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="cases_case_closed_after_opened",
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
            # Of no use to lists of open cases, whatever the planner thinks of its size.
            models.Index(
                fields=["level_changes_at"],
                condition=Q(closed_at__isnull=True, level_changes_at__isnull=False),
                name="cases_level_changes",
            ),
            models.Index(fields=["organisation", "opened_at", "id"], name="cases_by_unit_opened"),
            models.Index(fields=["customer", "opened_at"], name="cases_by_customer"),
            models.Index(
                fields=["account", "opened_at"],
                name="cases_by_account",
                condition=Q(account__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


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


class CaseLink(models.Model):
    """Two cases that belong together: the same matter, a duplicate, a consequence."""

    class Kind(models.TextChoices):
        RELATED = "related"
        DUPLICATE = "duplicate"
        CAUSED_BY = "caused_by"

    case = models.ForeignKey(Case, models.PROTECT, related_name="links")
    other = models.ForeignKey(Case, models.PROTECT, related_name="linked_from")
    kind = models.TextField(choices=Kind.choices)
    linked_by = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other"], name="cases_link_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="cases_link_two"),
        ]


class CaseDraft(models.Model):
    """Text that somebody is typing, or that lost a race, kept until it is saved or dropped."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="drafts", db_index=False)
    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+")
    box = models.TextField()
    values = models.JSONField(default=dict)
    base_version = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "staff", "box"], name="cases_draft_once")
        ]


class CaseCount(models.Model):
    """A kept count: `n` cases in a view of an organisation, for a holder, a day and a pack.

    Views of open work carry the day 0001-01-01. Written by triggers as `CaseCountChange` rows and
    folded in here by a job; a reader adds both.
    """

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    pack = models.TextField(default="")
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "view", "day", "holder", "pack"],
                name="cases_count_once",
            )
        ]


class CaseCountMonth(models.Model):
    """The same counts by calendar month, so that a year is read as twelve rows a holder.

    `month` is its first day. Holds what is folded in; views of open work have no months.
    """

    organisation_id = models.BigIntegerField()
    month = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    pack = models.TextField(default="")
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "view", "month", "holder", "pack"],
                name="cases_count_month_once",
            )
        ]


class CaseCountChange(models.Model):
    """A change of kept counts that is not folded in yet."""

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    pack = models.TextField(default="")
    n = models.IntegerField()


class SavedView(models.Model):
    """A list with its filters, kept by a person for himself or shared with a team."""

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+")
    team = models.ForeignKey("staff.Organisation", models.CASCADE, null=True, related_name="+")
    name = models.TextField()
    query = models.TextField()
    position = models.SmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "name"], name="cases_view_once")]


class CaseViewer(models.Model):
    """Who has a case open: a lease, renewed by the page while it is looked at."""

    pk = models.CompositePrimaryKey("case_id", "staff_id")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    seen_at = models.DateTimeField()
