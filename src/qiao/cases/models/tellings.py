"""What a customer is to be told of a case unasked, and what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from qiao.cases.models.case import Case


class CaseTelling(models.Model):
    """An occasion on which the customer of a case is told something.

    Written with the entry that gives the occasion, in its transaction; a job turns it into a
    message. `mark` is the entry's place in the history, or what ran out when: nothing is told
    twice. `message_id` is the message of the module `messaging`; `reason` why there is none.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        TOLD = "told"
        UNTOLD = "untold"

    case = models.ForeignKey(Case, models.PROTECT, related_name="tellings", db_index=False)
    occasion = models.TextField()
    mark = models.TextField()
    noted_at = models.DateTimeField()
    state = models.TextField(choices=State.choices, default=State.PENDING)
    reason = models.TextField(default="", blank=True)
    message_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "occasion", "mark"], name="cases_casetelling_once"
            ),
            models.CheckConstraint(
                condition=Q(state="untold") | Q(reason=""), name="cases_casetelling_reasoned"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["noted_at", "id"],
                condition=Q(state="pending"),
                name="cases_casetelling_pending",
            )
        ]
