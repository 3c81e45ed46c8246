"""Customers who were not satisfied in a survey, and whether somebody has spoken with them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.feedback.models.surveys import SurveyInvitation


class SurveyCallQuerySet(models.QuerySet["SurveyCall"]):
    """Reads that respect rights."""

    def visible_to(self, actor: Actor, permission: str = "followups.view") -> Self:
        """Those of the organisations in which the actor may see follow-ups."""
        return self.filter(organisation_id__in=actor.organisations(permission))

    def open(self) -> Self:
        """Those that nobody has spoken with yet."""
        return self.filter(finished_at__isnull=True)


class SurveyCall(models.Model):
    """A call that follows a poor answer: `points` of five were given all in all.

    It ends when the customer was spoken with or does not want to (``reached``, ``refused``), when
    enough attempts were made (``unreached``), or by itself when they gave a better answer before
    anybody had called (``withdrawn``). `note` is what the last attempt or the talk came to.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("survey call", "To be called")
        REACHED = "reached", pgettext_lazy("survey call", "Spoken with")
        REFUSED = "refused", pgettext_lazy("survey call", "Did not want to talk")
        UNREACHED = "unreached", pgettext_lazy("survey call", "Not reached")
        WITHDRAWN = "withdrawn", pgettext_lazy("survey call", "Gave a better answer")

    invitation = models.OneToOneField(
        SurveyInvitation, models.CASCADE, related_name="call", db_index=False
    )
    organisation = models.ForeignKey(
        "staff.Organisation", models.PROTECT, related_name="+", db_index=False
    )
    points = models.SmallIntegerField()
    state = models.TextField(choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempt_count = models.SmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    note = models.TextField(default="", blank=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(
        "staff.Staff", models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = SurveyCallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", finished_at__isnull=True)
                | Q(
                    state__in=["reached", "refused", "unreached", "withdrawn"],
                    finished_at__isnull=False,
                ),
                name="feedback_surveycall_ends",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "due_at", "id"],
                condition=Q(finished_at__isnull=True),
                name="feedback_surveycall_due",
            ),
            models.Index(
                fields=["organisation", "-finished_at", "-id"],
                condition=Q(finished_at__isnull=False),
                name="feedback_surveycall_done",
            ),
        ]
