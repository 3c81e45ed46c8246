"""Every figure of the overview is what a plain count finds, and leads to as many records."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.cases.forms.filters import read_filters, read_view
from qiao.cases.queries import list_cases
from qiao.cases.tests.world import NOW, pack_installed
from qiao.contact.queries import list_interactions
from qiao.contact.views.reading import _filters as contact_filters
from qiao.core.actor import Actor
from qiao.core.figures import Cell, Grid, Scope, Standing
from qiao.core.registry import registry
from qiao.core.rules.spans import Span, last_days, last_months
from qiao.desk.tests.overview_world import Weeks
from qiao.feedback.forms.follow_ups import FilterForm
from qiao.feedback.queries import list_follow_ups
from qiao.staff.queries import subtree_of
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)
EVERYTHING = 100_000
SPANS = {
    "a day": Span(TODAY, TODAY),
    "a week": last_days(TODAY, 7),
    "thirty days": last_days(TODAY, 30),
    "a hundred days": last_days(TODAY, 100),
    "a year": last_months(TODAY, 12),
    "odd days": Span(date(2026, 9, 13), date(2026, 11, 2)),
}


@pytest.fixture
def company(
    db: None, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Company]:
    with pack_installed(monkeypatch):
        found = make_company()
        Weeks(found, seed=getattr(request, "param", 7)).work(90)
        yield found


def scope_of(span: Span, unit: int | None = None, pack: str = "") -> Scope:
    ids = None if unit is None else subtree_of(unit)
    return Scope(span, span.before(), NOW, unit_id=unit, unit_ids=ids, pack=pack)


def one(sql: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def records_behind(href: str, actor: Actor) -> int:
    """How many rows the list at an address has."""
    parts = urlsplit(href)
    query = QueryDict(parts.query)
    if parts.path == reverse("cases:list"):
        return len(
            list_cases(
                actor=actor,
                now=NOW,
                view=read_view(query, "open"),
                filters=read_filters(query),
                limit=EVERYTHING,
            ).rows
        )
    if parts.path == reverse("contact:list"):
        filters = contact_filters(query)
        return len(list_interactions(actor=actor, filters=filters, limit=EVERYTHING).rows)
    if parts.path == reverse("feedback:list"):
        return follow_ups_behind(query, actor)
    raise AssertionError(f"nobody knows the list {href}")


def follow_ups_behind(query: QueryDict, actor: Actor) -> int:
    filters = FilterForm(query).filters()
    found, after = 0, ""
    while True:
        page = list_follow_ups(actor=actor, filters=filters, after=after)
        found, after = found + len(page.rows), page.after
        if not after:
            return found


def cells_of(actor: Actor, scope: Scope) -> Iterator[tuple[str, Cell]]:
    """All cells of all figures, strip and table of people included."""
    for headline in registry.headlines(actor):
        found: Standing = headline.load(actor, scope)
        n = found.value if found.share is None else found.share.part
        yield headline.key, Cell(n, found.href)
    for figure in registry.figures(actor):
        grid: Grid = figure.load(actor, scope)
        for row in grid.rows:
            for cell in row.cells:
                yield f"{figure.key} {row.label}", cell
        for cell in grid.totals:
            yield f"{figure.key} together", cell
        if grid.gathered and len(grid.rows) > 1:
            several = [row.key for row in grid.rows[1:]]
            n = sum(int(row.cells[0].value or 0) for row in grid.rows[1:])
            yield f"{figure.key} gathered", Cell(n, grid.gathered(several))


def test_every_value_leads_to_exactly_the_records_it_counts(company: Company) -> None:
    followed = 0
    views: list[tuple[Actor, int | None, str]] = [(company.chief, None, d) for d in SPANS]
    views += [(company.chief, company.lake.pk, "odd days"), (company.outsider, None, "a year")]
    for actor, unit, days in views:
        for name, cell in cells_of(actor, scope_of(SPANS[days], unit)):
            if not cell.href:
                continue
            n = cell.share.part if cell.share else cell.value
            assert records_behind(cell.href, actor) == n, (days, name, cell.href)
            followed += 1
    assert followed > 500


CASES = "SELECT count(*) FROM cases_case WHERE organisation_id = ANY(%s) AND "
OPENED = CASES + "opened_date BETWEEN %s AND %s"


@pytest.mark.parametrize("company", [7, 11], indirect=True)
def test_figures_of_cases_equal_plain_counts(company: Company) -> None:
    for span in SPANS.values():
        check_plain_counts(company.chief, span)


def check_plain_counts(actor: Actor, span: Span) -> None:
    units = list(actor.organisations("cases.view"))
    within = (units, span.since, span.until)
    strip = {h.key: h.load(actor, scope_of(span)) for h in registry.headlines(actor)}
    assert strip["cases.opened"].value == one(OPENED, *within)
    assert strip["cases.closed"].value == one(CASES + "closed_date BETWEEN %s AND %s", *within)
    kept = strip["cases.kept"].share
    assert kept is not None
    assert kept.part == one(OPENED + " AND promise_kept", *within)
    assert kept.whole == one(OPENED + " AND promise_kept IS NOT NULL", *within)
    assert strip["cases.open"].value == one(CASES + "closed_at IS NULL", units)
    late = CASES + "closed_at IS NULL AND level = 'late'"
    assert strip["cases.late"].value == one(late, units)
    before = span.before()
    was = one(OPENED, units, before.since, before.until)
    assert strip["cases.opened"].value_before == was

    grids = {f.key: f.load(actor, scope_of(span)) for f in registry.figures(actor)}
    for key, column in (("channel", "channel"), ("area", "area"), ("type", "case_type_id")):
        counted = sorted(int(row.cells[0].value or 0) for row in grids[f"cases.{key}"].rows)
        with connection.cursor() as cursor:
            grouped = OPENED.replace("count(*)", f"count(*), {column}") + " GROUP BY 2"
            cursor.execute(grouped, within)
            assert counted == sorted(n for n, _ in cursor.fetchall())
    for row, part in zip(
        grids["cases.time"].rows,
        scope_of(span).curve().parts(scope_of(span).curve().step),
        strict=True,
    ):
        assert row.cells[0].value == one(OPENED, units, part.since, part.until)


def test_a_unit_and_a_pack_narrow_every_figure_of_cases(company: Company) -> None:
    span = SPANS["a hundred days"]
    actor = company.chief
    figures = {h.key: h for h in registry.headlines(actor)}
    opened = figures["cases.opened"]
    lake = opened.load(actor, scope_of(span, company.lake.pk)).value
    river = opened.load(actor, scope_of(span, company.river.pk)).value
    whole = opened.load(actor, scope_of(span, company.company.pk)).value
    assert min(lake, river) > 0
    assert lake + river == whole == opened.load(actor, scope_of(span)).value
    assert opened.load(actor, scope_of(span, pack="water")).value == whole
    assert opened.load(actor, scope_of(span, pack="nothing")).value == 0


def test_no_figure_takes_more_than_one_statement(company: Company) -> None:
    scope = scope_of(SPANS["a year"])
    items: list[Any] = [*registry.headlines(company.chief), *registry.figures(company.chief)]
    for item in items:
        if item.key == "desk.people":
            continue
        with CaptureQueriesContext(connection) as statements:
            item.load(company.chief, scope)
        assert len(statements) <= 1, item.key


def test_the_table_of_people_is_one_statement_a_module_and_one_for_names(company: Company) -> None:
    people = next(f for f in registry.figures(company.chief) if f.key == "desk.people")
    with CaptureQueriesContext(connection) as statements:
        grid = people.load(company.chief, scope_of(SPANS["a year"]))
    assert len(statements) == len(registry.workload(company.chief)) + 1
    assert {row.label for row in grid.rows} >= {"林晓岚", "周明", "何远"}


def test_who_may_not_see_cases_sees_no_figure_of_them(company: Company) -> None:
    stranger = Actor(
        staff_id=company.agent.staff_id,
        name="",
        organisation_id=company.lake.pk,
        grants={"desk.overview": (company.lake.pk,)},
    )
    assert [f.key for f in registry.figures(stranger)] == ["desk.people"]
    assert registry.headlines(stranger) == []
    assert registry.workload(stranger) == []


def test_a_branch_counts_only_its_own(company: Company) -> None:
    span = SPANS["a year"]
    strip = {h.key: h for h in registry.headlines(company.outsider)}
    units = [company.river.pk, company.river_team.pk]
    found = strip["cases.opened"].load(company.outsider, scope_of(span)).value
    assert found == one(OPENED, units, span.since, span.until) > 0
    asked = strip["cases.opened"].load(company.outsider, scope_of(span, company.lake.pk)).value
    assert asked == 0


def test_months_and_days_add_up_to_the_cases_themselves(company: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_fold_counts(), contact_fold_counts(), feedback_fold_counts()")
        for table, recount, columns in (
            ("cases_casecount", "cases_recount", "organisation_id, day, view, holder, pack"),
            ("contact_interactioncount", "contact_recount", "organisation_id, day, view, holder"),
            ("feedback_followupcount", "feedback_recount", "organisation_id, day, view, holder"),
        ):
            months = columns.replace("day", "date_trunc('month', day)::date")
            for kept, truth in (
                (
                    f"SELECT {columns}, n FROM {table} WHERE n <> 0",
                    f"SELECT {columns}, n FROM {recount}()",
                ),
                (
                    f"SELECT {columns.replace('day', 'month')}, n FROM {table}month WHERE n <> 0",
                    f"SELECT {months}, sum(n) FROM {recount}() WHERE day > '0001-01-01'"
                    f" GROUP BY {months}",
                ),
            ):
                cursor.execute(kept)
                found = set(cursor.fetchall())
                cursor.execute(truth)
                assert found == set(cursor.fetchall())
                assert found


def test_follow_ups_count_as_they_stand(company: Company) -> None:
    span, actor = SPANS["a hundred days"], company.chief
    units = list(actor.organisations("followups.view"))
    answers = (
        "SELECT count(*) FROM feedback_followup WHERE organisation_id = ANY(%s)"
        " AND state = 'reached' AND finished_date BETWEEN %s AND %s"
    )
    strip = {h.key: h for h in registry.headlines(actor)}
    share = strip["feedback.satisfaction"].load(actor, scope_of(span)).share
    assert share is not None
    assert share.whole == one(answers, units, span.since, span.until)
    glad = answers + " AND rating <> 'not_satisfied'"
    assert share.part == one(glad, units, span.since, span.until)
    grid = next(f for f in registry.figures(actor) if f.key == "feedback.ratings").load(
        actor, scope_of(span)
    )
    first = date(2026, 6, 1)
    assert sum(int(c.value or 0) for c in grid.totals[:4]) == one(answers, units, first, TODAY)
    assert span.since - first > timedelta(days=30)
