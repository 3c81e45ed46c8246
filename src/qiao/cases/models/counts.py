"""Counts that are kept instead of counted."""

from django.db import models


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
