"""Reading improvements: the list, one with its story, and the figures it is judged by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.http import Http404

from qiao.cases.queries.cause_figures import (
    CaseOfCause,
    accounts_of,
    cause_by_step,
    complaints_of_cause,
    count_cause,
)
from qiao.core.actor import Actor
from qiao.feedback.models import Improvement, ImprovementRule
from qiao.feedback.queries.paging import page_of
from qiao.feedback.rules.improvements import Period, Rate, rate_of
from qiao.messaging.queries import message_states
from qiao.staff.queries import subtree_of

VIEW = "improvements.view"
PAGE = 50
STEP_DAYS: Final = 15
MOST_STEPS: Final = 36
VIEWS: Final = ("open", "due", "proved", "done")


class NoImprovement(Http404):
    """No such improvement, or none that the actor may see: outsiders cannot tell."""


def get_improvement_for(
    *, actor: Actor, improvement_id: int, permission: str = VIEW
) -> Improvement:
    """One with its cause, owner and unit. Raises `NoImprovement`."""
    found = (
        Improvement.objects.filter(
            pk=improvement_id, organisation_id__in=actor.organisations(permission)
        )
        .select_related("cause", "owner", "organisation", "rule", "opened_by")
        .first()
    )
    if found is None:
        raise NoImprovement(str(improvement_id))
    return found


def list_improvements(
    *, actor: Actor, view: str, today: date, after: str = ""
) -> tuple[list[Improvement], str]:
    """A page of a view, the one due first on top where work is left; the cursor of the next."""
    rows = Improvement.objects.visible_to(actor).select_related("cause", "owner", "organisation")
    narrowed = {
        "open": rows.open(),
        "due": rows.open().filter(due_date__lte=today),
        "proved": rows.filter(verdict="proved"),
        "done": rows.filter(finished_at__isnull=False),
    }[view]
    if view in ("open", "due"):
        return page_of(narrowed, key="due_date", size=PAGE, after=after)
    return page_of(narrowed, key="opened_at", size=PAGE, after=after, newest_first=True)


def view_counts(*, actor: Actor, today: date) -> dict[str, int]:
    """How many stand in each view."""
    return Improvement.objects.visible_to(actor).aggregate(
        open=Count("id", filter=Q(finished_at__isnull=True)),
        due=Count("id", filter=Q(finished_at__isnull=True, due_date__lte=today)),
        proved=Count("id", filter=Q(verdict="proved")),
        done=Count("id", filter=Q(finished_at__isnull=False)),
    )


def figure_of(*, cause_key: str, organisation_id: int, period: Period) -> tuple[int, int]:
    """Cases of a cause within a period, and accounts now, in a unit and all below it."""
    units = subtree_of(organisation_id)
    count = count_cause(
        cause_key=cause_key, organisation_ids=units, since=period.start, until=period.end
    )
    return count, accounts_of(organisation_ids=units)


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the curve: its days, its count and its rate."""

    period: Period
    count: int
    rate: Rate


def curve_of(improvement: Improvement, *, today: date) -> list[Step]:
    """The rate in steps of 15 days, from the period before to the one after, or to today."""
    start = improvement.before_from
    end = min(improvement.after_to or today, today)
    steps = min(MOST_STEPS, max(1, ((end - start).days + 1) // STEP_DAYS))
    counts = cause_by_step(
        cause_key=improvement.cause.key,
        organisation_ids=subtree_of(improvement.organisation_id),
        since=start,
        step_days=STEP_DAYS,
        steps=steps,
    )
    found = []
    for place, count in enumerate(counts):
        first = start + timedelta(days=place * STEP_DAYS)
        period = Period(first, first + timedelta(days=STEP_DAYS - 1))
        rate = rate_of(count, base=improvement.before_base, days=STEP_DAYS)
        if rate is not None:
            found.append(Step(period, count, rate))
    return found


def complainants_of(improvement: Improvement) -> list[CaseOfCause]:
    """All cases from the period before to the action whose customers are told what came of it:
    also those that were merged into one of them, and reports that a main case stands for."""
    return complaints_of_cause(
        cause_key=improvement.cause.key,
        organisation_ids=subtree_of(improvement.organisation_id),
        since=improvement.before_from,
        until=improvement.effective_date or improvement.before_to,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """How the customer of a case was told. `outcome`: ``sent``, ``waiting`` while the message
    waits, ``lost`` where it did not arrive or nobody knows."""

    channel: str
    message_id: int | None
    outcome: str

    @property
    def is_lost(self) -> bool:
        """Whether they are to be told in another way."""
        return self.outcome == "lost"


def told_of(improvement: Improvement, among: Iterable[CaseOfCause] = ()) -> dict[int, Told]:
    """Who was told already, by case, and what became of it. Other cases `among` those of a
    customer who was told of one count as told with it, also where they were coded later."""
    rows = list(improvement.told.order_by("id"))
    states = message_states([row.message_id for row in rows if row.message_id is not None])
    told: dict[int, Told] = {}
    for row in rows:
        state = states.get(row.message_id or 0)
        told[row.case_id] = Told(row.channel, row.message_id, state.outcome if state else "sent")
    cases = list(among)
    people = {each.customer_id: told[each.case_id] for each in cases if each.case_id in told}
    for each in cases:
        if each.customer_id is not None and each.customer_id in people:
            told.setdefault(each.case_id, people[each.customer_id])
    return told


def rules_on(*, day: date) -> list[ImprovementRule]:
    """The rules in force on a day."""
    rows = ImprovementRule.objects.filter(valid_from__lte=day).filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=day)
    )
    return list(rows.select_related("cause", "organisation").order_by("id"))


def busy_causes(*, rested_since: datetime) -> set[tuple[int, int]]:
    """Cause and unit of improvements that are open, or ended after a moment."""
    rows = Improvement.objects.filter(
        Q(finished_at__isnull=True) | Q(finished_at__gte=rested_since)
    )
    return set(rows.values_list("cause_id", "organisation_id"))
