"""Reading improvements: the list, one with its story, and the figures it is judged by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Count, Q
from django.http import Http404

from qiao.cases.queries.cause_figures import (
    CaseOfCause,
    accounts_of,
    cases_of_cause,
    cause_by_step,
    count_cause,
)
from qiao.core.actor import Actor
from qiao.feedback.models import Improvement, ImprovementRule, ImprovementTold
from qiao.feedback.queries.paging import page_of
from qiao.feedback.rules.improvements import Period, Rate, rate_of
from qiao.staff.queries import subtree_of

VIEW = "improvements.view"
PAGE = 50
STEP_DAYS: Final = 15
MOST_STEPS: Final = 36
MOST_COMPLAINANTS: Final = 500
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
    """The cases from the period before to the action: whose customers are told what came of it."""
    return cases_of_cause(
        cause_key=improvement.cause.key,
        organisation_ids=subtree_of(improvement.organisation_id),
        since=improvement.before_from,
        until=improvement.effective_date or improvement.before_to,
        limit=MOST_COMPLAINANTS,
    )


def told_of(improvement: Improvement) -> dict[int, ImprovementTold]:
    """Who was told already, by case."""
    return {row.case_id: row for row in improvement.told.select_related("actor")}


def told_cases(*, message_ids: Sequence[int]) -> set[int]:
    """The cases that queued messages are about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject_id FROM messaging_message WHERE id = ANY(%s)", [list(message_ids)]
        )
        return {int(pk) for (pk,) in cursor.fetchall()}


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
