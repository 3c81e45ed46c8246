"""Which rungs of its ladder a case has climbed."""

from django.db import models

from qiao.cases.models.case import Case


class CaseRung(models.Model):
    """A rung that a case climbed, once in each round of a promise; who was told stands in the
    case's history. For a case that nobody takes, `promise` is empty and `round` is the place in
    the history since which nobody has it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="rungs", db_index=False)
    promise = models.TextField()
    round = models.IntegerField()
    rung = models.TextField()
    reached_at = models.DateTimeField()
    climbed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "promise", "round", "rung"], name="cases_rung_once"
            )
        ]
