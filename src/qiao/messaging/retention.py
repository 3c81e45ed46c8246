"""What the messaging module keeps how long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Retention
from qiao.core.models import Attachment
from qiao.core.retention import nothing_holds
from qiao.messaging.operations.sending import OWNER_KIND

_IDS = "customers_held_as(coalesce(customers_survivor(r.customer_id), r.customer_id))"


def _clear(idents: Sequence[Any], now: datetime) -> Sequence[Any]:  # noqa: ARG001 - as called
    """Take the words and the receiver out; that somebody was told stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE messaging_message r"  # noqa: S608 - this module's own pieces
            " SET to_name = '', to_address = '', title = '–', body = '–', stop_url = '',"
            " receipt = '', key = NULL"
            f" WHERE r.id = ANY(%(ids)s) AND {nothing_holds(_IDS)} RETURNING r.id",
            {"ids": list(idents)},
        )
        cleared = [pk for (pk,) in cursor.fetchall()]
    Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id__in=cleared).delete()
    return [pk for pk in idents if pk not in set(cleared)]


RETENTION = (
    Retention(
        key="messaging.texts",
        label=_("Texts of messages"),
        about=_("Receiver, words and files go; that somebody was told stays"),
        table="messaging_message",
        due="r.ended_at < %(before)s AND r.body <> '–'",
        keep=1_095,
        least=180,
        because=_("Three years: as long as a claim may follow from a notice"),
        law=_("Civil Code of the PRC, article 188: claims lapse after three years"),
        customer_ids=_IDS,
        clear=_clear,
        batch=1_000,
    ),
)
