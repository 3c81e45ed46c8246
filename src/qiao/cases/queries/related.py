"""Cases beside a customer or a place: open ones, repeats, possible doubles, found by number."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from qiao.cases.queries.decoding import plain as decoded
from qiao.cases.queries.searching import Words, matching, newest_matching, read_words
from qiao.core.actor import Actor

REPEAT_DAYS = 30
MOST_PRESSING = 1_000  # open cases that hold a word; of more the newest are offered


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a line of another page shows it."""

    case_id: int
    number: str
    title: str
    type_key: str
    type_names: dict[str, str]
    process_id: int
    step: str
    phase: str
    priority: str
    level: str
    due_at: datetime | None
    is_paused: bool
    opened_at: datetime
    closed_at: datetime | None
    customer_name: str
    place: str


_LINE = """
SELECT c.id, c.number, c.title, t.key, t.names, c.process_id, c.step, c.phase, c.priority,
       c.level, c.due_at, c.is_paused, c.opened_at, c.closed_at,
       coalesce(nullif(c.caller_name, ''), cu.name, ''), coalesce(p.full_text, c.place)
  FROM cases_case c
  JOIN cases_casetype t ON t.id = c.case_type_id
  LEFT JOIN customers_customer cu ON cu.id = c.customer_id
  LEFT JOIN customers_premises p ON p.id = c.premises_id
 WHERE (c.organisation_id + 0) = ANY(%(organisations)s)
"""
_OF_CUSTOMER = " AND c.customer_id = ANY(customers_held_as(%(customer_id)s))"


def _lines(condition: str, parameters: dict[str, Any], actor: Actor) -> list[CaseLine]:
    with connection.cursor() as cursor:
        cursor.execute(
            _LINE + condition,
            {"organisations": list(actor.organisations("cases.view")), **parameters},
        )
        return [CaseLine(*(*row[:4], decoded(row[4]), *row[5:])) for row in cursor.fetchall()]


def open_cases_of_customer(
    *, actor: Actor, customer_id: int, limit: int = 20
) -> Sequence[CaseLine]:
    """Open cases of a customer (merged rows included), the most pressing first."""
    return _lines(
        f"{_OF_CUSTOMER} AND c.closed_at IS NULL ORDER BY c.due_at, c.id LIMIT %(limit)s",
        {"customer_id": customer_id, "limit": limit},
        actor,
    )


def open_cases_of_account(*, actor: Actor, account_id: int, limit: int = 8) -> Sequence[CaseLine]:
    """Open cases about an account, the most pressing first."""
    return _lines(
        " AND c.account_id = %(account_id)s AND c.closed_at IS NULL"
        " ORDER BY c.due_at, c.id LIMIT %(limit)s",
        {"account_id": account_id, "limit": limit},
        actor,
    )


def repeat_count(*, actor: Actor, customer_id: int, type_key: str, now: datetime) -> int:
    """How often the customer came with the same kind of matter in the last 30 days."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_case c JOIN cases_casetype t ON t.id = c.case_type_id"
            " WHERE (c.organisation_id + 0) = ANY(%(organisations)s)"
            + _OF_CUSTOMER
            + " AND t.key = %(type_key)s AND c.opened_at > %(since)s",
            {
                "organisations": list(actor.organisations("cases.view")),
                "customer_id": customer_id,
                "type_key": type_key,
                "since": now - timedelta(days=REPEAT_DAYS),
            },
        )
        (count,) = cursor.fetchone()
    return int(count)


def possible_doubles(
    *,
    actor: Actor,
    now: datetime,
    type_key: str,
    premises_id: int | None = None,
    customer_id: int | None = None,
    limit: int = 5,
) -> Sequence[CaseLine]:
    """Open cases of the same kind in the last 30 days at the same premises or of the customer."""
    sides, parameters = [], {"type_key": type_key, "limit": limit}
    if premises_id is not None:
        sides.append("c.premises_id = %(premises_id)s")
        parameters["premises_id"] = premises_id
    if customer_id is not None:
        sides.append(_OF_CUSTOMER.removeprefix(" AND "))
        parameters["customer_id"] = customer_id
    if not sides:
        return []
    return _lines(
        f" AND ({' OR '.join(sides)}) AND t.key = %(type_key)s AND c.closed_at IS NULL"
        " AND c.opened_at > %(since)s ORDER BY c.opened_at DESC LIMIT %(limit)s",
        {**parameters, "since": now - timedelta(days=REPEAT_DAYS)},
        actor,
    )


def find_cases(
    *, actor: Actor, text: str, limit: int = 8, now: datetime | None = None
) -> Sequence[CaseLine]:
    """Cases whose number begins with `text`, the last first; then those that hold all its words
    anywhere: open ones by due time, unless they are very many, then the newest of all.
    """
    text = text.strip().lstrip("#").strip()
    if not text:
        return []
    plain = text.upper().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = _lines(
        " AND (c.number LIKE %(start)s OR c.number LIKE %(dated)s)"
        " ORDER BY c.number DESC LIMIT %(limit)s",
        {"start": f"{plain}%", "dated": f"GD{plain}%", "limit": limit},
        actor,
    )
    words = read_words(text)
    if len(found) < limit and words is not None and words.indexed:
        known = {line.case_id for line in found}
        more = _holding(actor, words, limit, now or timezone.now())
        found += [line for line in more if line.case_id not in known]
    return found[:limit]


def _holding(actor: Actor, words: Words, limit: int, now: datetime) -> list[CaseLine]:
    """Sorted before the lines are made: a line needs four tables, and hundreds may match."""
    ids = matching(actor=actor, words=words, is_open=True, most=MOST_PRESSING) or ()
    found = _lines(
        " AND c.id = ANY(ARRAY(SELECT x.id FROM cases_case x WHERE x.id = ANY(%(ids)s)"
        " AND x.closed_at IS NULL ORDER BY x.due_at, x.id LIMIT %(limit)s))"
        " ORDER BY c.due_at, c.id",
        {"ids": list(ids), "limit": limit},
        actor,
    )
    for window in newest_matching(actor=actor, words=words, now=now, start=None, forwards=False):
        if len(found) >= limit:
            break
        known = {line.case_id for line in found}
        found += _lines(
            " AND c.id = ANY(ARRAY(SELECT x.id FROM cases_case x WHERE x.id = ANY(%(ids)s)"
            " AND x.id <> ALL(%(known)s) ORDER BY x.opened_at DESC, x.id DESC LIMIT %(limit)s))"
            " ORDER BY c.opened_at DESC, c.id DESC",
            {"ids": list(window), "known": list(known), "limit": limit - len(found)},
            actor,
        )
    return found


def lines_by_id(*, actor: Actor, case_ids: Sequence[int]) -> Sequence[CaseLine]:
    """These cases, in the order asked for; those that the actor may not see are left out."""
    if not case_ids:
        return []
    found = _lines(" AND c.id = ANY(%(ids)s)", {"ids": list(case_ids)}, actor)
    order = {case_id: place for place, case_id in enumerate(case_ids)}
    return sorted(found, key=lambda line: order[line.case_id])
