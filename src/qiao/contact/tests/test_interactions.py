"""Taking contacts: beginning, finding out who it is, closing, taking back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from qiao.contact import operations
from qiao.contact.models import Interaction, InteractionEvent
from qiao.contact.queries import (
    InteractionFilters,
    NotVisible,
    find_interactions,
    get_interaction_for,
    interaction_counts,
    interactions_at_hand,
    list_interactions,
)
from qiao.core.actor import Actor
from qiao.core.models import Event
from qiao.customers.models import CustomerOrganisation, CustomerPhone, LastContact
from qiao.customers.queries import can_see
from qiao.customers.tests.factories import make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)
LATER = NOW + timedelta(minutes=4)
ANSWERED = "water.answered"
CALLER = "138 0571 2264"


@pytest.fixture
def world() -> Company:
    return make_company()


def call(actor: Actor, **given: Any) -> Interaction:
    """A phone contact that has just begun."""
    return operations.start_interaction(
        channel=str(given.pop("channel", "phone")), actor=actor, now=NOW, **given
    )


def close(interaction: Interaction, actor: Actor, **given: Any) -> Interaction:
    """Close it as answered."""
    values: dict[str, Any] = {"subject": "停水时间", "outcome": ANSWERED, "now": LATER} | given
    return operations.finish(interaction_id=interaction.pk, actor=actor, **values)


def test_a_contact_begins_with_a_number_of_its_own_and_the_time_on_the_wall(
    world: Company,
) -> None:
    first, second = call(world.agent, phone=CALLER), call(world.agent)
    assert first.number.startswith("JC261122")
    assert first.number != second.number
    assert first.caller_phone == "+8613805712264"
    assert (str(first.started_date), first.started_hour) == ("2026-11-22", 9)
    assert first.events.get().kind == "started"


def test_an_outsider_sees_no_contact_of_another_branch(world: Company) -> None:
    mine = call(world.agent, phone=CALLER)
    with pytest.raises(NotVisible):
        get_interaction_for(actor=world.outsider, interaction_id=mine.pk)
    with pytest.raises(Interaction.DoesNotExist):
        close(mine, world.outsider)
    assert find_interactions(actor=world.outsider, text=CALLER) == []
    assert [r.interaction_id for r in find_interactions(actor=world.chief, text=CALLER)] == [
        mine.pk
    ]


def test_closing_needs_a_subject_an_outcome_and_a_trace_of_the_caller(world: Company) -> None:
    bare = call(world.agent)
    with pytest.raises(operations.Unfinished) as refusal:
        close(bare, world.agent, subject=" ", outcome="")
    assert refusal.value.missing == ("subject", "outcome", "traceable")
    operations.describe_caller(
        interaction_id=bare.pk, place="柳荫路口", actor=world.agent, now=NOW
    )
    assert close(bare, world.agent).state == "closed"


def test_a_passer_by_is_enough_when_the_reason_is_stated(world: Company) -> None:
    bare = call(world.agent, channel="counter")
    operations.mark_unknown(interaction_id=bare.pk, reason="passer_by", actor=world.agent, now=NOW)
    assert close(bare, world.agent).customer_id is None


def test_the_database_itself_refuses_a_closed_contact_without_an_outcome(world: Company) -> None:
    mine = call(world.agent, phone=CALLER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Interaction.objects.filter(pk=mine.pk).update(
            state="closed", ended_at=LATER, closed_at=LATER, subject="x"
        )


def test_an_unknown_outcome_or_matter_is_refused(world: Company) -> None:
    mine = call(world.agent, phone=CALLER)
    with pytest.raises(operations.UnknownChoice):
        close(mine, world.agent, outcome="water.nonsense")
    with pytest.raises(operations.UnknownChoice):
        close(mine, world.agent, reason="water.nonsense")


def test_resolved_at_once_is_what_the_outcome_of_the_pack_says(world: Company) -> None:
    assert close(call(world.agent, phone=CALLER), world.agent).resolved
    opened = close(call(world.agent, phone=CALLER), world.agent, outcome="water.case_opened")
    assert not opened.resolved


def test_choosing_the_customer_teaches_the_number_and_lets_the_branch_see_them(
    world: Company,
) -> None:
    customer = make_customer(world.outsider, organisation_id=world.river.pk)
    account = make_account(world.outsider, owner=customer)
    mine = call(world.chief, phone=CALLER, organisation_id=world.lake.pk)
    assert not can_see(actor=world.agent, customer_id=customer.pk)
    operations.identify_customer(
        interaction_id=mine.pk,
        customer_id=customer.pk,
        account_id=account.pk,
        teach_number=True,
        actor=world.chief,
        now=NOW,
    )
    mine.refresh_from_db()
    assert (mine.customer_id, mine.account_id) == (customer.pk, account.pk)
    assert mine.organisation_id == account.organisation_id
    assert CustomerPhone.objects.filter(customer=customer, number="+8613805712264").exists()
    links = CustomerOrganisation.objects.filter(customer=customer)
    assert world.river.pk in links.values_list("organisation_id", flat=True)


def test_an_account_of_somebody_else_is_refused(world: Company) -> None:
    customer, other = make_customer(world.agent), make_customer(world.agent, name="王伟")
    account = make_account(world.agent, owner=other)
    mine = call(world.agent)
    with pytest.raises(operations.UnknownChoice):
        operations.identify_customer(
            interaction_id=mine.pk,
            customer_id=customer.pk,
            account_id=account.pk,
            actor=world.agent,
            now=NOW,
        )


def test_a_letter_is_entered_on_its_own_day_and_not_before_it_came(world: Company) -> None:
    came = NOW - timedelta(days=9)
    letter = call(world.agent, channel="letter", started_at=came, caller_name="钱女士")
    operations.mark_unknown(
        interaction_id=letter.pk, reason="not_customer", actor=world.agent, now=NOW
    )
    closed = close(letter, world.agent)
    assert closed.started_at == closed.ended_at == came
    assert closed.entered_at == NOW
    with pytest.raises(operations.BadMoment):
        call(world.agent, channel="letter", started_at=LATER)


def test_closing_leaves_the_latest_contact_beside_the_customer(world: Company) -> None:
    customer = make_customer(world.agent)
    for minutes, subject in ((0, "新"), (-600, "旧")):
        mine = call(world.agent, started_at=NOW + timedelta(minutes=minutes))
        operations.identify_customer(
            interaction_id=mine.pk, customer_id=customer.pk, actor=world.agent, now=NOW
        )
        close(mine, world.agent, subject=subject)
    assert LastContact.objects.get(customer=customer).subject == "新"


def test_a_closed_contact_opens_again_the_same_day_only_and_only_for_its_agent(
    world: Company,
) -> None:
    mine = close(call(world.agent, phone=CALLER), world.agent)
    with pytest.raises(operations.NotYours):
        operations.reopen(interaction_id=mine.pk, actor=world.colleague, now=LATER)
    with pytest.raises(operations.TooLate):
        operations.reopen(interaction_id=mine.pk, actor=world.agent, now=LATER + timedelta(days=1))
    again = operations.reopen(interaction_id=mine.pk, actor=world.agent, now=LATER)
    assert again.state == "wrap_up"
    with pytest.raises(operations.WrongState):
        operations.reopen(interaction_id=mine.pk, actor=world.agent, now=LATER)


def test_a_colleague_takes_over_before_closing(world: Company) -> None:
    mine = call(world.agent, phone=CALLER)
    with pytest.raises(operations.NotYours):
        close(mine, world.colleague)
    operations.take_over(interaction_id=mine.pk, actor=world.colleague, now=NOW)
    assert close(mine, world.colleague).agent_id == world.colleague.staff_id


def test_lists_at_hand_are_mine_the_teams_or_all(world: Company) -> None:
    mine, theirs = call(world.agent, phone=CALLER), call(world.colleague)
    elsewhere = call(world.outsider)

    def ids(actor: Actor, scope: str) -> set[int]:
        return {r.interaction_id for r in interactions_at_hand(actor=actor, scope=scope)}

    assert ids(world.agent, "mine") == {mine.pk}
    assert ids(world.agent, "team") == {mine.pk, theirs.pk}
    assert ids(world.chief, "all") == {mine.pk, theirs.pk, elsewhere.pk}
    close(mine, world.agent)
    assert ids(world.agent, "team") == {theirs.pk}


def test_a_contact_begun_by_mistake_leaves_lists_and_counts_but_not_its_history(
    world: Company,
) -> None:
    mine = call(world.agent, phone=CALLER)
    operations.abandon(interaction_id=mine.pk, actor=world.agent, now=LATER)
    page = list_interactions(actor=world.agent, filters=InteractionFilters())
    assert not page.rows
    assert counts(world.agent, "taken") == {}
    kinds = list(mine.events.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["started", "abandoned"]


def counts(actor: Actor, view: str) -> dict[str, int]:
    """The kept counts of a view, today."""
    day = NOW.date()
    found = interaction_counts(actor=actor, since=day, until=day + timedelta(days=1), views=[view])
    return {count.holder: count.n for count in found}


def test_kept_counts_equal_the_rows_before_and_after_folding(world: Company) -> None:
    for channel in ("phone", "phone", "counter"):
        close(call(world.agent, phone=CALLER, channel=channel), world.agent)
    call(world.outsider, channel="visit")
    operations.reopen(
        interaction_id=Interaction.objects.order_by("id").values_list("id", flat=True)[0],
        actor=world.agent,
        now=LATER,
    )
    for _fold in range(2):
        assert counts(world.agent, "channel") == {"phone": 2, "counter": 1}
        assert counts(world.chief, "channel") == {"phone": 2, "counter": 1, "visit": 1}
        assert counts(world.agent, "hour") == {"09": 3}
        assert counts(world.agent, "outcome") == {ANSWERED: 2}
        operations.fold_counts()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT organisation_id, day, view, holder, n"
            " FROM contact_interactioncount WHERE n <> 0 EXCEPT SELECT * FROM contact_recount()) d"
        )
        assert cursor.fetchone() == (0,)


def test_every_step_is_an_event_that_screens_hear(world: Company) -> None:
    close(call(world.agent, phone=CALLER), world.agent)
    told = Event.objects.filter(name__startswith="contact.").order_by("recorded_at", "id")
    names = list(told.values_list("name", flat=True))
    assert names == ["contact.interaction_started", "contact.interaction_finished"]


def test_the_history_of_contacts_cannot_be_changed_by_the_application(world: Company) -> None:
    mine = call(world.agent)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        InteractionEvent.objects.filter(interaction=mine).update(kind="forged")


def test_the_list_pages_without_gaps_or_doubles(world: Company) -> None:
    made = {close(call(world.agent, phone=CALLER), world.agent).pk for _ in range(7)}
    seen: list[int] = []
    after = ""
    while True:
        page = list_interactions(
            actor=world.agent, filters=InteractionFilters(), after=after, limit=3
        )
        seen += [row.interaction_id for row in page.rows]
        after = page.following
        if not after:
            break
    assert len(seen) == len(made)
    assert set(seen) == made


@pytest.mark.parametrize("after", ["x", "1", "9" * 40 + ".1", "-5.-5", ".."])
def test_a_cursor_that_was_tampered_with_shows_the_first_page(world: Company, after: str) -> None:
    call(world.agent)
    list_interactions(actor=world.agent, filters=InteractionFilters(), after=after)
