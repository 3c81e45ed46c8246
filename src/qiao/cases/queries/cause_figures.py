"""How often a cause was found: the one definition that improvements and pages count by.

A case counts under its main cause, and so under every cause above it and under the one that took
its place, on the local day on which it was opened. A case that another stands for does not count:
one matter is one case, a merged case and a report of a common cause add nothing. Whoever
complained is another question: `complaints_of_cause` finds their cases too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from qiao.cases.queries.causes import ids_under
from qiao.cases.queries.filters import ZONE_MARGIN

_OF = """
  FROM cases_case c
 WHERE c.main_cause_id = ANY(%(causes)s) AND c.organisation_id = ANY(%(organisations)s)
   AND c.opened_date BETWEEN %(since)s AND %(until)s
   AND c.opened_at BETWEEN %(after)s AND %(before)s
   AND c.merged_into_id IS NULL
"""


def _values(
    cause_keys: Sequence[str], organisation_ids: Iterable[int], since: date, until: date
) -> dict[str, Any]:
    midnight = datetime.fromisoformat(f"{since.isoformat()}T00:00:00+00:00")
    last = datetime.fromisoformat(f"{until.isoformat()}T23:59:59+00:00")
    return {
        "causes": ids_under(cause_keys),
        "organisations": list(organisation_ids),
        "since": since,
        "until": until,
        "after": midnight - ZONE_MARGIN,
        "before": last + ZONE_MARGIN,
    }


def count_cause(
    *, cause_key: str, organisation_ids: Iterable[int], since: date, until: date
) -> int:
    """Cases with a cause, opened from one day to another, both inclusive."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) {_OF}",
            _values([cause_key], organisation_ids, since, until),
        )
        return int(cursor.fetchone()[0])


def cause_by_step(
    *, cause_key: str, organisation_ids: Iterable[int], since: date, step_days: int, steps: int
) -> list[int]:
    """The same count in steps of so many days from a day on."""
    until = since + timedelta(days=step_days * steps - 1)
    found = [0] * steps
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (c.opened_date - %(since)s) / %(step)s, count(*) {_OF} GROUP BY 1",
            _values([cause_key], organisation_ids, since, until) | {"step": step_days},
        )
        for place, count in cursor.fetchall():
            found[int(place)] = count
    return found


@dataclass(frozen=True, slots=True)
class CaseOfCause:
    """A case of the cause: its customer, if one is known, and whom to reach otherwise."""

    case_id: int
    number: str
    title: str
    opened_date: date
    organisation_id: int
    customer_id: int | None
    customer_name: str
    caller_name: str
    caller_phone: str


_COMPLAINTS = """
WITH coded AS (
    SELECT id, is_parent FROM cases_case WHERE main_cause_id = ANY(%(causes)s)
), held AS (
    SELECT id FROM coded
     UNION SELECT r.case_id FROM coded JOIN cases_alikereport r ON r.parent_id = coded.id
            WHERE coded.is_parent AND r.why <> 'wrong'
), every AS (
    SELECT id FROM held
     UNION SELECT m.id FROM held JOIN cases_case k ON k.id = held.id AND k.merged_count > 0
            CROSS JOIN LATERAL cases_merged_in(k.id) AS m (id)
)
SELECT c.id, c.number, c.title, c.opened_date, c.organisation_id, s.id,
       coalesce(s.name, ''), c.caller_name, c.caller_phone
  FROM every JOIN cases_case c ON c.id = every.id
  LEFT JOIN customers_customer s ON s.id = customers_survivor(c.customer_id)
 WHERE c.organisation_id = ANY(%(organisations)s) AND c.about_unit_id IS NULL
   AND c.opened_date BETWEEN %(since)s AND %(until)s
   AND c.opened_at BETWEEN %(after)s AND %(before)s
 ORDER BY c.opened_date DESC, c.id DESC
"""


def complaints_of_cause(
    *, cause_key: str, organisation_ids: Iterable[int], since: date, until: date
) -> list[CaseOfCause]:
    """All cases by which customers complained of a cause within a period, the newest first, with
    the customers who stand for them now: cases with the cause, those merged into one, and the
    reports of a main case that has it, but for reports that were taken out again.

    Cases about somebody of the house are left out: their callers are named to nobody else."""
    with connection.cursor() as cursor:
        cursor.execute(_COMPLAINTS, _values([cause_key], organisation_ids, since, until))
        return [CaseOfCause(*row) for row in cursor.fetchall()]


_EACH = """
SELECT coalesce(k.merged_into_id, k.id) AS cause_id, c.organisation_id,
       count(*) FILTER (WHERE c.opened_date >= %(recent)s),
       count(*) FILTER (WHERE c.opened_date < %(recent)s)
  FROM cases_case c JOIN cases_cause k ON k.id = c.main_cause_id
 WHERE c.main_cause_id IS NOT NULL AND c.merged_into_id IS NULL
   AND c.opened_at >= %(after)s AND c.opened_date BETWEEN %(since)s AND %(until)s
 GROUP BY 1, 2
"""


def counts_by_unit(
    *, since: date, recent: date, until: date
) -> Mapping[tuple[int, int], tuple[int, int]]:
    """For each cause and unit: cases from `recent` on, and cases before it from `since` on."""
    midnight = datetime.fromisoformat(f"{since.isoformat()}T00:00:00+00:00")
    with connection.cursor() as cursor:
        cursor.execute(
            _EACH,
            {
                "since": since,
                "recent": recent,
                "until": until,
                "after": midnight - ZONE_MARGIN,
            },
        )
        return {(cause, unit): (now, usual) for cause, unit, now, usual in cursor.fetchall()}


_ACCOUNTS = """
SELECT count(*) FROM customers_account
 WHERE organisation_id = ANY(%(organisations)s) AND status <> 'closed'
"""


def accounts_of(*, organisation_ids: Iterable[int]) -> int:
    """Accounts of these units that are not closed: what rates are counted against."""
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, {"organisations": list(organisation_ids)})
        return int(cursor.fetchone()[0])
