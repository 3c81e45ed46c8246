"""Places over time: who lived where with which meter, on any day; meters exchanged."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.periods import Period
from qiao.customers.models import MeterInstallation, Premises, ServicePoint
from qiao.customers.operations import (
    BadPeriod,
    LaterChange,
    MeterElsewhere,
    NewMeter,
    NotYet,
    WrongState,
    add_party,
    end_party,
    exchange_meter,
    undo_exchange,
)
from qiao.customers.queries import NotVisible, find_customers, find_places, history_of
from qiao.customers.rules.history import Scale, holds, scale_of
from qiao.customers.rules.searching import may_be_meter
from qiao.customers.tests.factories import (
    NOW,
    make_account,
    make_customer,
    make_premises,
    make_service_point,
)
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def point(world: Company) -> ServicePoint:
    """A point with meter, account and owner since May 2017."""
    found = make_service_point(world.agent)
    make_account(world.agent, owner=make_customer(world.agent, name="陈慧敏"), service_point=found)
    return found


def swap(world: Company, point: ServicePoint, number: str, day: date = DAY) -> MeterInstallation:
    return exchange_meter(
        actor=world.agent,
        now=NOW,
        service_point_id=point.pk,
        day=day,
        meter=NewMeter(number, "DN20", is_remote=True, opening_reading=Decimal(0)),
        closing_reading=Decimal("812.5"),
        reason="到期轮换",
    )


def test_the_first_meter_hangs_as_soon_as_the_point_is_there(point: ServicePoint) -> None:
    hung = MeterInstallation.objects.get(service_point=point)
    assert (hung.meter_number, hung.period.lower, hung.period.upper) == (
        point.meter_number,
        None,
        None,
    )


def test_an_exchange_keeps_the_old_meter_with_its_period(
    world: Company, point: ServicePoint
) -> None:
    old = point.meter_number
    swap(world, point, "W-99000001")
    history = history_of(actor=world.agent, premises_id=point.premises_id)
    assert [m.number for m in history.on(DAY - timedelta(days=1)).meters] == [old]
    assert [m.number for m in history.on(DAY).meters] == ["W-99000001"]
    point.refresh_from_db()
    assert (point.meter_number, point.meter_size, point.meter_installed_date) == (
        "W-99000001",
        "DN20",
        DAY,
    )


def test_an_exchange_is_taken_back_whole_but_only_the_latest(
    world: Company, point: ServicePoint
) -> None:
    old = point.meter_number
    first = swap(world, point, "W-99000001")
    second = swap(world, point, "W-99000002", DAY + timedelta(days=30))
    with pytest.raises(LaterChange):
        undo_exchange(actor=world.agent, now=NOW, installation_id=first.pk)
    undo_exchange(actor=world.agent, now=NOW, installation_id=second.pk)
    undo_exchange(actor=world.agent, now=NOW, installation_id=first.pk)
    only = MeterInstallation.objects.get(service_point=point)
    assert (only.meter_number, only.period.upper, only.closing_reading) == (old, None, None)
    point.refresh_from_db()
    assert point.meter_number == old
    with pytest.raises(LaterChange):
        undo_exchange(actor=world.agent, now=NOW, installation_id=only.pk)


def test_an_exchange_that_cannot_have_been_is_refused(world: Company, point: ServicePoint) -> None:
    swap(world, point, "W-99000001")
    with pytest.raises(BadPeriod):
        swap(world, point, "W-99000002", DAY)
    with pytest.raises(NotYet):
        swap(world, point, "W-99000002", NOW.date() + timedelta(days=2))
    with pytest.raises(WrongState):
        swap(world, point, "W-99000001", DAY + timedelta(days=1))
    other = make_service_point(world.agent)
    make_account(world.agent, service_point=other)
    with pytest.raises(MeterElsewhere):
        swap(world, point, other.meter_number, DAY + timedelta(days=1))
    with pytest.raises(NotVisible):
        exchange_meter(
            actor=world.outsider,
            now=NOW,
            service_point_id=point.pk,
            day=DAY,
            meter=NewMeter("W-1"),
        )


def test_two_meters_never_hang_at_one_point_on_the_same_day(point: ServicePoint) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MeterInstallation.objects.create(
            service_point=point, meter_number="X", period=DateRange(DAY, None)
        )


def test_who_lived_there_is_exact_on_the_day_of_a_change(world: Company) -> None:
    premises = make_premises(world.agent)
    first, second = (make_customer(world.agent, name=name) for name in ("前任", "后任"))
    account = make_account(world.agent, owner=first, premises=premises)
    end_party(actor=world.agent, now=NOW, party_id=account.parties.get().pk, end_date=DAY)
    add_party(
        actor=world.agent, now=NOW, account_id=account.pk, customer_id=second.pk, role="owner",
        from_date=DAY,
    )  # fmt: skip
    history = history_of(actor=world.agent, premises_id=premises.pk)
    names = [
        [stay.name for stay in history.on(DAY + timedelta(days=shift)).stays]
        for shift in (-3000, -1, 0)
    ]
    assert names == [[], ["前任"], ["后任"]]


def test_a_meter_old_or_new_finds_customer_and_place(world: Company, point: ServicePoint) -> None:
    old = point.meter_number
    swap(world, point, "W-99000001")
    for text in (old, old.replace("-", ""), "W-99000001", "w99000001", "W-990000"):
        assert [hit.name for hit in find_customers(actor=world.agent, text=text)] == ["陈慧敏"]
        assert [hit.premises_id for hit in find_places(actor=world.agent, text=text)] == [
            point.premises_id
        ]
        assert find_customers(actor=world.outsider, text=text) == []
        assert find_places(actor=world.outsider, text=text) == []
    (hit,) = find_places(actor=world.agent, text=point.premises.full_text)
    assert (hit.premises_id, hit.accounts) == (point.premises_id, 1)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("W-30218876", True),
        ("30218876", True),
        ("13805712264", False),
        ("慧敏", False),
        ("chenhuimin", False),
        ("W-30", False),
    ],
)
def test_what_may_be_a_meter_number(text: str, answer: bool) -> None:
    assert may_be_meter(text) is answer


def test_the_page_tells_the_place_on_any_day(world: Company, point: ServicePoint) -> None:
    url = reverse("customers:place", args=[point.premises_id])
    agent = browser(world.agent_staff)
    assert "陈慧敏" in agent.get(url).content.decode()
    part = agent.get(url, {"on": "2010-01-01"}, headers={"HX-Request": "true"}).content.decode()
    assert "No account was kept here on that day." in part
    assert "<html" not in part
    for odd in ("x", "2024-13-01", "9999-99-99", "1; DROP"):
        assert agent.get(url, {"on": odd}).status_code == 200
    assert browser(world.outsider_staff).get(url).status_code == 404


def test_the_exchange_dialog_works_and_refuses_beside_the_field(
    world: Company, point: ServicePoint
) -> None:
    agent = browser(world.agent_staff)
    url = reverse("customers:exchange", args=[point.premises_id, point.pk])
    assert "<dialog" in agent.get(url, headers={"HX-Request": "true"}).content.decode()
    late = {"number": "W-77", "day": "2050-01-01"}
    assert agent.post(url, late).status_code == 422
    done = agent.post(url, {"number": "W-77", "day": "2024-03-01", "closing": "12.5"})
    assert done.status_code == 302
    undo = agent.get(done["Location"]).content.decode()
    hung = MeterInstallation.objects.latest("id")
    address = reverse("customers:exchange_undo", args=[point.premises_id, hung.pk])
    assert address in undo
    agent.post(address)
    assert MeterInstallation.objects.count() == 1


def test_a_place_goes_with_its_points(point: ServicePoint) -> None:
    lone = ServicePoint.objects.create(
        premises=Premises.objects.get(pk=point.premises_id),
        service="gas",
        number="G1",
        meter_number="G-1",
    )
    ServicePoint.objects.filter(pk=lone.pk)._raw_delete("default")  # noqa: SLF001 - as SQL does
    assert not MeterInstallation.objects.filter(meter_number="G-1").exists()


days = st.dates(date(2000, 1, 1), date(2040, 1, 1))


@given(st.lists(st.tuples(days, st.integers(1, 4000)), max_size=6), days, days)
def test_a_scale_holds_every_period_and_places_days_in_their_order(
    drawn: list[tuple[date, int]], one: date, other: date
) -> None:
    class Span:
        def __init__(self, since: date, until: date) -> None:
            self.since, self.until = since, until

    spans = [Span(since, since + timedelta(days=length)) for since, length in drawn]
    scale = scale_of(spans, one)
    assert isinstance(scale, Scale)
    for span in spans:
        start, width = scale.bar(span)
        assert 0 <= start <= 100
        assert width >= 0
        assert start + width <= 100.02
        assert holds(span, one) == (one in Period(span.since, span.until))
    earlier, later = sorted((one, other))
    assert scale.place(earlier) <= scale.place(later)
    assert len(scale.ticks()) <= 12
