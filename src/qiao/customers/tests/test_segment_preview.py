"""What a rule that is being written would find, in the unit it is for, and how sure that is."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qiao.core.actor import Forbidden
from qiao.customers import segment_tasks
from qiao.customers.models import Customer, CustomerOrganisation, Segment, SegmentCount
from qiao.customers.operations.segment_counting import ask_count
from qiao.customers.queries import NotVisible
from qiao.customers.queries.segment_preview import get_count_for, preview
from qiao.customers.rules.segments import BadRule, Group, Line, Rule
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.test_segments import complain
from qiao.staff.tests.cast import Company, make_company

INFANTS = Rule("all", (Group("all", (Line("customers.flags", "has", "infant"),)),))


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def test_a_preview_counts_what_every_part_keeps(company: Company) -> None:
    agent = company.agent
    for n in range(6):
        made = make_customer(agent, name=f"客户{n}", flags=["infant"] if n < 4 else [])
        complain(made.pk, n)
    rule = Rule("all", (
        Group("all", (Line("customers.flags", "has", "infant"),)),
        Group("any", (Line("customers.complaints", "ge", 3), Line("customers.mobile", "yes"))),
    ))  # fmt: skip
    found = preview(actor=agent, rule=rule, now=NOW, organisation_id=company.lake.pk)
    assert (found.seen, found.found.value, found.is_exact) == (6, 1, True)
    assert (found.found.low, found.found.high) == (1, 1)
    assert found.groups == [(4, 4), (3, 1)]
    assert found.lines == [[4], [3, 0]]
    assert [line.name for line in found.examples] == ["客户3"]


def test_a_preview_is_of_the_unit_that_was_chosen_and_of_whom_one_may_see(
    company: Company,
) -> None:
    make_customer(company.agent, name="滨湖", flags=["infant"])
    make_customer(company.outsider, name="江北", flags=["infant"])

    def names(actor: Any, unit: int) -> list[str]:
        found = preview(actor=actor, rule=INFANTS, now=NOW, organisation_id=unit)
        assert found.found.value == len(found.examples)
        return sorted(line.name for line in found.examples)

    assert names(company.chief, company.company.pk) == ["江北", "滨湖"]
    assert names(company.chief, company.river.pk) == ["江北"]
    assert names(company.agent, company.company.pk) == ["滨湖"]
    assert names(company.agent, company.river.pk) == []


def plant(company: Company, many: int) -> None:
    """Very many customers at once, one in five of them with an infant; one in ten known twice."""
    made = Customer.objects.bulk_create(
        Customer(
            number=f"C26{n:012d}",
            name=f"客户{n}",
            name_search=f"客户{n}",
            flags=["infant"] if n % 5 == 0 else [],
            created_at=NOW,
        )
        for n in range(many)
    )
    CustomerOrganisation.objects.bulk_create(
        CustomerOrganisation(customer_id=each.pk, organisation_id=unit.pk, since=NOW)
        for n, each in enumerate(made)
        for unit in ([company.lake, company.river] if n % 10 == 0 else [company.lake])
    )


def test_beyond_a_number_of_customers_an_estimate_says_how_exact_it_is(company: Company) -> None:
    plant(company, 5_000)
    ask: dict[str, Any] = {
        "actor": company.chief, "rule": INFANTS, "now": NOW,
        "organisation_id": company.company.pk,
    }  # fmt: skip
    exact = preview(**ask)
    assert (exact.found.value, exact.seen, exact.is_exact) == (1_000, 5_000, True)
    told = preview(**ask, exact_up_to=1_000, sample_rows=1_000)
    assert not told.is_exact
    assert abs(told.seen - 5_000) < 250, "who is known to two branches counts once"
    assert 600 < told.found.low < told.found.value < told.found.high < 1_500
    assert told.found.low <= 1_000 <= told.found.high
    assert told.found.high - told.found.low > 40
    assert abs(told.lines[0][0] - told.found.value) <= 1
    assert told.examples


def test_a_count_over_everybody_is_made_for_whoever_asked(company: Company) -> None:
    make_customer(company.agent, flags=["infant"])
    make_customer(company.agent, name="李娜")
    make_customer(company.outsider, name="江北", flags=["infant"])
    ask: dict[str, Any] = {"now": NOW, "rule": INFANTS, "organisation_id": company.lake.pk}
    first = ask_count(actor=company.agent, **ask)
    asked = ask_count(actor=company.agent, **ask)
    assert not SegmentCount.objects.filter(pk=first.pk).exists(), "the last question counts"
    segment_tasks.count(count_id=first.pk, staff_id=company.agent.person_id)
    assert get_count_for(actor=company.agent, count_id=asked.pk).finished_at is None
    segment_tasks.count(count_id=asked.pk, staff_id=company.agent.person_id)
    told = get_count_for(actor=company.agent, count_id=asked.pk)
    assert (told.found, told.seen) == (1, 2)
    with pytest.raises(NotVisible):
        get_count_for(actor=company.colleague, count_id=asked.pk)
    with pytest.raises(Forbidden):
        ask_count(actor=company.outsider, **ask)
    with pytest.raises(BadRule):
        ask_count(actor=company.agent, **ask | {"rule": Rule()})
    segment_tasks.move_on(timezone.now())
    assert not SegmentCount.objects.exists(), "a day later it is forgotten"


def form(**more: str) -> dict[str, Any]:
    return {
        "name": "投诉客户", "note": "", "join": "all", "g0-join": "all",
        "g0-0-field": "customers.complaints", "g0-0-op": "ge", "g0-0-value": "1",
    } | more  # fmt: skip


def test_a_rule_is_built_line_by_line_and_saved(company: Company) -> None:
    client = Client()
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    page = client.post("/customers/segments/draft/", form(do="add-line:0"))
    assert page.content.count(b'name="g0-1-field"') == 1
    page = client.post(
        "/customers/segments/draft/",
        form(**{"g0-1-field": "customers.tier", "g0-1-op": "ge", "g0-1-value": "B"}),
    )
    assert b'value="not_in"' in page.content, "the operators are those of the field"
    unit = str(company.lake.pk)
    refused = client.post(
        "/customers/segments/new/", form(organisation=unit, **{"g0-0-value": "many"})
    )
    assert refused.status_code == 422
    assert not Segment.objects.exclude(name="").exists()
    saved = client.post("/customers/segments/new/", form(organisation=unit))
    assert saved.status_code == 302
    segment = Segment.objects.get(name="投诉客户")
    assert client.get(f"/customers/segments/{segment.pk}/").status_code == 200
    assert client.get("/customers/segments/").content.count("投诉客户".encode()) == 1


def test_the_panel_beside_the_builder_counts_and_leaves_the_controls_alone(
    company: Company,
) -> None:
    made = make_customer(company.agent, name="王伟")
    complain(made.pk, 1)
    client = Client()
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    unit = str(company.lake.pk)
    page = client.post("/customers/segments/preview/", form(organisation=unit)).content.decode()
    assert "王伟" in page
    assert 'id="g0-0-count"' in page
    assert "<select" not in page
    elsewhere = form(organisation=str(company.river.pk))
    assert client.post("/customers/segments/preview/", elsewhere).status_code == 403
    asked = client.post("/customers/segments/counts/", form(organisation=unit))
    kept = SegmentCount.objects.get()
    assert f"/customers/segments/counts/{kept.pk}/" in asked.content.decode()
    segment_tasks.count(count_id=kept.pk, staff_id=kept.asked_by_id)
    told = client.get(f"/customers/segments/counts/{kept.pk}/").content.decode()
    assert "hx-get" not in told
    unfinished = form(organisation=unit, **{"g0-0-value": ""})
    assert client.post("/customers/segments/counts/", unfinished).status_code == 422
