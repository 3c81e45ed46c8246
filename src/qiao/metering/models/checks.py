"""The checks of readings that hold, from which day on."""

from django.db import models
from django.db.models import Q


class Check(models.Model):
    """A version of a check: see `rules.checks`. Without `service` it holds for all of them.

    `parameters` are decimal texts by name, `source` says by language why. What a pack brought is
    not overwritten by it again.
    """

    service = models.TextField(default="", blank=True, db_collation="C")
    key = models.TextField(db_collation="C")
    valid_from = models.DateField()
    severity = models.TextField()
    parameters = models.JSONField(default=dict)
    source = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "key", "valid_from"], name="metering_check_once"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=["stop", "note", "off"]),
                name="metering_check_severity",
            ),
        ]
