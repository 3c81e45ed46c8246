"""Tariffs and their dated versions."""

from django.db import models
from django.db.models import Q


class Tariff(models.Model):
    """What a kind of use is charged by, such as water for households, whatever it costs when.

    `pack` and `key` name what a pack brings. `names` and `inputs` are texts by language; `inputs`
    says what is asked of a customer: ``{"people": {"names": {...}, "values": {"yes": {...}}}}``,
    `owners` whose money charges are.
    """

    pack = models.TextField(default="", blank=True, db_collation="C")
    key = models.TextField(db_collation="C")
    service = models.TextField(db_collation="C")
    names = models.JSONField()
    inputs = models.JSONField(default=dict)
    owners = models.JSONField(default=dict)
    place = models.SmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "key"], name="billing_tariff_once"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z][a-z0-9_]{0,59}$"), name="billing_tariff_key"
            ),
            models.CheckConstraint(condition=~Q(service=""), name="billing_tariff_service"),
        ]


class TariffVersion(models.Model):
    """The prices of a tariff from a day on, until the next version: so days have one price each.

    `definition` is read by `rules.tariffs.reading`; `source` says by which document they hold. A
    version is never changed: what was billed under it can be reckoned again.
    """

    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="versions", db_index=False)
    valid_from = models.DateField()
    definition = models.JSONField()
    source = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tariff", "valid_from"], name="billing_tariffversion_once"
            ),
            models.CheckConstraint(
                condition=Q(definition__has_keys=["currency", "unit", "charges"]),
                name="billing_tariffversion_whole",
            ),
        ]
