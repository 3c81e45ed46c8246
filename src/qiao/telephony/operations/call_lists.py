"""Lists of people to call: made, filled at once, begun, paused, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.registry import registry
from qiao.core.retention import nothing_holds
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.queries import get_open_segment_for
from qiao.customers.queries.holds import IDS_OF_ROW
from qiao.staff.queries import subtree_of
from qiao.telephony.models import CallList, CallListEntry
from qiao.telephony.operations.list_next import put_back_idle
from qiao.telephony.rights import LISTS
from qiao.telephony.rules import call_lists as rules
from qiao.telephony.rules.call_lists import USUAL, read_codes

State = CallList.State
NAME_LENGTH: Final = 80
SCRIPT_LENGTH: Final = 4_000
_MEMBERS: Final = """
SELECT m.customer_id, NULL::bigint AS ref, '' AS what FROM customers_segmentmember m
 WHERE m.segment_id = %(segment)s
"""
# One row a person, whoever they were merged into, and none for whom the list holds under another
# id already. What stands against a call is looked at in the
# order in which people would ask: is there a number, do they want it, were they called lately.
_FILL: Final = """
WITH people AS MATERIALIZED (
    SELECT DISTINCT ON (s.id) s.id, p.ref, p.what
      FROM ({people}) p
     CROSS JOIN LATERAL (SELECT coalesce(customers_survivor(p.customer_id), p.customer_id) AS id) s
     WHERE NOT EXISTS (
           SELECT FROM telephony_calllistentry e
            WHERE e.call_list_id = %(list)s AND e.customer_id = ANY(customers_held_as(s.id)))
     ORDER BY s.id, p.ref
     LIMIT greatest(0, %(most)s - (
           SELECT count(*) FROM telephony_calllistentry e WHERE e.call_list_id = %(list)s))
), judged AS (
    SELECT p.id, p.ref, p.what, CASE
           WHEN NOT EXISTS (
               SELECT FROM customers_customerphone t
                WHERE t.customer_id = ANY(customers_held_as(p.id)) AND t.standing <> 'wrong'
                  AND t.kind IN ('mobile', 'landline')) THEN 'no_phone'
           WHEN NOT coalesce((
               SELECT k.is_given FROM customers_consent k
                WHERE k.customer_id = ANY(customers_held_as(p.id)) AND k.purpose = %(purpose)s
                  AND k.channel IN ('', 'phone') AND k.at <= %(now)s
                ORDER BY k.at DESC, k.id DESC LIMIT 1), %(purpose)s = 'service')
               THEN 'do_not_call'
           WHEN EXISTS (
               SELECT FROM telephony_calllisttry q
                WHERE q.customer_id = ANY(customers_held_as(p.id)) AND q.call_list_id <> %(list)s
                  AND q.at > %(now)s::timestamptz - make_interval(days => %(quiet)s))
               THEN 'quiet_period'
           ELSE '' END AS skip
      FROM people p
)
INSERT INTO telephony_calllistentry (call_list_id, customer_id, ref, what, state, why, tries,
    next_at, is_promised, ended_at)
SELECT %(list)s, j.id, j.ref, left(j.what, 200),
       CASE WHEN j.skip = '' THEN 'waiting' ELSE 'skipped' END, j.skip, 0, %(now)s, false,
       CASE WHEN j.skip <> '' THEN %(now)s::timestamptz END
  FROM judged j
ON CONFLICT (call_list_id, customer_id) DO NOTHING
"""


class CallListRefusal(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be done with this list. `reason`: ``source``, ``hours``, ``tries``,
    ``waits``, ``quiet_days``, ``purpose``, ``mode``, ``state``, ``empty``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ListDraft:
    """What a list is made of: see `CallList`. One of `segment_id` and `source` is given."""

    name: str
    organisation_id: int
    segment_id: int | None = None
    source: str = ""
    mode: str = CallList.Mode.PREVIEW
    purpose: str = CallList.Purpose.SERVICE
    script: str = ""
    codes: Sequence[Mapping[str, Any]] = tuple(code.data for code in USUAL)
    most_tries: int = 3
    wait_minutes: int = 120
    busy_minutes: int = 15
    begins: time = time(9)
    ends: time = time(18)
    quiet_days: int = 30


def make_call_list(*, draft: ListDraft, actor: Actor, now: datetime) -> CallList:
    """Make a list with all whom its segment or source names, in one statement; who cannot be
    called stands in it with the reason.

    Raises `CallListRefusal`, `CodesWrong`, `NotVisible` for a segment, `BadText`, `Forbidden`.
    """
    required()
    unit = _unit_of(draft, actor)
    actor.require(LISTS, unit)
    _check(draft)
    made = CallList.objects.create(
        name=clean(draft.name, field="name", max_length=NAME_LENGTH, one_line=True, required=True),
        organisation_id=unit,
        mode=draft.mode,
        purpose=draft.purpose,
        segment_id=draft.segment_id,
        source=draft.source,
        script=clean(draft.script, field="script", max_length=SCRIPT_LENGTH),
        codes=[code.data for code in read_codes(draft.codes)],
        most_tries=draft.most_tries,
        wait_minutes=draft.wait_minutes,
        busy_minutes=draft.busy_minutes,
        begins=draft.begins,
        ends=draft.ends,
        quiet_days=draft.quiet_days,
        created_at=now,
        created_by_id=actor.person_id,
    )
    fill_call_list(made, now)
    return made


def fill_call_list(made: CallList, now: datetime) -> int:
    """Put in whom the list's segment or source names now, and who is not in it yet, as long as it
    holds fewer than `rules.call_lists.MOST_ENTRIES`; how many."""
    required()
    people = _MEMBERS
    if made.source:
        people = registry.call_sources()[made.source].sql
    with connection.cursor() as cursor:
        cursor.execute(
            _FILL.format(people=people),
            {
                "list": made.pk,
                "segment": made.segment_id,
                "organisation_ids": sorted(subtree_of(made.organisation_id)),
                "purpose": made.purpose,
                "quiet": made.quiet_days,
                "most": rules.MOST_ENTRIES,
                "now": now,
            },
        )
        return int(cursor.rowcount)


def turn_call_list(*, list_id: int, state: str, actor: Actor, now: datetime) -> CallList:
    """Begin a list, pause it, let it go on, or close it; turned so already it stays. Begun or let
    go on, it takes in who has come to its segment or source since; paused or closed, whom agents
    have at hand and have not called goes back.

    Raises `CallList.DoesNotExist`, `CallListRefusal`, `Forbidden`.
    """
    required()
    found = CallList.objects.visible_to(actor).select_for_update(no_key=True).get(pk=list_id)
    actor.require(LISTS, found.organisation_id)
    if found.state == state:
        return found
    if state not in _TURNS[found.state]:
        raise CallListRefusal("state")
    found.state = state
    if state == State.RUNNING:
        fill_call_list(found, now)
        found.begun_at = found.begun_at or now
        if not found.entries.filter(state=CallListEntry.State.WAITING).exists():
            raise CallListRefusal("empty")
    else:
        put_back_idle(found)
    if state == State.CLOSED:
        found.closed_at = now
    found.save(update_fields=["state", "begun_at", "closed_at"])
    return found


def fold_list_counts() -> int:
    """Fold changes of kept counts into the counts. Returns how many there were."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT telephony_fold_lists()")
        (changes,) = cursor.fetchone()
    return int(changes)


def let_tries_go(idents: Sequence[int], now: datetime) -> Sequence[int]:  # noqa: ARG001 - as called
    """Delete calls of lists; their results stay counted. Gives back those that came under a hold
    meanwhile."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM telephony_calllisttry r"  # noqa: S608 - our own pieces
            f" WHERE r.id = ANY(%(ids)s) AND {nothing_holds(IDS_OF_ROW)}",
            {"ids": list(idents)},
        )
        free = [pk for (pk,) in cursor.fetchall()]
        cursor.execute("SELECT telephony_expire_tries(%s)", [free])
    return sorted(set(idents) - set(free))


_TURNS: Final[Mapping[str, frozenset[str]]] = {
    State.DRAFT: frozenset({State.RUNNING, State.CLOSED}),
    State.RUNNING: frozenset({State.PAUSED, State.CLOSED}),
    State.PAUSED: frozenset({State.RUNNING, State.CLOSED}),
    State.CLOSED: frozenset(),
}


def _unit_of(draft: ListDraft, actor: Actor) -> int:
    """The unit of a list: that of its segment, or the one that was chosen for a source."""
    if (draft.segment_id is None) == (not draft.source):
        raise CallListRefusal("source")
    if draft.segment_id is not None:
        return get_open_segment_for(actor=actor, segment_id=draft.segment_id).organisation_id
    if draft.source not in registry.call_sources(actor):
        raise CallListRefusal("source")
    return draft.organisation_id


def _check(draft: ListDraft) -> None:
    wrong = {
        "mode": draft.mode not in CallList.Mode.values,
        "purpose": draft.purpose not in CallList.Purpose.values,
        "hours": draft.begins >= draft.ends,
        "tries": not 1 <= draft.most_tries <= 10,
        "waits": not (1 <= draft.wait_minutes <= 10_080 and 1 <= draft.busy_minutes <= 10_080),
        "quiet_days": not 0 <= draft.quiet_days <= 365,
    }
    for reason, is_wrong in wrong.items():
        if is_wrong:
            raise CallListRefusal(reason)
