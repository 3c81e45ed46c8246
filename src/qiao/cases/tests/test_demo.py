"""The demo world's cases are what the rules make of their histories."""

from datetime import timedelta
from random import Random

import pytest
from django.db import connection, transaction
from django.utils import timezone

from qiao.cases.demo.history import build_cases
from qiao.cases.journal import known_calendars, recount
from qiao.cases.models import Case
from qiao.cases.operations import install_packs
from qiao.cases.rules.levels import standing
from qiao.core.demo import World
from qiao.core.packs.enabled import catalogue
from qiao.customers.demo import build as build_customers
from qiao.staff.demo import build_company

CUSTOMERS = 600
SAMPLE = 300
KEPT = "SELECT organisation_id, day, view, holder, pack, n FROM cases_casecount"
REAL = "SELECT organisation_id, day, view, holder, pack, n FROM cases_recount()"
DIFFERENCES = f"({KEPT} EXCEPT ALL {REAL}) UNION ALL ({REAL} EXCEPT ALL {KEPT})"


@pytest.fixture
def world(db: None) -> World:
    """A small city with its two years of cases."""
    made = World(customers=CUSTOMERS, pack="water", now=timezone.now(), cases=1200)
    install_packs(catalogue=catalogue(), now=made.now - timedelta(days=1))
    with transaction.atomic():
        build_company(made)
        build_customers(made)
        build_cases(made)
    return made


def test_clocks_counted_anew_equal_the_stored_ones_and_so_do_the_kept_counts(
    world: World,
) -> None:
    cases = list(Case.objects.all())
    assert len(cases) == 1200
    calendars = known_calendars()
    opened = [case for case in cases if case.closed_at is None]
    for case in [*opened, *Random(7).sample(cases, SAMPLE)]:
        state = recount(case.pk)
        found = {
            (c.promise, c.round, c.target_seconds, c.started_at, c.due_at, c.stopped_at,
             c.breached_at, c.elapsed_seconds, c.paused_seconds, c.state)
            for c in state.clocks
        }  # fmt: skip
        kept = set(
            case.clocks.values_list(
                "promise", "round", "target_seconds", "started_at", "due_at", "stopped_at",
                "breached_at", "elapsed_seconds", "paused_seconds", "state",
            )
        )  # fmt: skip
        assert kept == found, case.number
        seen = standing(state, world.now, calendars)
        assert (case.due_at, case.due_promise, case.level, case.is_paused, case.promise_kept) == (
            seen.due_at, seen.promise, seen.level, seen.paused, seen.kept,
        ), case.number  # fmt: skip
        assert list(case.events.order_by("seq").values_list("seq", flat=True)) == list(
            range(1, case.event_count + 1)
        )
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES)
        assert cursor.fetchall() == []
    _promises_are_kept_as_often_as_in_a_good_company(world)


def _promises_are_kept_as_often_as_in_a_good_company(world: World) -> None:
    missed = Case.objects.filter(promise_kept=False).count()
    assert 0.04 <= missed / Case.objects.count() <= 0.11
    late = Case.objects.filter(closed_at__isnull=True, level="late").count()
    assert late <= 0.4 * Case.objects.filter(closed_at__isnull=True).count() + 2
    month_ago = world.now - timedelta(days=45)
    assert not Case.objects.filter(closed_at__isnull=True, opened_at__lt=month_ago).exists()
