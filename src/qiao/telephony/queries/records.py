"""The list of calls: by keys of their index, newest first, no more read than is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection

from qiao.core.actor import Actor
from qiao.customers.queries import stands_for
from qiao.staff.queries import subtree_of
from qiao.telephony.queries.levels import level_terms

RIGHT: Final = "interactions.view"
PAGE_ROWS: Final = 30
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

MEASURES: Final[Mapping[str, str]] = {
    "offered": "t.kind IN ('answered', 'abandoned', 'lost')",
    "answered": "t.kind = 'answered'",
    "in_time": "t.kind = 'answered' AND t.is_in_time",
    "too_late": "t.kind = 'answered' AND NOT t.is_in_time",
    "abandoned": "t.kind = 'abandoned'",
    "abandoned_short": "t.kind = 'abandoned' AND t.is_short",
    "lost": "t.kind = 'lost'",
    "left": "t.kind = 'left'",
    "handled": "t.kind IN ('answered', 'passed')",
    "transfers": "t.is_transferred AND t.kind IN ('answered', 'passed')",
    "called": "t.kind IN ('reached', 'unreached')",
    "reached": "t.kind = 'reached'",
    "unreached": "t.kind = 'unreached'",
    "counted": (
        "(t.kind = 'answered' OR t.kind IN ('abandoned', 'lost')"
        " AND t.queue <> ALL(%(of_answered)s)"
        " AND NOT (t.kind = 'abandoned' AND t.is_short AND t.queue = ANY(%(without_short)s)))"
    ),
    "resolved": (
        "t.kind = 'answered' AND EXISTS (SELECT FROM contact_interaction r"
        " WHERE r.id = c.interaction_id AND r.resolved AND r.state = 'closed')"
    ),
}
"""What figures count, as conditions on a turn (t) of a call (c). ``counted`` is of what the
service level is made, as each queue defines it."""


@dataclass(frozen=True, slots=True)
class CallFilters:
    """What a list is narrowed to; empty means everything.

    `phone` is in the stored form, `number` what cannot be one, such as an extension, `account` the
    number of an account. With a `measure`, a queue (``-`` for none), an agent or a wait the list
    is of turns: a call stands in it as often as the figure counts it. `line_id` 0 stands for none.
    `since` and `until` are moments, `until` excluded; `hour` is the half hour of any day
    (``09:30``), `waited_seconds` the least wait.
    """

    phone: str = ""
    number: str = ""
    queue: str = ""
    measure: str = ""
    agent_id: int | None = None
    customer_id: int | None = None
    account: str = ""
    line_id: int | None = None
    unit_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    hour: str = ""
    waited_seconds: int | None = None

    @property
    def is_of_turns(self) -> bool:
        """Whether turns are listed rather than calls."""
        narrowed = self.measure or self.queue or self.agent_id or self.hour
        return bool(narrowed) or self.waited_seconds is not None


@dataclass(frozen=True, slots=True)
class CallRow:
    """A call, or a turn of one, as a list shows it. `kind` is that of the turn listed, or of the
    last one; empty while the call lives. Times in seconds; None where there is nothing to say."""

    call_id: int
    seq: int
    moment: datetime
    phase: str
    direction: str
    caller: str
    phone: str
    dialled: str
    line: str
    queue: str
    kind: str
    wait_seconds: int | None
    talk_seconds: int | None
    staff_name: str
    customer_id: int | None
    customer_name: str
    tier: str
    interaction_id: int | None
    subject: str
    is_recorded: bool


@dataclass(frozen=True, slots=True)
class CallPage:
    """Rows, and the cursor to the next page; empty at the end."""

    rows: Sequence[CallRow]
    following: str


OF_HOUR: Final = (
    "to_char(date_bin('30 minutes', t.offered_at AT TIME ZONE %(zone)s,"
    " timestamp '2000-01-01'), 'HH24:MI') = %(hour)s"
)
_CALLS: Final = """
SELECT c.id, 0 AS seq, c.arrived_at AS moment FROM telephony_call c WHERE {where}
 ORDER BY c.arrived_at DESC, c.id DESC LIMIT %(limit)s
"""
_TURNS: Final = """
SELECT c.id, t.seq, t.offered_at AS moment
  FROM telephony_callturn t JOIN telephony_call c ON c.id = t.call_id WHERE {where}
 ORDER BY t.offered_at DESC, t.call_id DESC, t.seq DESC LIMIT %(limit)s
"""
_PAGE: Final = """
WITH page AS MATERIALIZED (
    SELECT p.* FROM (
        SELECT k.* FROM unnest(%(organisations)s::bigint[]) AS s (id)
         CROSS JOIN LATERAL ({of_unit}) AS k
        {own}) AS p
     ORDER BY p.moment DESC, p.id DESC, p.seq DESC LIMIT %(limit)s)
"""
# Whose call it is may be told by the contact alone: callers are identified there.
_ROW: Final = f"""
SELECT c.id, page.seq, page.moment, c.phase, c.direction, c.caller, c.phone, c.dialled,
       coalesce(l.name, ''), coalesce(t.queue, c.queue), coalesce(t.kind, ''),
       CASE WHEN page.seq > 0 THEN t.wait_seconds ELSE w.wait END,
       CASE WHEN page.seq > 0 THEN t.talk_seconds + t.hold_seconds ELSE w.talk END,
       coalesce(s.name, ''), cu.id, coalesce(cu.name, ''), coalesce(cu.tier, ''), i.id,
       coalesce(i.subject, ''), w.recorded
  FROM page
  JOIN telephony_call c ON c.id = page.id
  LEFT JOIN telephony_line l ON l.id = c.line_id
  LEFT JOIN LATERAL (
       SELECT x.* FROM telephony_callturn x
        WHERE x.call_id = c.id AND (page.seq = 0 OR x.seq = page.seq)
        ORDER BY x.seq DESC LIMIT 1) AS t ON true
 CROSS JOIN LATERAL (
       SELECT sum(x.wait_seconds) AS wait, sum(x.talk_seconds + x.hold_seconds) AS talk,
              EXISTS (SELECT FROM telephony_callrecording e
                       WHERE e.call_id = c.id AND e.state <> 'lost'
                         AND e.state <> 'removed') AS recorded
         FROM telephony_callturn x WHERE x.call_id = c.id) AS w
  LEFT JOIN contact_interaction i ON i.id = c.interaction_id
  LEFT JOIN staff_staff s ON s.id = coalesce(t.staff_id, c.staff_id)
  LEFT JOIN customers_customer held ON held.id = coalesce(i.customer_id, c.customer_id)
  LEFT JOIN customers_customer cu ON cu.id = {stands_for("held")}
 ORDER BY page.moment DESC, page.id DESC, page.seq DESC
"""  # noqa: S608 - pieces given here


_OF_CUSTOMER: Final = (
    "c.interaction_id IN (SELECT i.id FROM contact_interaction i"
    " WHERE i.customer_id = %(customer)s)"
)
_OF_ACCOUNT: Final = (
    "c.interaction_id IN (SELECT i.id FROM contact_interaction i"
    " JOIN customers_account a ON a.id = i.account_id WHERE a.number = %(account)s)"
)


def list_calls(
    *, actor: Actor, filters: CallFilters, after: str = "", limit: int = PAGE_ROWS
) -> CallPage:
    """A page of the calls that the actor may see, newest first; `after` is a page's cursor.

    Each organisation is read by its own index, and one's own calls by theirs; what is read does
    not grow with the calls behind.
    """
    of_turns = filters.is_of_turns
    conditions, values = _conditions(filters)
    place = _read_cursor(after)
    if place is not None:
        key = "(t.offered_at, t.call_id, t.seq)" if of_turns else "(c.arrived_at, c.id, 0)"
        conditions.append(f"{key} < (%(moment)s, %(last)s, %(seq)s)")
        values |= dict(zip(("moment", "last", "seq"), place, strict=True))
    seen = set(actor.organisations(RIGHT))
    if filters.unit_id is not None:
        seen &= set(subtree_of(filters.unit_id))
    values |= {"organisations": sorted(seen), "me": actor.person_id, "limit": limit + 1}
    table, statement = ("t", _TURNS) if of_turns else ("c", _CALLS)
    narrowed = " AND ".join(conditions)
    of_unit = statement.format(where=f"{table}.organisation_id = s.id AND {narrowed}")
    mine = f"{table}.organisation_id <> ALL(%(organisations)s) AND c.staff_id = %(me)s"
    of_me = statement.format(where=f"{mine} AND {narrowed}")
    own = "" if filters.unit_id else f"UNION ALL ({of_me})"
    with connection.cursor() as cursor:
        cursor.execute(_PAGE.format(of_unit=of_unit, own=own) + _ROW, values)
        rows = [CallRow(*row) for row in cursor.fetchall()]
    following = _cursor(rows[limit - 1]) if len(rows) > limit else ""
    return CallPage(rows[:limit], following)


def _conditions(filters: CallFilters) -> tuple[list[str], dict[str, Any]]:
    at = "t.offered_at" if filters.is_of_turns else "c.arrived_at"
    offered: list[tuple[str, str, Any]] = [
        ("c.phone = %(phone)s", "phone", filters.phone or None),
        ("c.caller = %(number)s", "number", filters.number or None),
        ("t.queue = %(queue)s", "queue", {"-": ""}.get(filters.queue, filters.queue or None)),
        ("t.staff_id = %(agent)s", "agent", filters.agent_id),
        (
            f"(c.customer_id = %(customer)s OR {_OF_CUSTOMER})",
            "customer",
            filters.customer_id,
        ),
        (_OF_ACCOUNT, "account", filters.account or None),
        ("c.line_id IS NOT DISTINCT FROM nullif(%(line)s, 0)", "line", filters.line_id),
        (f"{at} >= %(since)s", "since", filters.since),
        (f"{at} < %(until)s", "until", filters.until),
        (OF_HOUR, "hour", filters.hour or None),
        ("t.wait_seconds >= %(waited)s", "waited", filters.waited_seconds),
    ]
    given = [(text, key, value) for text, key, value in offered if value is not None]
    conditions = ["true", *(text for text, _key, _value in given)]
    values = {key: value for _text, key, value in given} | {"zone": settings.TIME_ZONE}
    if filters.measure:
        conditions.append(f"({MEASURES[filters.measure]})")
    if filters.measure == "counted":
        values |= _ways_of_counting()
    return conditions, values


def _ways_of_counting() -> dict[str, list[str]]:
    """Queues whose service level does not count whoever gave up at once, or anybody who did."""
    found: dict[str, list[str]] = {"without_short": [], "of_answered": []}
    for key, terms in level_terms().items():
        if terms.counts == "without_short":
            found["without_short"].append(key)
        elif terms.counts == "answered":
            found["of_answered"].append(key)
    return found


def _cursor(row: CallRow) -> str:
    micros = (row.moment - EPOCH) // timedelta(microseconds=1)
    return f"{micros}.{row.call_id}.{row.seq}"


def _read_cursor(text: str) -> tuple[datetime, int, int] | None:
    """The place that an address carries; None for none, or one that was tampered with."""
    try:
        micros, last, seq = (int(part) for part in text.split("."))
        return EPOCH + timedelta(microseconds=micros), last, seq
    except (ValueError, OverflowError):
        return None
