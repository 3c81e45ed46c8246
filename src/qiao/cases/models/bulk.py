"""One change asked for many cases: what was foreseen for each, and what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qiao.cases.models.case import Case


class BulkRun(models.Model):
    """A change of many cases: foreseen for each, then made in the background, each by itself.

    `kind` is a key of `operations.bulk_kinds`, `terms` what it was asked with. `undo_of` names the
    run that this one takes back.
    """

    class State(models.TextChoices):
        FORESEEING = "foreseeing"
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        CANCELLED = "cancelled"

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    kind = models.TextField()
    terms = models.JSONField(default=dict)
    state = models.TextField(choices=State.choices)
    language = models.TextField()
    undo_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="undone_by", db_index=False
    )
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["foreseeing", "ready", "running", "done", "cancelled"]),
                name="cases_bulk_state",
            ),
            models.UniqueConstraint(
                fields=["undo_of"],
                condition=Q(undo_of__isnull=False),
                name="cases_bulk_undone_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["staff", "-id"], name="cases_bulk_mine")]


class BulkItem(models.Model):
    """One case of a run. `problem` says why it will not, or could not, be changed; `before` is
    what undoing needs."""

    class State(models.TextChoices):
        NEW = "new"
        WAITING = "waiting"
        REFUSED = "refused"
        DONE = "done"
        FAILED = "failed"

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="items", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", db_index=False)
    state = models.TextField(choices=State.choices, default=State.NEW)
    problem = models.TextField(default="")
    before = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "case"], name="cases_bulk_item_once"),
            models.CheckConstraint(
                condition=Q(state__in=["new", "waiting", "refused", "done", "failed"]),
                name="cases_bulk_item_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["run", "state", "id"], name="cases_bulk_item_next")
        ]
