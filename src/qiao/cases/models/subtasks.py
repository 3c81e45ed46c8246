"""Sub-tasks: parts of a case's work that somebody else does by a day."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qiao.cases.models.case import Case


class SubTask(models.Model):
    """A piece of work within a case, owed by one person or one team.

    It is done, or dropped for a reason (`words`); either ends it, and it can be taken up again.
    A case cannot be finished while one is open. `title` may hold a customer's words.
    """

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        DROPPED = "dropped"

    case = models.ForeignKey(Case, models.PROTECT, related_name="subtasks", db_index=False)
    title = models.TextField()
    staff = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        "staff.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    due_at = models.DateTimeField(null=True)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    words = models.TextField(default="")
    given_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(staff__isnull=True, team__isnull=False)
                | Q(staff__isnull=False, team__isnull=True),
                name="cases_subtask_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | Q(state="done", ended_at__isnull=False, ended_by__isnull=False)
                | (Q(state="dropped", ended_at__isnull=False, ended_by__isnull=False)
                   & ~Q(words="")),
                name="cases_subtask_ended_whole",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="cases_subtask_titled"),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(fields=["case", "id"], name="cases_subtask_of_case"),
            models.Index(
                fields=["staff", "due_at", "id"],
                condition=Q(state="open", staff__isnull=False),
                name="cases_subtask_of_staff",
            ),
            models.Index(
                fields=["team", "due_at", "id"],
                condition=Q(state="open", team__isnull=False),
                name="cases_subtask_of_team",
            ),
        ]
