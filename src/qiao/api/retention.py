"""What the api module keeps how long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from qiao.api.operations.calls import IDEMPOTENCY
from qiao.core.manifest import Retention
from qiao.core.retention import BY_PLACE


def _let_deliveries_go(idents: Sequence[Any], _now: datetime) -> None:
    with connection.cursor() as cursor:
        for sql in (
            "DELETE FROM api_attempt WHERE delivery_id = ANY(%(ids)s)",
            "DELETE FROM api_delivery WHERE id = ANY(%(ids)s)",
        ):
            cursor.execute(sql, {"ids": list(idents)})


RETENTION = (
    Retention(
        key="api.deliveries",
        label=_("Messages to other systems"),
        about=_("Deleted with their attempts once they ended"),
        table="api_delivery",
        due="r.state <> 'waiting' AND r.finished_at < %(before)s",
        keep=30,
        most=365,
        because=_("One month: a receiver that was down is supplied again"),
        clear=_let_deliveries_go,
    ),
    Retention(
        key="api.answers",
        label=_("Remembered answers to programs"),
        about=_("Deleted; the same call would then be done again"),
        table="core_idempotencykey",
        due=f"starts_with(r.scope, '{IDEMPOTENCY}') AND r.created_at < %(before)s",
        ident=BY_PLACE,
        keep=7,
        most=90,
        because=_("One week: a program that repeats a call does so within hours"),
    ),
    Retention(
        key="api.usage",
        label=_("Figures of calls by day"),
        about=_("Deleted"),
        table="api_usage",
        due="r.day < %(before)s::date",
        keep=400,
        least=31,
        because=_("A year and a month: this month is compared with last year's"),
    ),
)
