"""Accounts handed over: who leaves, who comes, what is refused, how it is taken back."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.models import Event
from qiao.customers.models import Account, AccountParty, Customer, CustomerPhone, Move
from qiao.customers.operations import (
    AlreadyOwned,
    ChangedMeanwhile,
    Coming,
    HandOver,
    LaterChange,
    NothingMoves,
    NotYet,
    OwnerMissing,
    ReasonMissing,
    TooEarly,
    WrongState,
    add_party,
    add_phone,
    end_party,
    hand_over_account,
    undo_move,
)
from qiao.customers.queries import NotVisible, history_of
from qiao.customers.rules.moving import Done, Part, Plan, faults, hindrances
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def account(world: Company) -> Account:
    return make_account(world.agent, owner=make_customer(world.agent, name="前任"))


def owner_part(account: Account) -> AccountParty:
    return AccountParty.objects.get(account=account, role="owner", period__endswith__isnull=True)


def move(
    world: Company,
    account: Account,
    *,
    to: Customer | None = None,
    roles: tuple[str, ...] = ("owner",),
    day: date = DAY,
    leaving: Iterable[int] | None = None,
    **more: object,
) -> Move:
    ids = [owner_part(account).pk] if leaving is None else leaving
    coming = (Coming(to.pk, roles),) if to else ()
    return hand_over_account(
        actor=world.agent,
        now=NOW,
        account_id=account.pk,
        hand_over=HandOver(day, tuple(ids), coming, **more),  # type: ignore[arg-type]
    )


def owners(world: Company, account: Account, day: date) -> list[str]:
    point = account.service_point
    assert point is not None
    history = history_of(actor=world.agent, premises_id=point.premises_id)
    return [stay.name for stay in history.on(day).stays if stay.role == "owner"]


def test_an_account_goes_from_one_owner_to_the_next_without_gap_or_overlap(
    world: Company, account: Account
) -> None:
    done = move(
        world,
        account,
        to=make_customer(world.agent, name="后任"),
        final_reading=Decimal("812.5"),
        forwarding_phone="139 1111 2222",
    )
    assert owners(world, account, DAY - timedelta(days=1)) == ["前任"]
    assert owners(world, account, DAY) == ["后任"]
    assert done.opening_reading == Decimal("812.5")
    assert done.is_backdated
    assert done.number.startswith("GH")
    assert CustomerPhone.objects.get(number="+8613911112222").customer.name == "前任"
    names = Event.objects.order_by("id").values_list("name", flat=True)
    assert "customers.account_handed_over" in names


def test_taken_back_everything_is_as_before(world: Company, account: Account) -> None:
    before = list(AccountParty.objects.order_by("id").values_list("id", "period"))
    done = move(world, account, to=make_customer(world.agent, name="后任"))
    undo_move(actor=world.agent, now=NOW, move_id=done.pk, reason="录错户号")
    assert list(AccountParty.objects.order_by("id").values_list("id", "period")) == before
    with pytest.raises(WrongState):
        undo_move(actor=world.agent, now=NOW, move_id=done.pk, reason="again")
    again = move(world, account, to=make_customer(world.agent, name="后任"))
    with pytest.raises(ReasonMissing):
        undo_move(actor=world.agent, now=NOW, move_id=again.pk, reason=" ")


def test_on_the_day_of_opening_somebody_may_come_but_nobody_leave(world: Company) -> None:
    opened = DAY
    account = make_account(
        world.agent, owner=make_customer(world.agent, name="前任"), opened_date=opened
    )
    tenant = make_customer(world.agent, name="租客")
    done = move(world, account, to=tenant, roles=("occupant",), day=opened, leaving=())
    assert done.hand_over_date == opened
    with pytest.raises(TooEarly) as refusal:
        move(world, account, to=make_customer(world.agent, name="后任"), day=opened)
    assert refusal.value.began == opened
    response = browser(world.agent_staff).post(
        reverse("customers:move_new", args=[account.pk]),
        {"kind": "owner", "day": opened, "leaving": [owner_part(account).pk], "new_name": "后任"},
    )
    assert response.status_code == 422
    assert "Hand over on 2026-11-02 or later" in response.content.decode()


def test_the_number_that_a_hand_over_taught_goes_with_it(world: Company, account: Account) -> None:
    before = set(CustomerPhone.objects.values_list("pk", flat=True))
    comer = make_customer(world.agent, name="后任")
    known = set(CustomerPhone.objects.values_list("pk", flat=True))
    done = move(world, account, to=comer, forwarding_phone="139 1111 2222")
    undo_move(actor=world.agent, now=NOW, move_id=done.pk, reason="录错户号")
    assert set(CustomerPhone.objects.values_list("pk", flat=True)) == known
    assert before <= known


def test_a_forwarding_number_that_was_known_or_verified_stays(
    world: Company, account: Account
) -> None:
    leaver = owner_part(account).customer
    add_phone(actor=world.agent, now=NOW, customer_id=leaver.pk, number="13911112222")
    done = move(world, account, to=make_customer(world.agent), forwarding_phone="13911112222")
    assert done.taught_phone_id is None
    undo_move(actor=world.agent, now=NOW, move_id=done.pk, reason="录错户号")
    assert CustomerPhone.objects.filter(number="+8613911112222").count() == 1
    again = move(world, account, to=make_customer(world.agent), forwarding_phone="13911113333")
    assert again.taught_phone_id is not None
    CustomerPhone.objects.filter(pk=again.taught_phone_id).update(verified_at=NOW)
    undo_move(actor=world.agent, now=NOW, move_id=again.pk, reason="录错户号")
    assert CustomerPhone.objects.filter(number="+8613911113333").exists()


def test_it_stays_once_something_later_rests_on_it(world: Company, account: Account) -> None:
    first = move(world, account, to=make_customer(world.agent, name="乙"))
    move(world, account, to=make_customer(world.agent, name="丙"), day=DAY + timedelta(days=9))
    with pytest.raises(LaterChange):
        undo_move(actor=world.agent, now=NOW, move_id=first.pk, reason="x")


def test_a_tenant_changes_and_the_owner_stays(world: Company, account: Account) -> None:
    tenant, next_one = (make_customer(world.agent, name=name) for name in ("房客甲", "房客乙"))
    part = add_party(
        actor=world.agent, now=NOW, account_id=account.pk, customer_id=tenant.pk,
        role="occupant", from_date=date(2025, 1, 1), to_date=date(2027, 1, 1),
    )  # fmt: skip
    done = move(world, account, to=next_one, roles=("occupant", "payer"), leaving=[part.pk])
    assert owners(world, account, DAY) == ["前任"]
    undo_move(actor=world.agent, now=NOW, move_id=done.pk, reason="x")
    part.refresh_from_db()
    assert part.period.upper == date(2027, 1, 1)


def test_what_cannot_be_is_refused_with_its_reason(world: Company, account: Account) -> None:
    other = make_customer(world.agent, name="后任")
    with pytest.raises(NotYet) as ahead:
        move(world, account, to=other, day=NOW.date() + timedelta(days=90))
    assert ahead.value.latest is not None
    with pytest.raises(TooEarly):
        move(world, account, to=other, day=account.opened_date)
    with pytest.raises(OwnerMissing):
        move(world, account)
    with pytest.raises(AlreadyOwned):
        move(world, account, to=other, leaving=[])
    with pytest.raises(NothingMoves):
        move(world, account, leaving=[])
    with pytest.raises(ChangedMeanwhile):
        move(world, account, to=other, leaving=[0])
    with pytest.raises(NotVisible):
        hand_over_account(
            actor=world.outsider,
            now=NOW,
            account_id=account.pk,
            hand_over=HandOver(DAY, (owner_part(account).pk,), ()),
        )
    Account.objects.filter(pk=account.pk).update(status="closed", closed_date=DAY)
    with pytest.raises(WrongState):
        move(world, account, to=other)
    assert not Move.objects.exists()


def test_an_owner_who_is_already_to_come_is_not_overtaken(
    world: Company, account: Account
) -> None:
    later = NOW.date() + timedelta(days=20)
    move(world, account, to=make_customer(world.agent, name="乙"), day=later)
    part = AccountParty.objects.get(account=account, customer__name="前任")
    with pytest.raises(AlreadyOwned):
        move(world, account, to=make_customer(world.agent, name="丙"), leaving=[part.pk])


def test_the_page_takes_a_clerk_from_the_account_to_the_record_and_back(
    world: Company, account: Account
) -> None:
    agent = browser(world.agent_staff)
    url = reverse("customers:move_new", args=[account.pk])
    html = agent.get(url).content.decode()
    assert "前任 · Owner" in html
    data = {
        "kind": "owner", "day": "2026-11-01", "leaving": [owner_part(account).pk],
        "new_name": "后任", "new_phone": "13911112222", "new_kind": "person",
        "pays": "newcomer", "final_reading": "812.5", "forwarding_address": "江北新城",
    }  # fmt: skip
    done = agent.post(url, data)
    assert done.status_code == 302
    page = agent.get(done["Location"]).content.decode()
    for text in ("前任", "后任", "812.5", "江北新城", "Entered afterwards", "data-print"):
        assert text in page
    assert agent.get(reverse("customers:page", args=[Customer.objects.latest("id").pk]))
    undo = reverse("customers:move_undo", args=[Move.objects.get().pk])
    assert agent.post(undo, {"reason": "录错"}).status_code == 302
    assert "Taken back" in agent.get(done["Location"]).content.decode()
    assert undo not in agent.get(done["Location"]).content.decode()


def test_a_refused_hand_over_registers_nobody_and_says_why(
    world: Company, account: Account
) -> None:
    agent = browser(world.agent_staff)
    url = reverse("customers:move_new", args=[account.pk])
    before = Customer.objects.count()
    data = {"kind": "owner", "day": "2010-01-01", "leaving": [owner_part(account).pk]}
    answer = agent.post(url, data | {"new_name": "后任"})
    assert answer.status_code == 422
    assert "it began on 2017-05-01" in answer.content.decode()
    assert Customer.objects.count() == before
    assert agent.post(url, data).status_code == 422


def test_somebody_held_already_is_offered_instead_of_a_second_row(
    world: Company, account: Account
) -> None:
    known = make_customer(world.agent, name="王小明", phones=["13911112222"])
    agent = browser(world.agent_staff)
    url = reverse("customers:move_new", args=[account.pk])
    data = {
        "kind": "owner", "day": "2026-11-01", "leaving": [owner_part(account).pk],
        "new_name": "王明", "new_phone": "13911112222", "new_kind": "person",
    }  # fmt: skip
    first = agent.post(url, data)
    assert first.status_code == 422
    assert "alike_comer" in first.content.decode()
    assert agent.post(url, data | {"alike_comer": known.pk}).status_code == 302
    assert owner_part(account).customer_id == known.pk
    people = agent.get(reverse("customers:pick", args=["comer"]), {"q": "王小明"})
    assert f'name="comer" value="{known.pk}"' in people.content.decode()


def test_outsiders_meet_no_move(world: Company, account: Account) -> None:
    done = move(world, account, to=make_customer(world.agent, name="后任"))
    outsider = browser(world.outsider_staff)
    for name, pk in (("move", done.pk), ("move_undo", done.pk), ("move_new", account.pk)):
        assert outsider.get(reverse(f"customers:{name}", args=[pk])).status_code in {403, 404}


def test_a_part_that_ended_otherwise_since_keeps_the_move(
    world: Company, account: Account
) -> None:
    done = move(world, account, to=make_customer(world.agent, name="后任"))
    end_party(
        actor=world.agent, now=NOW, party_id=owner_part(account).pk,
        end_date=DAY + timedelta(days=3),
    )  # fmt: skip
    with pytest.raises(LaterChange):
        undo_move(actor=world.agent, now=NOW, move_id=done.pk, reason="x")


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@st.composite
def accounts(draw: st.DrawFn) -> list[Part]:
    """Owners one after another, the last one without an end, and some occupants."""
    starts = sorted(draw(st.sets(days, min_size=1, max_size=4)))
    parts = [
        Part(n, n, "owner", since, until)
        for n, (since, until) in enumerate(zip(starts, [*starts[1:], None], strict=True), 1)
    ]
    for n, since in enumerate(draw(st.lists(days, max_size=2)), 10):
        parts.append(Part(n, n, "occupant", since, None))
    return parts


@given(accounts(), days, st.sets(st.integers(1, 12)), st.booleans())
def test_a_hand_over_without_fault_leaves_one_owner_a_day_and_can_be_taken_back(
    parts: list[Part], day: date, leaving: set[int], is_owner: bool
) -> None:
    role = "owner" if is_owner else "occupant"
    plan = Plan(day, parts, frozenset(leaving), [(99, role)])
    if faults(plan):
        return
    after = [
        Part(p.part_id, p.customer_id, p.role, p.since, day if p.part_id in leaving else p.until)
        for p in parts
    ]
    after.append(Part(99, 99, role, day, None))
    for look in (day, day - timedelta(days=1), date(2031, 1, 1)):
        holding = [p for p in after if p.role == "owner" and p.since <= look and p.reaches(look)]
        assert len(holding) <= 1
        assert look < day or len(holding) == 1
    assert all(p.since < p.until for p in after if p.until)
    done = Done(day, frozenset(leaving), frozenset({99}))
    later = [p for p in after if p.since >= day and p.part_id != 99]
    assert bool(hindrances(done, after)) == bool(later)
