"""Reading numbers that may lead to nobody: the panel of a customer, and the work to be done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules.phones import join_extension
from qiao.customers.models import Customer, CustomerPhone
from qiao.customers.queries.people import NotVisible, get_customer_for, held_as
from qiao.customers.queries.search import ids_of, visible

# Numbers that lead to the customer with what is known of each.
_PHONES: Final = """
    SELECT json_agg(p ORDER BY p.standing <> '', p.is_own DESC, p.is_primary DESC, p.id)
      FROM (SELECT DISTINCT ON (p.number, p.extension) p.id, p.number, p.extension, p.label,
                   p.is_primary, p.customer_id = %(customer_id)s AS is_own, p.standing,
                   p.standing_since AS since, p.standing_reason AS reason, p.created_at,
                   (SELECT json_build_object('at', a.at, 'outcome', a.outcome)
                      FROM customers_phoneattempt a
                     WHERE a.customer_id = ANY(%(customer_ids)s::bigint[]) AND a.number = p.number
                       AND a.extension = p.extension
                     ORDER BY a.at DESC, a.id DESC LIMIT 1) AS last
              FROM customers_customerphone p
             WHERE p.customer_id = ANY(%(customer_ids)s::bigint[])
             ORDER BY p.number, p.extension, is_own DESC, p.id LIMIT 20) p
"""
# The same beside a case, absent where none is known.
REACH: Final = f"""
SELECT json_build_object('id', %(customer_id)s::bigint, 'phones', p.phones)
  FROM (SELECT ({_PHONES}) AS phones) p
 WHERE p.phones IS NOT NULL
   AND EXISTS (SELECT FROM customers_customerorganisation l
                WHERE l.customer_id = %(customer_id)s
                  AND l.organisation_id = ANY(%(organisation_ids)s))
"""  # noqa: S608 - our own pieces
# And those that led there before.
PANEL: Final = f"""
SELECT json_build_object('id', %(customer_id)s::bigint, 'phones', coalesce(({_PHONES}), '[]'),
    'former', (
    SELECT coalesce(json_agg(f ORDER BY f.until DESC), '[]')
      FROM (SELECT * FROM (
                SELECT DISTINCT ON (f.number, f.extension, f.until) f.id, f.number, f.extension,
                       f.label, f.since, f.until, f.reason
                  FROM customers_formerphone f
                 WHERE f.customer_id = ANY(%(customer_ids)s::bigint[])
                 ORDER BY f.number, f.extension, f.until, f.since, f.id) once
             ORDER BY once.until DESC LIMIT 20) f))
"""  # noqa: S608 - our own pieces


# A number that several records of the customer hold stands as the worst of them does.
_TO_CALL = """
SELECT p.number, p.extension, max(p.standing)
  FROM (SELECT coalesce(customers_survivor(%(id)s), %(id)s) AS id) s
  JOIN customers_customerphone p ON p.customer_id = ANY(customers_held_as(s.id))
 GROUP BY p.number, p.extension
 ORDER BY max(p.standing) <> '', bool_or(p.customer_id = s.id) DESC,
       bool_or(p.customer_id = s.id AND p.is_primary) DESC, bool_or(p.is_primary) DESC, min(p.id)
 LIMIT 50
"""


def number_to_call(*, customer_id: int | None, preferred: str = "") -> str:
    """The number on which to call a customer, in the stored form; empty for none.

    `preferred` is the one they called from: it comes first unless it may lead to nobody and
    another one does not.
    """
    if customer_id is None:
        return preferred
    held = {
        join_extension(number, extension): standing
        for number, extension, standing in fetch_all(_TO_CALL, {"id": customer_id})
    }
    first = next(iter(held), "")
    if preferred and (not held.get(preferred) or held[first]):
        return preferred
    return first


@dataclass(frozen=True, slots=True)
class FlaggedNumber:
    """A number that is doubtful or wrong, and whose it is; `standing` and `reason` are keys."""

    phone_id: int
    customer_id: int
    name: str
    tier: str
    number: str
    extension: str
    label: str
    standing: str
    reason: str
    since: datetime
    others: int

    @property
    def row(self) -> dict[str, Any]:
        """As `{% phone %}` takes it."""
        return {"id": self.phone_id, "number": self.number, "extension": self.extension,
                "standing": self.standing, "since": self.since, "reason": self.reason}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FlaggedPage:
    """Some of them, the latest first, and the cursor of what follows (empty: nothing does)."""

    lines: list[FlaggedNumber]
    following: str


_FLAGGED = f"""
SELECT p.id, s.id, c.name, c.tier, p.number, p.extension, p.label, p.standing, p.standing_reason,
       p.standing_since,
       (SELECT count(DISTINCT (o.number, o.extension)) FROM customers_customerphone o
         WHERE o.customer_id = ANY(h.ids) AND o.standing = '')
  FROM customers_customerphone p
  JOIN LATERAL (SELECT customers_survivor(p.customer_id) AS id) s ON true
 CROSS JOIN LATERAL (SELECT {ids_of("s.id")} AS ids) h
  JOIN customers_customer c ON c.id = s.id
 WHERE p.standing > '' AND (%(reason)s = '' OR p.standing_reason = %(reason)s)
   AND (%(since)s::timestamptz IS NULL
        OR (p.standing_since, p.id) < (%(since)s::timestamptz, %(id)s))
   AND {visible("s.id")}
   AND NOT EXISTS (SELECT 1 FROM customers_customerphone o
                    WHERE o.customer_id = ANY(h.ids) AND o.number = p.number
                      AND o.extension = p.extension AND o.standing > ''
                      AND (o.standing_since, o.id) > (p.standing_since, p.id))
 ORDER BY p.standing_since DESC, p.id DESC
 LIMIT %(limit)s
"""  # noqa: S608 - this module's own pieces; values are bound


def flagged_numbers(
    *, actor: Actor, reason: str = "", after: str = "", limit: int = 30
) -> FlaggedPage:
    """Numbers of visible customers that are doubtful or wrong, since when, the latest first.

    `reason` narrows to one outcome; `after` is the cursor of the page before, a strange one begins
    anew.
    """
    since, pk = _cursor(after)
    rows = fetch_all(
        _FLAGGED,
        {
            "reason": reason,
            "since": since,
            "id": pk,
            "organisations": list(actor.organisations("customers.view")),
            "limit": limit + 1,
        },
    )
    lines = [FlaggedNumber(*row) for row in rows[:limit]]
    last = lines[-1] if len(rows) > limit else None
    return FlaggedPage(lines, f"{last.since.isoformat()}_{last.phone_id}" if last else "")


def _cursor(text: str) -> tuple[datetime | None, int]:
    moment, _, pk = text.partition("_")
    try:
        since = datetime.fromisoformat(moment)
    except ValueError:
        return None, 0
    return (since, int(pk)) if pk.isdecimal() and since.tzinfo and len(pk) < 19 else (None, 0)


def phone_of(*, actor: Actor, customer_id: int, phone_id: int) -> tuple[Customer, CustomerPhone]:
    """A number of a visible customer, or of a row merged into them. Raises `NotVisible`."""
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    found = CustomerPhone.objects.filter(pk=phone_id, customer_id__in=held_as(customer.pk)).first()
    if found is None:
        raise NotVisible(f"telephone number {phone_id}")
    return customer, found
