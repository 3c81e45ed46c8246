"""Whom somebody may call, and from where they ask for it."""

import json
import re
from datetime import datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.queries import NotVisible
from qiao.contact.models import AgentState, Interaction, InteractionCase
from qiao.contact.operations import take_break
from qiao.core.actor import Forbidden
from qiao.customers.models import Customer, CustomerPhone
from qiao.customers.operations.care import record_consent, set_preferences
from qiao.customers.tests.factories import make_customer
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person
from qiao.telephony.models import (
    Call,
    OwedCall,
)
from qiao.telephony.operations import (
    DialRefused,
    call_customer,
    call_owed,
)
from qiao.telephony.queries import is_switch_led, living_list
from qiao.telephony.tests.test_dialling import (
    EVENING,
    NOON,
    PHONE,
    customer_of,
    desk,
    owed_by,
    state,
    world,
)

__all__ = ["world"]  # fixtures


@pytest.mark.django_db
def test_nobody_is_called_who_does_not_want_it_or_is_not_to_be_disturbed(world: Company) -> None:
    customer = customer_of(world)

    def refused(at: datetime) -> str:
        with pytest.raises(DialRefused) as found:
            call_customer(customer_id=customer.pk, number=PHONE, actor=world.agent, now=at)
        assert not Call.objects.exists()
        return found.value.reason

    assert refused(EVENING) == "quiet"
    set_preferences(
        actor=world.agent, now=NOON, customer_id=customer.pk, quiet_from=time(11),
        quiet_until=time(14),
    )  # fmt: skip
    assert refused(NOON) == "quiet"
    record_consent(
        actor=world.agent, now=NOON - timedelta(days=1), customer_id=customer.pk,
        purpose="service", is_given=False, how="spoken", channel="phone",
    )  # fmt: skip
    assert refused(NOON + timedelta(hours=3)) == "do_not_call"
    assert state(world) == "ready"


@pytest.mark.django_db
def test_who_asked_for_a_call_is_called_in_their_quiet_time_who_gave_up_is_not(
    world: Company,
) -> None:
    owed = owed_by(world, "abandoned")
    with pytest.raises(DialRefused, match="quiet"):
        call_owed(owed_id=owed.pk, actor=world.agent, now=EVENING)
    OwedCall.objects.update(kind="callback")
    customer = customer_of(world)
    OwedCall.objects.update(customer_id=customer.pk)
    refusal: dict[str, Any] = {
        "actor": world.agent, "customer_id": customer.pk, "purpose": "service",
        "is_given": False, "how": "spoken", "channel": "phone",
    }  # fmt: skip
    record_consent(**refusal, now=NOON + timedelta(minutes=1))
    with pytest.raises(DialRefused, match="do_not_call"):  # they have changed their mind since
        call_owed(owed_id=owed.pk, actor=world.agent, now=EVENING)
    OwedCall.objects.update(since=NOON + timedelta(minutes=2))
    assert call_owed(owed_id=owed.pk, actor=world.agent, now=EVENING).phase == "new"


@pytest.mark.django_db
def test_only_who_may_and_stands_free_calls(world: Company) -> None:
    customer = customer_of(world)
    with pytest.raises(DialRefused, match="off"):
        call_customer(customer_id=customer.pk, number=PHONE, actor=world.colleague, now=NOON)
    call_customer(customer_id=customer.pk, number=PHONE, actor=world.agent, now=NOON)
    second = "+8613805712265"
    other = make_customer(world.agent, name="赵敏", phones=[second])
    with pytest.raises(DialRefused, match="busy"):
        call_customer(customer_id=other.pk, number=second, actor=world.agent, now=NOON)
    reads = person(number="7001", name="看", branch=world.lake, permissions=("customers.view",))
    reader = actor_for(reads, day=TODAY)
    with pytest.raises(Forbidden):
        call_customer(customer_id=customer.pk, number=PHONE, actor=reader, now=NOON)


@pytest.mark.django_db
def test_who_calls_on_a_break_goes_back_to_it(world: Company) -> None:
    switch = desk(world, own="silent")
    take_break(actor=world.agent, reason="meal", now=NOON)
    call_customer(customer_id=customer_of(world).pk, number=PHONE, actor=world.agent, now=NOON)
    switch.look()
    switch.run(40)
    agent = AgentState.objects.get(staff_id=world.agent.person_id)
    assert (agent.state, agent.reason) == ("break", "meal")


@pytest.mark.django_db
def test_a_controller_that_leads_is_seen_from_another_connection(world: Company) -> None:
    del world
    assert not is_switch_led()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('telephony_controller'))")
        assert is_switch_led()
        cursor.execute("SELECT pg_advisory_unlock(hashtext('telephony_controller'))")
    assert not is_switch_led()


def case_about(world: Company, customer: Customer) -> Case:
    asked = OpenRequest(
        "water.general_enquiry", world.lake.pk, "询问停水", "phone", customer_id=customer.pk
    )
    return open_case(request=asked, actor=world.agent, now=NOON)


@pytest.mark.django_db
def test_a_call_from_the_page_of_a_case_is_a_contact_about_it(world: Company) -> None:
    desk(world)
    customer = customer_of(world)
    case = case_about(world, customer)
    for _pressed in range(2):
        call = call_customer(
            customer_id=customer.pk, number=PHONE, actor=world.agent, now=NOON, case_id=case.pk
        )
    link = InteractionCase.objects.get()
    assert (link.interaction_id, link.case_id, link.kind) == (
        call.interaction_id, case.pk, "continued",
    )  # fmt: skip
    assert Call.objects.count() == 1


@pytest.mark.django_db
def test_nobody_is_called_about_a_case_out_of_sight(world: Company) -> None:
    desk(world)
    customer = customer_of(world)
    with pytest.raises(NotVisible), transaction.atomic():
        call_customer(
            customer_id=customer.pk, number=PHONE, actor=world.agent, now=NOON, case_id=10**9
        )
    assert not Call.objects.exists()
    assert not Interaction.objects.exists()


@pytest.mark.django_db
def test_a_number_beside_a_case_has_its_key_and_says_which_case(world: Company) -> None:
    customer = make_customer(world.agent, phones=[PHONE])
    case = case_about(world, customer)
    client = Client()
    client.force_login(world.agent_staff, backend="qiao.staff.signin.StaffBackend")
    address = reverse("cases:detail", args=[case.pk])
    page = client.get(address).content.decode()
    (panel,) = re.findall(r'<section[^>]*id="panel-customers.reach".*?</section>', page, re.DOTALL)
    phone = CustomerPhone.objects.get()
    assert reverse("telephony:call_number", args=[customer.pk, phone.pk]) in panel
    assert json.loads(unescape(re.findall('hx-vals="([^"]*)"', panel)[0])) == {"case": case.pk}
    phone.delete()
    assert "panel-customers.reach" not in client.get(address).content.decode()


@pytest.mark.django_db
def test_a_call_about_something_that_is_no_case_is_not_asked_for(world: Company) -> None:
    customer = make_customer(world.agent, phones=[PHONE])
    address = reverse("telephony:call_number", args=[customer.pk, customer.phones.get().pk])
    client = Client()
    client.force_login(world.agent_staff, backend="qiao.staff.signin.StaffBackend")
    assert client.post(address, {"case": "x"}).status_code == 404


@pytest.mark.django_db
def test_a_call_that_is_being_made_stands_among_the_live_ones(world: Company) -> None:
    switch = desk(world, "silent")
    call = call_customer(
        customer_id=customer_of(world).pk, number=PHONE, actor=world.agent, now=NOON
    )
    chief = actor_for(world.chief_staff, day=TODAY)
    states = []
    for seconds in (0.1, 8):
        switch.look()
        switch.run(seconds)
        (made,) = living_list(actor=chief, now=switch.now).talked
        states.append((made.state, made.is_made))
    assert (made.call_id, made.staff_name, made.since) == (call.pk, world.agent.name, NOON)
    assert (made.is_outgoing, made.is_late) == (True, False)
    assert states == [("own_phone", True), ("dialling", True)]
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.chief_staff)
    page = client.get(reverse("telephony:living")).content.decode()
    assert "The other side rings" in page
    assert f"lc-listen-{call.pk}" not in page
