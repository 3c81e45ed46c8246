"""Drafts of processes: what administrators work on beside the version in force."""

from django.db import models
from django.db.models import Q

from qiao.cases.models.definitions import ProcessVersion


class ProcessDraft(models.Model):
    """A process (or the form of a case type) as somebody would have it, begun from a version.

    It may hold faults; only publishing refuses them. `revision` grows with every save. While a
    second person is asked it stands still, and what was asked for is what is published.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ASKED = "asked"
        PUBLISHED = "published"
        DROPPED = "dropped"

    key = models.TextField()
    definition = models.JSONField()
    based_on = models.ForeignKey(ProcessVersion, models.PROTECT, related_name="+", db_index=False)
    published = models.ForeignKey(
        ProcessVersion, models.PROTECT, null=True, related_name="+", db_index=False
    )
    revision = models.IntegerField(default=1)
    state = models.TextField(choices=State.choices, default=State.OPEN)
    begun_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    begun_at = models.DateTimeField()
    changed_by = models.ForeignKey("staff.Staff", models.PROTECT, related_name="+", db_index=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "asked", "published", "dropped"]),
                name="cases_processdraft_state",
            ),
            models.CheckConstraint(
                condition=Q(state="published", published__isnull=False)
                | (~Q(state="published") & Q(published__isnull=True)),
                name="cases_processdraft_published",
            ),
        ]
        indexes = [models.Index(fields=["key", "-changed_at"], name="cases_processdraft_by_key")]
