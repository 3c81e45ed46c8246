"""Lists that are kept: by a person, shared with a team, or official for a unit."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class SavedView(models.Model):
    """A list or a report with its filters, order and columns, all as the query of its address.

    Owned by who made it. `team` shares it with a team; `unit` makes it official for a unit and
    all below it, which takes a right of its own. A dropped view is kept for its undo and swept
    later.
    """

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+")
    team = models.ForeignKey("staff.Organisation", models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey("staff.Organisation", models.CASCADE, null=True, related_name="+")
    page = models.TextField(default="list")  # what its query is of: a list, or a report
    name = models.TextField()
    query = models.TextField()
    position = models.SmallIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff", "page", "name"],
                condition=Q(dropped_at__isnull=True),
                name="cases_view_once",
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(unit__isnull=True), name="cases_view_one_reach"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="cases_view_named"),
            models.CheckConstraint(
                condition=Q(page__in=["list", "report"]), name="cases_view_page"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["counted_at"],
                condition=Q(dropped_at__isnull=True)
                & (Q(team__isnull=False) | Q(unit__isnull=False)),
                name="cases_view_to_count",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ViewPlace(models.Model):
    """Where a person keeps a view beside the built-in ones, or that it is not wanted there."""

    staff = models.ForeignKey("staff.Staff", models.CASCADE, related_name="+", db_index=False)
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="places")
    position = models.SmallIntegerField(default=0)
    pinned = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["staff", "view"], name="cases_view_place_once")
        ]


class ViewCount(models.Model):
    """How many open cases of an organisation a team's or official view holds, for a holder.

    `holder` is the person or team that the view's own list asks for (``mine``, ``team``,
    ``responsible``), 0 where it asks for none. Kept by a job; a reader adds the organisations
    that he sees.
    """

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="counts", db_index=False)
    organisation_id = models.BigIntegerField()
    holder = models.BigIntegerField(default=0)
    n = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["view", "organisation_id", "holder"], name="cases_view_count_once"
            )
        ]
