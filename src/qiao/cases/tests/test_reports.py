"""Reports: numbers that equal an own count over the rows, their cases, rights, files."""

import io
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from qiao.cases.forms import read_filters
from qiao.cases.forms.reports import read_report_choice, span_of
from qiao.cases.models import Case, CaseEvent
from qiao.cases.operations import merge_cases
from qiao.cases.queries import Filters, list_cases
from qiao.cases.queries.report_figures import figures_for
from qiao.cases.showing.report_changes import changes_of
from qiao.cases.showing.report_files import header, records
from qiao.cases.showing.reports import Report, build_report
from qiao.cases.tests.browsing import client_of, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor
from qiao.core.models import Disclosure
from qiao.core.rules.spans import Span
from qiao.core.rules.statistics import wilson
from qiao.customers.models import Customer
from qiao.customers.tests.factories import make_customer
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2026, 10, 19, tzinfo=ZONE)  # a Monday
DAYS = 28
MANY = 240


@pytest.fixture
def rows(company: Company) -> list[Case]:
    """Many cases of four weeks with every circumstance, some of them next door."""
    rng = random.Random(20261128)
    model = a_case(company, now=NOW - timedelta(days=90))
    made = [_row(model, place, company, rng) for place in range(MANY)]
    Case.objects.bulk_create(made)
    CaseEvent.objects.bulk_create(event for case in made for event in _events(case, company, rng))
    return list(Case.objects.all())


def _row(model: Case, place: int, company: Company, rng: random.Random) -> Case:
    opened = FIRST + timedelta(seconds=rng.randrange(DAYS * 86_400))
    if place % 7 == 0:  # the last and the first second of a day
        opened = opened.replace(hour=0, minute=0, second=0) - timedelta(seconds=place % 2)
    answered = opened + timedelta(minutes=rng.choice((3, 20, 90, 3_000)))
    closed = (
        answered + timedelta(minutes=rng.choice((0, 5, 2_000))) if rng.random() < 0.8 else None
    )
    organisation, team = (
        (company.lake, company.lake_team) if place % 3 else (company.river, company.river_team)
    )
    who = rng.choice((company.agent_staff, company.colleague_staff))
    return Case(
        number=f"T{place:06}",
        organisation=organisation,
        team=team,
        case_type_id=model.case_type_id,
        process_id=model.process_id,
        step="archived" if closed else "repair",
        phase="closed" if closed else "work",
        priority=rng.choice(("urgent", "normal")),
        channel=rng.choice(("call", "wechat", "counter")),
        area=rng.choice(("339102", "339104", "")),
        title=f"case {place}",
        responsible=who,
        opened_by=who,
        opened_at=opened,
        opened_date=opened.astimezone(ZONE).date(),
        answered_at=answered,
        closed_at=closed,
        closed_date=closed.astimezone(ZONE).date() if closed else None,
        due_at=None if closed else opened + timedelta(days=2),
        promise_kept=rng.choice((True, True, False, None)),
        chase_count=rng.choice((0, 0, 1)),
        reopened_count=rng.choice((0, 0, 0, 1)),
        escalated=rng.random() < 0.1,
    )


def _events(case: Case, company: Company, rng: random.Random) -> list[CaseEvent]:
    other = company.outsider_staff if rng.random() < 0.3 else case.responsible
    entered = [("step_entered", case.responsible, case.opened_at)]
    if rng.random() < 0.4:
        entered.append(("step_entered", other, case.opened_at + timedelta(minutes=1)))
    told = [("opened", case.responsible, case.opened_at), *entered]
    told.append(("answered", other, case.answered_at or case.opened_at))
    return [
        CaseEvent(case=case, seq=seq, kind=kind, at=at, recorded_at=at, actor=who)
        for seq, (kind, who, at) in enumerate(told, start=1)
    ]


def report(actor: Actor, query: str) -> Report:
    choice = read_report_choice(QueryDict(query), today=TODAY)
    return build_report(actor=actor, now=NOW, choice=choice)


def listed(actor: Actor, href: str) -> set[int]:
    """The ids of the list that a number leads to."""
    query = QueryDict(href.partition("?")[2])
    found: set[int] = set()
    cursor = None
    while True:
        page = list_cases(
            actor=actor,
            now=NOW,
            view=query["view"],
            filters=read_filters(query),
            cursor=cursor,
            limit=100,
        )
        found |= {row.case_id for row in page.rows}
        cursor = page.following
        if cursor is None:
            return found


def _first_contact(case: Case) -> bool:
    other = [
        e
        for e in CaseEvent.objects.filter(case=case)
        if e.actor_id != case.responsible_id and case.answered_at and e.at <= case.answered_at
    ]
    quick = case.answered_at is not None and case.answered_at - case.opened_at <= timedelta(
        minutes=30
    )
    return quick and not other and not case.chase_count and not case.reopened_count


def own_count(rows: list[Case], key: str, span: Span) -> tuple[int, int]:
    """Part and whole of a figure, counted in Python from the rows."""
    opened = [c for c in rows if c.opened_date in span]
    closed = [c for c in rows if c.closed_date and c.closed_date in span]
    standing = [
        c
        for c in rows
        if c.opened_date <= span.until and (c.closed_date is None or c.closed_date > span.until)
    ]
    decided = [c for c in opened if c.promise_kept is not None]
    counts: dict[str, tuple[int, int]] = {
        "opened": (len(opened), len(opened)),
        "closed": (len(closed), len(closed)),
        "standing": (len(standing), len(standing)),
        "kept": (sum(bool(c.promise_kept) for c in decided), len(decided)),
        "chased": (sum(c.chase_count > 0 for c in opened), len(opened)),
        "escalated": (sum(c.escalated for c in opened), len(opened)),
        "reopened": (sum(c.reopened_count > 0 for c in closed), len(closed)),
        "first_contact": (sum(map(_first_contact, closed)), len(closed)),
    }
    return counts[key]


FIELDS: dict[str, Callable[[Case], str]] = {
    "channel": lambda c: c.channel,
    "priority": lambda c: c.priority,
    "area": lambda c: c.area,
    "person": lambda c: str(c.responsible_id),
    "unit": lambda c: str(c.organisation_id),
}
KEYS = ("opened", "closed", "standing", "kept", "chased", "escalated", "reopened", "first_contact")


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    start=st.integers(0, DAYS - 1),
    length=st.integers(1, DAYS),
    by=st.sampled_from(sorted(FIELDS)),
    channel=st.sampled_from(("", "call", "wechat")),
    keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True),
)
def test_every_number_equals_an_own_count_and_leads_to_exactly_its_cases(
    company: Company,
    rows: list[Case],
    start: int,
    length: int,
    by: str,
    channel: str,
    keys: list[str],
) -> None:
    since = FIRST.date() + timedelta(days=start)
    span = Span(since, since + timedelta(days=length - 1))
    query = f"period=own&since={span.since}&until={span.until}&by={by}" + "".join(
        f"&fig={key}" for key in keys
    )
    made = report(company.chief, f"{query}&channel={channel}" if channel else query)
    counted = [c for c in rows if not channel or c.channel == channel]
    for row in (*made.rows, made.total):
        own = counted if row is made.total else [c for c in counted if FIELDS[by](c) == row.key]
        for head, cell in zip(made.heads, row.cells, strict=True):
            part, whole = own_count(own, head.figure.key, span)
            if cell.share is not None:
                assert (cell.share.part, cell.share.whole) == (part, whole)
                interval = wilson(part, whole)
                assert f"{interval.low:.1f}–{interval.high:.1f}" in cell.sureness
            elif head.is_share:
                assert whole == 0
            else:
                assert cell.number == part
            assert len(listed(company.chief, cell.href) if cell.href else ()) == part
    assert {row.key for row in made.rows} >= {
        FIELDS[by](c) for c in counted if c.opened_date in span and "opened" in keys
    }


def test_times_are_the_median_and_the_ninth_decile_of_exactly_the_cases_listed(
    company: Company, rows: list[Case]
) -> None:
    made = report(company.chief, "period=own&since=2026-10-19&until=2026-11-15&by=none&fig=ending")
    half, ninth = made.total.cells
    closed = [
        c for c in rows if c.closed_at and c.closed_date and c.closed_date <= date(2026, 11, 15)
    ]
    hours = [(c.closed_at - c.opened_at).total_seconds() / 3600 for c in closed]  # type: ignore[operator]
    assert made.heads[0].divisor in (3600, 60)  # hours, or minutes
    scale = 1 if made.heads[0].divisor == 3600 else 60
    assert half.number == round(median(hours) * scale, 1)
    assert (ninth.number or 0) >= (half.number or 0)
    assert len(listed(company.chief, half.href)) == len(closed)


def test_merged_cases_count_once_each_and_a_reopened_one_at_its_last_end(company: Company) -> None:
    survivor, other = a_case(company), a_case(company)
    query = "period=own&since=2026-11-20&until=2026-11-20&by=none&fig=opened&fig=first_contact"
    before = report(company.agent, query).total.cells[0].number
    merge_cases(survivor_id=survivor.pk, merged=[other.pk], actor=company.agent, now=NOW)
    made = report(company.agent, query)
    assert made.total.cells[0].number == before == 2
    assert listed(company.agent, made.total.cells[0].href) == {survivor.pk, other.pk}


def test_days_are_those_of_the_unit_whatever_the_clock_of_the_server_says(
    company: Company,
) -> None:
    last = datetime(2026, 11, 19, 15, 59, 59, tzinfo=UTC)  # a second before midnight there
    first = last + timedelta(seconds=1)
    early, late = a_case(company, now=last), a_case(company, now=first)
    for day, case in (("2026-11-19", early), ("2026-11-20", late)):
        made = report(company.agent, f"period=own&since={day}&until={day}&by=none&fig=opened")
        assert listed(company.agent, made.total.cells[0].href) == {case.pk}


def test_who_may_not_see_reports_sees_the_figures_of_their_own_cases(
    company: Company, rows: list[Case]
) -> None:
    staff = person(
        number="1900", name="新人", branch=company.lake, permissions=("cases.view", "cases.open")
    )
    client = client_of(staff)
    page = client.get(reverse("cases:reports"), {"by": "person"})
    assert "周明" not in text_of(page)
    mine = a_case(company, actor=actor_for(staff, day=TODAY))
    query = "period=own&since=2026-11-20&until=2026-11-20&fig=opened&by=none&responsible=1"
    made = report(actor_for(staff, day=TODAY), query)
    assert made.total.cells[0].number == 1
    assert listed(actor_for(staff, day=TODAY), made.total.cells[0].href) == {mine.pk}
    assert client.post(reverse("cases:report_file", args=["xlsx"])).status_code == 403


def test_cases_without_a_customer_are_a_row_of_their_own_among_tiers(company: Company) -> None:
    gold, plain = (make_customer(company.agent, name=name) for name in ("金", "常"))
    Customer.objects.filter(pk=gold.pk).update(tier="A")
    cases = {key: a_case(company) for key in ("A", "C", "nobody")}
    Case.objects.filter(pk=cases["A"].pk).update(customer_id=gold.pk)
    Case.objects.filter(pk=cases["C"].pk).update(customer_id=plain.pk)
    Case.objects.filter(pk=cases["nobody"].pk).update(customer_id=None)
    made = report(company.agent, "period=own&since=2026-11-20&until=2026-11-20&by=tier&fig=opened")
    found = {row.key: listed(company.agent, row.cells[0].href) for row in made.rows}
    assert found == {key: {case.pk} for key, case in cases.items()}
    assert {row.label for row in made.rows} == {"A", "C", "未关联客户"}
    every = list_cases(actor=company.agent, now=NOW, view="all", filters=Filters(tier=("-",)))
    assert not every.rows, "every customer has a tier"


def test_a_unit_sees_nothing_of_its_neighbour(company: Company, rows: list[Case]) -> None:
    query = "period=own&since=2026-10-19&until=2026-11-15&by=unit&fig=opened"
    units = {row.key for row in report(company.agent, query).rows}
    assert units == {str(company.lake.pk)}
    assert len(report(company.chief, query).rows) == 2


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_file_equals_the_screen_and_is_recorded(
    company: Company, rows: list[Case], form: str
) -> None:
    query = "period=own&since=2026-10-19&until=2026-11-15&by=person&fig=opened&fig=kept&fig=ending"
    client = client_of(company.chief_staff)
    answer = client.post(f"{reverse('cases:report_file', args=[form])}?{query}")
    made = report(company.chief, query)
    wanted: list[list[Any]] = [list(header(made)), *records(made)]
    if form == "csv":
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert len(lines) == len(wanted)
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        sheets = [book.get_sheet_by_index(place).to_python() for place in range(3)]
        assert sheets[0] == [["" if v is None else v for v in line] for line in wanted]
        assert any("郑岩 9001" in str(value) for line in sheets[1] for value in line)
        assert {line[0] for line in sheets[2]} >= {head.label for head in made.heads}
    page = text_of(client.get(f"{reverse('cases:reports')}?{query}"))
    for row in made.rows:
        assert all(cell.text in page for cell in row.cells)
    kept = Disclosure.objects.get(subject="cases.report")
    assert (kept.actor_id, kept.row_count) == (company.chief_staff.pk, len(made.rows))


def test_the_page_asks_as_often_for_one_row_as_for_many(
    company: Company, rows: list[Case], django_assert_max_num_queries: Any
) -> None:
    client = client_of(company.chief_staff)
    address = reverse("cases:reports")
    query = {"period": "own", "since": "2026-10-19", "until": "2026-11-15", "by": "person"}
    client.get(address, query)
    with django_assert_max_num_queries(40):
        client.get(address, query)


def test_every_declared_figure_is_counted_by_every_grouping(
    company: Company, rows: list[Case], agent: Client
) -> None:
    keys = list(figures_for(company.chief))
    for place in range(0, len(keys), 12):
        some = "".join(f"&fig={key}" for key in keys[place : place + 12])
        for by in ("none", "time", "type", "group", "tier", "team"):
            made = report(company.chief, f"period=30d&by={by}{some}")
            assert made.heads
            assert {head.figure.key for head in made.heads} == set(keys[place : place + 12])


def test_an_address_that_makes_no_sense_is_as_if_nothing_had_been_chosen(agent: Client) -> None:
    odd = {"period": "own", "since": "x", "by": "secret", "fig": ["nothing"], "draw": "99"}
    assert agent.get(reverse("cases:reports"), odd).status_code == 200
    answer = agent.get(reverse("cases:list"), {"view": "all", "figure": "nothing"})
    assert answer.status_code == 200


def test_weeks_and_months_are_whole() -> None:
    assert span_of("week", date(2026, 11, 20)) == Span(date(2026, 11, 9), date(2026, 11, 15))
    assert span_of("month", date(2026, 3, 1)) == Span(date(2026, 2, 1), date(2026, 2, 28))
    choice = read_report_choice(QueryDict("period=month"), today=date(2026, 3, 31))
    assert choice.before == Span(date(2026, 1, 1), date(2026, 1, 31))
    assert replace(choice, by="team").query(by="unit").startswith("period=month&by=unit")


def test_a_change_is_told_with_where_it_comes_from_and_its_cases(
    company: Company, rows: list[Case], agent: Client
) -> None:
    days = Case.objects.filter(opened_date__range=("2026-11-02", "2026-11-08"))
    days.update(promise_kept=True)
    Case.objects.filter(opened_date__range=("2026-11-09", "2026-11-15")).update(promise_kept=False)
    choice = read_report_choice(
        QueryDict("period=own&since=2026-11-09&until=2026-11-15&fig=kept"), today=TODAY
    )
    (change,) = changes_of(actor=company.chief, now=NOW, choice=choice)
    assert "100.0" in change.words
    assert change.tone == "bad"
    assert change.parts
    for part in change.parts:
        assert 0 < len(listed(company.chief, part.href)) < len(rows)
