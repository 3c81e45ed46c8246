"""The forms of case types as the administration lists them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases import definitions
from qiao.cases.models import ProcessDraft, ProcessVersion
from qiao.cases.queries.processes import (
    in_force,
    offer_of,
    planned,
    require_design,
)
from qiao.cases.rules.case_forms import PREFIX, form_key
from qiao.core.actor import Actor

_SIZES: Final = """
SELECT id, jsonb_array_length(coalesce(definition->'fields', '[]')),
       jsonb_array_length(coalesce(definition->'rules', '[]'))
  FROM cases_processversion WHERE id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class FormListLine:
    """The form of a case type in the list. `planned` comes into force later; `offer` is a text of
    the pack that waits beside what the house published."""

    key: str
    name: Any
    type_key: str
    group: str
    icon: str
    current: ProcessVersion
    planned: ProcessVersion | None
    offer: ProcessVersion | None
    fields: int
    rules: int
    drafts: int


def list_forms(*, actor: Actor, now: datetime) -> list[FormListLine]:
    """The form of every case type of the enabled packs, in their order.

    Raises `qiao.core.actor.Forbidden`.
    """
    require_design(actor)
    held: dict[str, list[ProcessVersion]] = {}
    rows = ProcessVersion.objects.filter(key__startswith=PREFIX).order_by("key", "-version")
    for row in rows.defer("definition"):
        held.setdefault(row.key, []).append(row)
    current = {key: found for key, rows in held.items() if (found := in_force(rows, now))}
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, [[row.pk for row in current.values()]])
        sizes = {pk: (fields, rules) for pk, fields, rules in cursor.fetchall()}
    drafts = _drafts()
    return [
        FormListLine(
            key=key,
            name=definition.name,
            type_key=definition.key,
            group=definition.group,
            icon=definition.icon,
            current=current[key],
            planned=next(iter(planned(held[key], now)), None),
            offer=offer_of(held[key], now),
            fields=sizes[current[key].pk][0],
            rules=sizes[current[key].pk][1],
            drafts=drafts.get(key, 0),
        )
        for definition in definitions.case_types().values()
        if (key := form_key(definition.key)) in current
    ]


def _drafts() -> dict[str, int]:
    """How many drafts stand, by the key of their form."""
    standing = [ProcessDraft.State.OPEN, ProcessDraft.State.ASKED]
    rows = ProcessDraft.objects.filter(state__in=standing, key__startswith=PREFIX)
    counts: dict[str, int] = {}
    for key in rows.values_list("key", flat=True):
        counts[key] = counts.get(key, 0) + 1
    return counts
