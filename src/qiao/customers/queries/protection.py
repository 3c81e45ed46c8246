"""Protections: on the customer's page, on the list of those that need a person, and of a place."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import F

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.customers.models import Customer, ProtectedFlag, Protection
from qiao.customers.queries.people import NotVisible, get_customer_for, held_as
from qiao.customers.rules.protection import EFFECTS

PROTECT: Final = "customers.protect"
VIEW: Final = "customers.view"

_STEPS: Final = """
SELECT coalesce(json_agg(json_build_object(
           'act', t.act, 'at', t.at, 'words', t.words, 'until', t.until,
           'by', coalesce(w.name, '')) ORDER BY t.id), '[]')
  FROM customers_protectionstep t LEFT JOIN staff_staff w ON w.id = t.by_id
 WHERE t.protection_id = p.id
"""
_ONE: Final = f"""
SELECT p.id, p.kind, p.reason, p.since, p.until, p.grace_until, p.prove_by, p.review_date,
       p.stage, p.claimed_at, p.confirmed_at, p.certificate, p.issuer, p.seen_date, p.ended_at,
       p.end_reason, h.id AS premises, coalesce(h.full_text, '') AS place,
       d.id AS document, coalesce(d.title, '') AS document_title,
       coalesce(e.name, '') AS claimed_by, coalesce(f.name, '') AS confirmed_by,
       p.ended_at IS NULL AND EXISTS (
           SELECT 1 FROM core_approval a WHERE a.kind = 'protection.end' AND a.subject_id = p.id
              AND a.state = 'pending') AS waits,
       ({_STEPS}) AS steps
  FROM customers_protection p
  LEFT JOIN customers_premises h ON h.id = p.premises_id
  LEFT JOIN customers_document d ON d.id = p.document_id
  LEFT JOIN staff_staff e ON e.id = p.claimed_by_id
  LEFT JOIN staff_staff f ON f.id = p.confirmed_by_id
"""
_PANEL: Final = f"""
SELECT CASE WHEN count(*) > 0 THEN json_build_object('rows', json_agg(x)) END
  FROM ({_ONE}
 WHERE p.customer_id = ANY(%(customer_ids)s::bigint[])
   AND cardinality(%(organisation_ids)s) > 0 {{only}}
 ORDER BY p.ended_at DESC NULLS FIRST, p.id LIMIT 20) x
"""
IN_FORCE: Final = _PANEL.format(only="AND p.ended_at IS NULL")
HISTORY: Final = _PANEL.format(only="")


def get_protection_for(*, actor: Actor, protection_id: int) -> Protection:
    """A protection of a customer whom the actor may see. Raises `NotVisible`."""
    found = Protection.objects.filter(pk=protection_id).first()
    if found is None:
        raise NotVisible(f"protection {protection_id}")
    get_customer_for(actor=actor, customer_id=found.customer_id)
    return found


def protection_words() -> dict[str, str]:
    """All kinds of protection by key, in the reader's language."""
    return {key: str(label) for key, label in ProtectedFlag.choices}


def flag_words(flags: Iterable[str]) -> list[str]:
    """Kinds of protection in the reader's language; unknown ones as they are."""
    known = protection_words()
    return [known.get(each, each) for each in flags]


def whose(row: Protection) -> Customer:
    """The customer whom it protects: of a merged record, the one who stands for it."""
    sql = "SELECT c.* FROM customers_customer c WHERE c.id = customers_survivor(%s)"
    return Customer.objects.raw(sql, [row.customer_id])[0]


@dataclass(frozen=True, slots=True)
class ProtectionRecord:
    """A protection as other systems see it."""

    protection_id: int
    kind: str
    stage: str
    effects: tuple[str, ...]
    premises_id: int | None
    since: date
    until: date | None
    is_proven: bool


def protection_records(*, actor: Actor, customer_id: int) -> list[ProtectionRecord]:
    """What is in force of a customer, then what ended, the latest first; at most a hundred.

    Raises `NotVisible`.
    """
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    rows = Protection.objects.filter(customer__in=held_as(customer.pk))
    return [
        ProtectionRecord(
            row.pk,
            row.kind,
            row.stage,
            EFFECTS[row.kind],
            row.premises_id,
            row.since,
            row.until,
            row.is_proven,
        )
        for row in rows.order_by(F("ended_at").desc(nulls_first=True), "id")[:100]
    ]


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A protection on the list, with whom it protects."""

    protection_id: int
    customer_id: int
    name: str
    tier: str
    kind: str
    stage: str
    due_date: date
    until: date | None
    is_proven: bool
    place: str
    branch: str
    reminded_at: datetime | None
    waits: bool


_WORK: Final = """
SELECT p.id, c.id, c.name, c.tier, p.kind, p.stage, p.due_date, p.until,
       p.confirmed_at IS NOT NULL, coalesce(h.full_text, ''), o.name,
       (SELECT max(t.at) FROM customers_protectionstep t
         WHERE t.protection_id = p.id AND t.act = 'reminded'),
       EXISTS (SELECT 1 FROM core_approval a WHERE a.kind = 'protection.end'
                  AND a.subject_id = p.id AND a.state = 'pending')
  FROM customers_protection p
  JOIN customers_customer c ON c.id = customers_survivor(p.customer_id)
  JOIN staff_organisation o ON o.id = p.organisation_id
  LEFT JOIN customers_premises h ON h.id = p.premises_id
 WHERE p.stage IN ('due', 'grace', 'overdue')
   AND p.organisation_id = ANY(%(organisations)s::bigint[])
   AND (%(stage)s = '' OR p.stage = %(stage)s) AND (%(kind)s = '' OR p.kind = %(kind)s)
   AND (p.due_date, p.id) > (%(day)s::date, %(after)s)
 ORDER BY p.due_date, p.id LIMIT %(limit)s
"""
_COUNTS: Final = """
SELECT p.stage, count(*) FROM customers_protection p
 WHERE p.stage IN ('due', 'grace', 'overdue')
   AND p.organisation_id = ANY(%(organisations)s::bigint[])
   AND (%(kind)s = '' OR p.kind = %(kind)s)
 GROUP BY p.stage
"""


def _units(actor: Actor, branch: int | None) -> list[int]:
    units = actor.organisations(PROTECT)
    return [unit for unit in units if branch in (None, unit)]


def protection_work(
    *,
    actor: Actor,
    kind: str = "",
    stage: str = "",
    branch: int | None = None,
    after: tuple[date, int] = (date.min, 0),
    limit: int = 50,
) -> tuple[list[WorkLine], tuple[date, int] | None]:
    """A page of protections that need a person, the longest due first, and where it ends."""
    values: dict[str, Any] = {
        "organisations": _units(actor, branch),
        "kind": kind,
        "stage": stage,
        "day": after[0],
        "after": after[1],
        "limit": limit + 1,
    }
    rows = [WorkLine(*row) for row in fetch_all(_WORK, values)]
    page = rows[:limit]
    more = len(rows) > limit
    return page, (page[-1].due_date, page[-1].protection_id) if more else None


def protection_counts(
    *, actor: Actor, kind: str = "", branch: int | None = None
) -> dict[str, int]:
    """How many need a person, by stage."""
    values: dict[str, Any] = {"organisations": _units(actor, branch), "kind": kind}
    return dict(fetch_all(_COUNTS, values))


def protections_at(*, actor: Actor, account_id: int, limit: int) -> list[Protection]:
    """What is in force at the place of an account that the actor may see."""
    rows = Protection.objects.filter(
        ended_at__isnull=True,
        customer__in=Customer.objects.visible_to(actor),
        premises__service_points__accounts__id=account_id,
        premises__service_points__accounts__organisation__in=list(actor.organisations(VIEW)),
    )
    return list(rows.select_related("customer").order_by("id")[:limit])
