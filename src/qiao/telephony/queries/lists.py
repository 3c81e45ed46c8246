"""Lists of people to call: their kept counts, results, who works them, who is at hand."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Case, Count, Max, Value, When

from qiao.core.actor import Actor
from qiao.core.rules.service_level import level
from qiao.customers.queries import CustomerLine, lines_for
from qiao.telephony.models import CallList, CallListEntry, CallListTry
from qiao.telephony.rules import call_lists as rules
from qiao.telephony.rules.call_lists import LATER, Code, ListTerms, read_codes

MOST_LISTS: Final = 200
MOST_AT_HAND: Final = 200
State = CallList.State
REACHED: Final = frozenset({"reached", "refused"})
_ORDER: Final = (State.RUNNING, State.PAUSED, State.DRAFT, State.CLOSED)
_COUNTS: Final = """
SELECT c.call_list_id, c.kind, c.state, c.why, sum(c.n)
  FROM (SELECT call_list_id, kind, state, why, n FROM telephony_calllistcount
         WHERE call_list_id = ANY(%(lists)s)
        UNION ALL
        SELECT call_list_id, kind, state, why, n FROM telephony_calllistcountchange
         WHERE call_list_id = ANY(%(lists)s)) AS c
 WHERE (c.kind <> '') = %(calls)s
 GROUP BY 1, 2, 3, 4 HAVING sum(c.n) <> 0
"""


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many stand in a list, by state, and apart by the key of their result or skip."""

    states: Mapping[str, int] = field(default_factory=dict)
    whys: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        """Those still to be called, with those at an agent."""
        return self.states.get("waiting", 0) + self.states.get("taken", 0)

    @property
    def done(self) -> int:
        """Those with whom the list is through."""
        return self.states.get("done", 0)

    @property
    def skipped(self) -> int:
        """Those who are not called."""
        return self.states.get("skipped", 0)

    @property
    def is_full(self) -> bool:
        """Whether nobody can be taken in any more: whoever came beyond is not in it."""
        return self.total >= rules.MOST_ENTRIES

    @property
    def progress(self) -> int:
        """Of those who are called, the percentage done."""
        called = self.waiting + self.done
        return 100 * self.done // called if called else 0


@dataclass(frozen=True, slots=True)
class ListResults:
    """Calls of a list by result: how many each, with its name; and how many reached somebody."""

    rows: Sequence[tuple[Code, int]]
    calls: int
    reached: int

    @property
    def rate(self) -> float | None:
        """Of all calls, the percentage that reached somebody."""
        return level(self.reached, self.calls)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who works a list: the calls of today, those that reached somebody, and the last one."""

    name: str
    calls: int
    reached: int
    last_at: datetime


def terms_of_list(found: CallList) -> ListTerms:
    """How a list tries again, and when it calls."""
    return ListTerms(
        found.most_tries, found.wait_minutes, found.busy_minutes, found.begins, found.ends
    )


def call_lists(*, actor: Actor) -> Sequence[CallList]:
    """The lists that the actor may see, those that run first, then the newest."""
    found = CallList.objects.visible_to(actor).select_related("segment", "organisation")
    place = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(_ORDER)))
    return list(found.order_by(place, "-created_at", "-id")[:MOST_LISTS])


def call_list(*, actor: Actor, list_id: int) -> CallList | None:
    """One list; None where it is not for the actor to see."""
    found = CallList.objects.visible_to(actor).filter(pk=list_id)
    return found.select_related("segment", "organisation", "created_by").first()


def list_counts(*, list_ids: Sequence[int]) -> Mapping[int, ListCounts]:
    """Kept counts of lists, by id: never counted from their entries."""
    rows = _kept(list_ids, calls=False)
    states: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    whys: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    for list_id, _kind, state, why, n in rows:
        states[list_id][state] += n
        whys[list_id][state, why] = n
    return {pk: ListCounts(dict(states[pk]), dict(whys[pk])) for pk in list_ids}


def list_results(found: CallList) -> ListResults:
    """What came of the calls of a list, from kept counts: calls whose record was let go of since
    stay counted. That a time was agreed stands among the results once somebody has."""
    rows = _kept([found.pk], calls=True)
    by_key: dict[str, int] = defaultdict(int)
    for _list, _kind, _state, result, n in rows:
        by_key[result] += n
    reached = sum(n for _list, kind, _state, _result, n in rows if kind in REACHED)
    codes = [*read_codes(found.codes), *([LATER] if by_key.get(LATER.key) else [])]
    return ListResults(
        [(code, by_key.get(code.key, 0)) for code in codes], sum(by_key.values()), reached
    )


def _kept(list_ids: Sequence[int], *, calls: bool) -> Sequence[tuple[int, str, str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"lists": list(list_ids), "calls": calls})
        return [(pk, kind, state, why, int(n)) for pk, kind, state, why, n in cursor.fetchall()]


def list_workers(found: CallList, *, since: datetime) -> Sequence[Worker]:
    """Who has called for a list since a moment, whoever did last first."""
    rows = (
        CallListTry.objects.filter(call_list=found, at__gte=since)
        .values("staff_id", "staff__name", "kind")
        .annotate(n=Count("id"), last=Max("at"))
    )
    found_of: dict[int, Worker] = {}
    for row in rows:
        known = found_of.get(row["staff_id"], Worker(row["staff__name"], 0, 0, row["last"]))
        found_of[row["staff_id"]] = Worker(
            known.name,
            known.calls + row["n"],
            known.reached + (row["n"] if row["kind"] in REACHED else 0),
            max(known.last_at, row["last"]),
        )
    return sorted(found_of.values(), key=lambda worker: worker.last_at, reverse=True)


def entry_at_hand(*, actor: Actor) -> CallListEntry | None:
    """Whom the actor is to call, or has just called, in any list."""
    own = CallListEntry.objects.filter(state="taken", taken_by_id=actor.person_id)
    return own.select_related("call_list", "call").first()


def entries_at_agents(found: CallList) -> Sequence[CallListEntry]:
    """Who is at an agent's hand, with the call that was made, the longest first."""
    taken = found.entries.filter(state="taken").select_related("taken_by", "call")
    return list(taken.order_by("taken_at", "pk")[:MOST_AT_HAND])


def is_anybody_due(found: CallList, *, now: datetime) -> bool:
    """Whether somebody waits to be called now."""
    return found.entries.filter(state="waiting", next_at__lte=now).exists()


def customer_of_entry(*, actor: Actor, entry: CallListEntry) -> CustomerLine | None:
    """Who it is; None where the actor may not see the customer."""
    known = lines_for(actor=actor, customer_ids=[entry.customer_id])
    return known.get(entry.customer_id)


def tries_of_entry(entry: CallListEntry) -> Sequence[CallListTry]:
    """What came of the calls to somebody, the last first."""
    return list(entry.made.select_related("staff").order_by("-id")[:10])


def asked_at(entry: CallListEntry) -> datetime | None:
    """When somebody wished to be called: in the last call, or before the list was made; None for
    whom nothing was agreed with."""
    if not entry.is_promised:
        return None
    tries = CallListTry.objects.filter(entry=entry).order_by("-at")
    return tries.values_list("at", flat=True).first() or entry.call_list.created_at


def last_called_elsewhere(*, customer_id: int, list_id: int) -> datetime | None:
    """When another list has called somebody last, whatever ids they are held under."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(t.at) FROM telephony_calllisttry t"
            " WHERE t.customer_id = ANY(customers_held_as(%(id)s)) AND t.call_list_id <> %(list)s",
            {"id": customer_id, "list": list_id},
        )
        (found,) = cursor.fetchone()
    return found  # type: ignore[no-any-return]
