"""Cases that another one stands for: who that is, and what is merged into a case."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from qiao.cases.journal import is_same_customer
from qiao.cases.models import Case, CaseEvent
from qiao.cases.queries.decoding import plain
from qiao.cases.queries.reading import get_case_for
from qiao.core.actor import Actor
from qiao.core.wording import reader_key


@dataclass(frozen=True, slots=True)
class MergedCase:
    """A case that was merged into another, as the other's page shows it.

    `told` says that its customer has his answer, `same_customer` that he is the survivor's too.
    `may_undo` is False where it was merged into one that was merged itself.
    """

    case_id: int
    number: str
    title: str
    description: str
    type_names: dict[str, str]
    customer_id: int | None
    customer_name: str
    caller_name: str
    caller_phone: str
    place: str
    channel: str
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    level: str
    told: bool
    merged_at: datetime | None
    merged_by: str
    may_undo: bool
    same_customer: bool


@dataclass(frozen=True, slots=True)
class MergedCases:
    """What is merged into a case: those that the actor may see, and how many he may not."""

    shown: Sequence[MergedCase]
    hidden: int


_MERGED = """
SELECT c.id, c.number, c.title, c.description, t.names, c.customer_id, coalesce(cu.name, ''),
       c.caller_name, c.caller_phone, coalesce(p.full_text, c.place), c.channel, c.opened_at,
       c.closed_at, c.due_at, c.level, c.answered_at IS NOT NULL, e.at, coalesce(s.name, ''),
       c.merged_into_id = %(case_id)s
  FROM cases_merged_in(%(case_id)s) AS m (id)
  JOIN cases_case c ON c.id = m.id
  JOIN cases_casetype t ON t.id = c.case_type_id
  LEFT JOIN customers_customer cu ON cu.id = c.customer_id
  LEFT JOIN customers_premises p ON p.id = c.premises_id
  LEFT JOIN LATERAL (SELECT at, actor_id FROM cases_caseevent
                      WHERE case_id = c.id AND kind = 'merged_away' ORDER BY seq DESC LIMIT 1) e
       ON true
  LEFT JOIN staff_staff s ON s.id = e.actor_id
 WHERE (c.organisation_id + 0) = ANY(%(organisations)s)
 ORDER BY c.opened_at, c.id
"""


def merged_cases(*, actor: Actor, case: Case) -> MergedCases:
    """What is merged into a case that the actor may see."""
    if not case.merged_count:
        return MergedCases((), 0)
    values: dict[str, Any] = {
        "case_id": case.pk,
        "organisations": list(actor.organisations("cases.view")),
    }
    with connection.cursor() as cursor:
        cursor.execute(_MERGED, values)
        rows = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM cases_merged_in(%s)", [case.pk])
        (every,) = cursor.fetchone()
    shown = []
    for row in rows:
        asks = Case(customer_id=row[5], caller_phone=row[8])
        same = is_same_customer(case, asks)
        cells: list[Any] = [*row, same]
        cells[4] = plain(cells[4])
        shown.append(MergedCase(*cells))
    return MergedCases(shown, every - len(shown))


def survivor_of(case_id: int) -> int:
    """The case that stands for a case: itself unless it was merged. No rights: ids only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_survivor(%s)", [case_id])
        (survivor,) = cursor.fetchone()
    return int(survivor or case_id)


def survivors_of(case_ids: Iterable[int]) -> dict[int, int]:
    """The cases that stand for cases, by the ids of those. No rights: ids only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u, coalesce(cases_survivor(u), u) FROM unnest(%s::bigint[]) u",
            [list(case_ids)],
        )
        return dict(cursor.fetchall())


def get_survivor_for(*, actor: Actor, case_id: int) -> Case:
    """The case that stands for one that the actor may see, if he may see that one too; else the
    case itself. Raises `NotVisible`."""
    case = get_case_for(actor=actor, case_id=case_id)
    if case.merged_into_id is None:
        return case
    survivor = Case.objects.visible_to(actor).filter(id=survivor_of(case_id)).first()
    return survivor or case


def is_held(case_id: int) -> bool:
    """Whether another case is worked on for this one. No rights: jobs only."""
    held = Case.objects.filter(id=case_id).values_list("merged_into_id", "parent_id")
    return any(each is not None for each in held.get())


@dataclass(frozen=True, slots=True)
class JoinCandidate:
    """A case that may be the same matter, with what decides which of them goes on.

    `why` says why it is offered: ``place``, ``customer``, ``chosen`` by a person, or ``self``.
    """

    case_id: int
    number: str
    title: str
    process_id: int
    step: str
    phase: str
    opened_at: datetime
    due_at: datetime | None
    due_promise: str
    type_key: str
    level: str
    customer_id: int | None
    customer_name: str
    caller_phone: str
    place: str
    owner: str
    team: str
    duty: str
    entry_count: int
    why: str


_CANDIDATES = """
SELECT c.id, c.number, c.title, c.process_id, c.step, c.phase, c.opened_at, c.due_at,
       c.due_promise, t.key, c.level, c.customer_id, coalesce(cu.name, c.caller_name),
       c.caller_phone, coalesce(p.full_text, c.place), coalesce(a.name, ''),
       coalesce(nullif(team.names ->> %(language)s, ''), team.name),
       coalesce((SELECT d.duty FROM cases_caseduty d
                  WHERE d.case_id = c.id AND d.done_at IS NULL
                  ORDER BY d.entered_seq DESC LIMIT 1), ''),
       c.event_count,
       CASE WHEN c.id = %(case_id)s THEN 'self' WHEN c.id = ANY(%(chosen)s) THEN 'chosen'
            WHEN c.premises_id = %(premises_id)s THEN 'place' ELSE 'customer' END
  FROM cases_case c
  JOIN cases_casetype t ON t.id = c.case_type_id
  JOIN staff_organisation team ON team.id = c.team_id
  LEFT JOIN staff_staff a ON a.id = c.assignee_id
  LEFT JOIN customers_customer cu ON cu.id = c.customer_id
  LEFT JOIN customers_premises p ON p.id = c.premises_id
 WHERE (c.organisation_id + 0) = ANY(%(organisations)s) AND c.closed_at IS NULL
   AND c.merged_into_id IS NULL AND c.parent_id IS NULL
   AND c.id = ANY(%(wanted)s)
 ORDER BY c.id <> %(case_id)s, c.opened_at, c.id
"""
OFFERED = 8
OFFERED_DAYS = 30


def join_candidates(
    *, actor: Actor, case: Case, chosen: Sequence[int], now: datetime
) -> Sequence[JoinCandidate]:
    """The case itself, those chosen, and open ones of the same place or customer of the last
    thirty days, as far as the actor has the right to merge there."""
    since = now - timedelta(days=OFFERED_DAYS)
    alike = Q(pk__in=[])
    if case.premises_id is not None:
        alike |= Q(premises_id=case.premises_id)
    if case.customer_id is not None:
        alike |= Q(customer_id=case.customer_id)
    offered = Case.objects.open().filter(alike, opened_at__gte=since).exclude(pk=case.pk)
    ids = [*offered.order_by("-opened_at").values_list("id", flat=True)[:OFFERED]]
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "case_id": case.pk,
                "chosen": list(chosen),
                "premises_id": case.premises_id,
                "wanted": [case.pk, *chosen, *ids],
                "organisations": list(actor.organisations("cases.join")),
                "language": reader_key(),
            },
        )
        return [JoinCandidate(*row) for row in cursor.fetchall()]


def entries_since(*, case_id: int, seq: int) -> int:
    """How many entries people wrote into a history after a place of it."""
    later = CaseEvent.objects.filter(case=case_id, seq__gt=seq, actor__isnull=False)
    return later.exclude(visibility="system").count()


def last_answer(*, case_id: int) -> str:
    """What the customer of the case that stands for this one was told last."""
    said = CaseEvent.objects.filter(case=survivor_of(case_id), kind="answer").order_by("-seq")
    data = said.values_list("data", flat=True).first() or {}
    return str(data.get("text", ""))
