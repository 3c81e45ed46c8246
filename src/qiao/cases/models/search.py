"""What cases are found by: their words, folded, and the pieces of them that an index holds."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from qiao.cases.models.case import Case


class CaseSearch(models.Model):
    """Words of a case (number, title, request, place, caller, notes, answers), one text a line.

    Written by triggers of ``cases_case`` and ``cases_caseevent`` alone, whatever code or console
    made the change. `grams` also hold the week in which the case was opened (``@w`` and its
    number since 1970), so that the newest of very many are found without looking at all.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    organisation_id = models.BigIntegerField()
    opened_at = models.DateTimeField()
    words = models.TextField()
    grams = ArrayField(models.TextField())

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["grams"], name="cases_search_grams", fastupdate=False),
        ]


class OpenCaseSearch(models.Model):
    """Words of the open cases once more: so few are found without looking among all closed ones.

    A row comes and goes as the case is opened and closed, which leaves the index of all alone.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    organisation_id = models.BigIntegerField()
    words = models.TextField()
    grams = ArrayField(models.TextField())

    class Meta:
        indexes: ClassVar = [
            GinIndex(fields=["grams"], name="cases_search_open", fastupdate=False),
        ]
