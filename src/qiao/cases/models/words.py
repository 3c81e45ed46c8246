"""What somebody of the house promised a customer in words."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from qiao.cases.models.case import Case


class CaseWord(models.Model):
    """A promise in words: what, until when, who keeps it; beside what the case type promises.

    `source` is where it was given: the box ``answer``, ``reply`` or ``note``, or empty. `done_at`
    is when it was done, also where that was too late: a broken word may still be made good.
    """

    class State(models.TextChoices):
        OPEN = "open"
        KEPT = "kept"
        BROKEN = "broken"
        WITHDRAWN = "withdrawn"

    case = models.ForeignKey(Case, models.PROTECT, related_name="words", db_index=False)
    text = models.TextField()
    source = models.TextField(default="", blank=True)
    due_at = models.DateTimeField()
    given_at = models.DateTimeField()
    given_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    keeper = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="cases_caseword_said"),
            models.CheckConstraint(
                condition=Q(due_at__gt=F("given_at")), name="cases_caseword_ahead"
            ),
            models.CheckConstraint(
                condition=Q(done_at__lte=F("due_at"), state="kept")
                | Q(done_at=None, state="broken")
                | Q(done_at__gt=F("due_at"), state="broken")
                | Q(done_at=None, state__in=["open", "withdrawn"]),
                name="cases_caseword_decided",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "id"], name="cases_caseword_of"),
            models.Index(
                fields=["due_at", "id"], condition=Q(state="open"), name="cases_caseword_due"
            ),
            models.Index(
                fields=["keeper", "due_at"],
                condition=Q(state="open"),
                name="cases_caseword_keeper",
            ),
        ]
