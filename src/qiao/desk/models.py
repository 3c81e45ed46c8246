"""Tables of the desk: the problem log, and the runs of backups and their tests."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Problem(models.Model):
    """Something that does not work: told by a person, or seen by the product itself.

    What the product sees is one row for each `fingerprint`, counted. It holds kinds and places of
    code only: no message, no value of a row. `path` is without its query.
    """

    class Source(models.TextChoices):
        PERSON = "person"
        PAGE = "page"
        JOB = "job"

    class State(models.TextChoices):
        NEW = "new"
        ACCEPTED = "accepted"
        FIXED = "fixed"
        NO_FAULT = "no_fault"
        DUPLICATE = "duplicate"

    source = models.TextField(choices=Source.choices)
    fingerprint = models.TextField(null=True, unique=True)  # noqa: DJ001 - many people have none
    title = models.TextField()
    body = models.TextField(default="")
    path = models.TextField(default="")
    roles = models.TextField(default="")
    browser = models.TextField(default="")
    app_version = models.TextField()
    request_id = models.TextField(default="")
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    reported_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    count = models.BigIntegerField(default=1)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    state = models.TextField(choices=State.choices, default=State.NEW)
    severity = models.SmallIntegerField(default=3)
    owner = models.ForeignKey("staff.Staff", models.PROTECT, null=True, related_name="+")
    fixed_in = models.TextField(default="")
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="duplicates")
    answer = models.TextField(default="")
    answered_at = models.DateTimeField(null=True)
    answer_seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(source="person", reported_by__isnull=False, fingerprint__isnull=True)
                | (~Q(source="person") & Q(reported_by__isnull=True, fingerprint__isnull=False)),
                name="desk_problem_told_or_seen",
            ),
            models.CheckConstraint(
                condition=~Q(state="fixed") | ~Q(fixed_in=""), name="desk_problem_fixed_in"
            ),
            models.CheckConstraint(
                condition=Q(state="duplicate", duplicate_of__isnull=False)
                | (~Q(state="duplicate") & Q(duplicate_of__isnull=True)),
                name="desk_problem_duplicate_of",
            ),
            models.CheckConstraint(
                condition=Q(severity__range=(1, 4)), name="desk_problem_severity"
            ),
            models.CheckConstraint(
                condition=Q(last_seen_at__gte=models.F("first_seen_at"), count__gte=1),
                name="desk_problem_seen_in_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-last_seen_at", "-id"], name="desk_problem_latest"),
            models.Index(
                fields=["reported_by", "-id"],
                name="desk_problem_of_person",
                condition=Q(reported_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BackupRun(models.Model):
    """A backup, or the test of one (`backup`): asked for, carried out by the keeper, ended.

    Nothing of a person but who asked; no address of a database. `place` is the file. A run is
    alive as long as its process holds the lock of runs, see `queries.backups`.
    """

    class Kind(models.TextChoices):
        BACKUP = "backup"
        TEST = "test"

    class Origin(models.TextChoices):
        PERSON = "person"
        SCHEDULE = "schedule"
        COMMAND = "command"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        REMOVED = "removed"

    class Reason(models.TextChoices):
        DISK_FULL = "disk_full"
        BROKEN_OFF = "broken_off"
        DATABASE = "database"
        FILE = "file"
        MISSING = "missing"
        DAMAGED = "damaged"
        DIFFERS = "differs"
        OTHER_KEY = "other_key"
        NOT_ALLOWED = "not_allowed"

    kind = models.TextField(choices=Kind.choices)
    origin = models.TextField(choices=Origin.choices)
    state = models.TextField(choices=State.choices, default=State.WAITING)
    backup = models.ForeignKey("self", models.CASCADE, null=True, related_name="tests")
    requested_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    step = models.TextField(default="")
    reason = models.TextField(choices=Reason.choices, default="")
    needed_bytes = models.BigIntegerField(null=True)
    free_bytes = models.BigIntegerField(null=True)
    differing = models.JSONField(default=list)
    release = models.TextField(default="")
    place = models.TextField(default="")
    is_ours = models.BooleanField(default=False)
    size_bytes = models.BigIntegerField(null=True)
    table_count = models.BigIntegerField(null=True)
    row_count = models.BigIntegerField(null=True)
    file_count = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="running"), name="desk_backuprun_one_runs"
            ),
            models.UniqueConstraint(
                fields=["state"], condition=Q(state="waiting"), name="desk_backuprun_one_waits"
            ),
            models.CheckConstraint(
                condition=Q(kind="test", backup__isnull=False)
                | Q(kind="backup", backup__isnull=True),
                name="desk_backuprun_test_of",
            ),
            models.CheckConstraint(
                condition=Q(origin="person", requested_by__isnull=False)
                | (~Q(origin="person") & Q(requested_by__isnull=True)),
                name="desk_backuprun_asked_by",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", reason__gt="") | (~Q(state="failed") & Q(reason="")),
                name="desk_backuprun_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", started_at__isnull=True)
                | (~Q(state="waiting") & Q(started_at__isnull=False)),
                name="desk_backuprun_started",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | Q(
                    ~Q(state__in=["waiting", "running"]),
                    finished_at__gte=models.F("started_at"),
                ),
                name="desk_backuprun_finished",
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(table_count__isnull=False, row_count__isnull=False, file_count__isnull=False),
                name="desk_backuprun_counted",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "-id"], name="desk_backuprun_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Tab(models.Model):
    """Something that a person has open: a page about a customer or what belongs to one.

    `kind` names a `TabKind` of a manifest. Words are read when the strip is drawn, never kept. A
    closed tab keeps its place for a day, so that it can be brought back.
    """

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    kind = models.TextField()
    subject_id = models.BigIntegerField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "kind", "subject_id"], name="desk_tab_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["closed_at"], name="desk_tab_closed", condition=Q(closed_at__isnull=False)
            )
        ]
