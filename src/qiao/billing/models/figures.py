"""Kept figures of money: billed, paid and owed by day, for pages that never add up the ledger."""

from typing import ClassVar

from django.db import models


class MoneyFigure(models.Model):
    """A kept sum, in minor units: `view` and `holder` tell of what, `day` when; see `core.kept`.

    Views: ``billed`` by currency and service on the day booked, ``earned`` by currency and owner,
    ``paid`` by currency and service, ``owed`` by currency and service on the day that it is due;
    ``bills`` counts bills. A holder is ``CNY:water``. What other systems bill is in them too,
    its owner ``elsewhere``. ``payments`` counts payments on the day booked, ``taken`` sums those
    that hold, by currency, service and channel or feed: ``CNY:water:bank``, ``CNY:water:feed-7``.
    """

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "view", "day", "holder"], name="billing_figure_once"
            )
        ]


class MoneyFigureChange(models.Model):
    """A change of a kept figure that is not folded in yet."""

    organisation_id = models.BigIntegerField()
    day = models.DateField()
    view = models.TextField()
    holder = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["view", "organisation_id"], name="billing_figurechange_view")
        ]
