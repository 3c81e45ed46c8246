"""Contacts found by number or by the telephone number they came from."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from qiao.contact.queries.reading import RIGHT, ROW, InteractionRow
from qiao.core.actor import Actor
from qiao.core.rules import phones
from qiao.core.rules.numbers import normal_form

FEWEST_DIGITS = 4
PREFIX = "JC"


def find_interactions(*, actor: Actor, text: str, limit: int = 8) -> Sequence[InteractionRow]:
    """Contacts whose number begins so (with or without ``JC``), or who called from that number."""
    arms, values = _arms(text)
    if not arms:
        return []
    values |= {"organisations": list(actor.organisations(RIGHT)), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(
            f"{ROW} WHERE (i.organisation_id + 0) = ANY(%(organisations)s)"
            f" AND i.state <> 'abandoned' AND i.id IN ({' UNION '.join(arms)})"
            " ORDER BY i.started_at DESC, i.id DESC LIMIT %(limit)s",
            values,
        )
        return [InteractionRow(*row) for row in cursor.fetchall()]


def _arms(text: str) -> tuple[list[str], dict[str, Any]]:
    arms: list[str] = []
    values: dict[str, Any] = {}
    number = normal_form(text)
    stem = number.removeprefix(PREFIX)
    if stem.isdecimal() and len(stem) >= FEWEST_DIGITS and number in (stem, PREFIX + stem):
        arms.append(
            "(SELECT id FROM contact_interaction WHERE number >= %(number)s"
            " AND number < %(number_end)s ORDER BY number DESC"
            " LIMIT %(limit)s)"
        )
        values |= {"number": PREFIX + stem, "number_end": PREFIX + stem + ":"}
    phone = phones.try_normalise(text)
    if phone:
        arms.append(
            "(SELECT id FROM contact_interaction WHERE caller_phone = %(phone)s"
            " ORDER BY started_at DESC LIMIT %(limit)s)"
        )
        values["phone"] = phone
    return arms, values
