"""Answers of a form in lists of cases, and numbers that must be the customer's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qiao.cases.models import Case
from qiao.cases.operations import edit_case
from qiao.cases.queries import Filters, list_cases
from qiao.cases.rules.customer_numbers import folded, numbers_given
from qiao.cases.rules.values import BadFact
from qiao.cases.tests.browsing import HTMX, text_of
from qiao.cases.tests.designing import begun, change, publish, second_person
from qiao.cases.tests.world import NOW, a_case
from qiao.core.packs.model import Field
from qiao.core.rules.texts import Text
from qiao.customers.models import Account
from qiao.customers.tests.factories import make_account, make_customer
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
METER = Field("meter", Text("Meter", "表号", "錶號"), "text", of_customer="meter")


def with_listed_spot(company: Company) -> None:
    """The spot of a leak is marked for lists, and the remark must be a meter of the customer."""
    draft = begun(company, NOW, "form:water.leak")
    change(draft, "field:spot", company.chief, NOW, listed=True)
    draft.refresh_from_db()
    change(draft, "field:remark", company.chief, NOW, kind="text", of_customer="meter")
    draft.refresh_from_db()
    publish(draft, company, second_person(company), NOW)


def found(company: Company, *answers: str) -> list[str]:
    page = list_cases(
        actor=company.agent, now=NOW, view="open", filters=Filters(answer=answers), limit=50
    )
    return sorted(row.title for row in page.rows)


def test_a_list_is_narrowed_by_answers_of_one_question_any_of_several_each(
    company: Company,
) -> None:
    a_case(company, title="a", facts={"spot": "meter"})
    a_case(company, title="b", facts={"spot": "road", "remark": 'say "hi"'})
    a_case(company, title="c", facts={"spot": "road"})
    assert found(company, "spot:road") == ["b", "c"]
    assert found(company, "spot:road", "spot:meter") == ["a", "b", "c"]
    assert found(company, "spot:road", 'remark:say "hi"') == ["b"]
    assert found(company, "spot:meter", "remark:x") == []


def test_a_list_is_narrowed_by_yes_and_by_one_of_several(company: Company) -> None:
    case = a_case(company, title="a")
    Case.objects.filter(pk=case.pk).update(facts={"gas": True, "papers": ["deed", "plan"]})
    assert found(company, "gas:true", "papers:plan") == ["a"]
    assert found(company, "gas:false") == []
    assert found(company, "papers:lease") == []


def test_the_filters_offer_the_marked_questions_of_the_chosen_type(
    company: Company, agent: Client
) -> None:
    with_listed_spot(company)
    a_case(company)
    plain = text_of(agent.get(reverse("cases:filters"), headers=HTMX))
    assert 'name="answer"' not in plain
    chosen = text_of(agent.get(reverse("cases:filters"), {"type": "water.leak"}, headers=HTMX))
    assert 'value="spot:road"' in chosen
    assert 'value="remark:' not in chosen
    page = text_of(agent.get(reverse("cases:list"), {"view": "open", "answer": "spot:meter"}))
    assert "漏水部位" in page


def customer_with_meter(company: Company, meter: str) -> Account:
    account = make_account(company.agent, owner=make_customer(company.agent))
    point = account.service_point
    assert point is not None
    point.meter_number = meter
    point.save()
    return account


def test_a_number_must_be_one_of_the_customers_and_is_kept_as_their_records_write_it(
    company: Company, agent: Client
) -> None:
    with_listed_spot(company)
    account = customer_with_meter(company, "DN-2201734")
    owner = account.parties.get(role="owner").customer_id
    told: dict[str, Any] = {"customer_id": owner, "account_id": account.pk}
    case = a_case(company, facts={"spot": "meter", "remark": "dn 2201734"}, **told)
    assert case.facts["remark"] == "DN-2201734"
    with pytest.raises(BadFact) as refused:
        a_case(company, facts={"spot": "meter", "remark": "999"}, **told)
    assert (refused.value.field, refused.value.code) == ("remark", "of_customer")
    with pytest.raises(BadFact):
        edit_case(case_id=case.pk, base={}, mine={"remark": "999"}, actor=company.agent, now=NOW)
    form = text_of(
        agent.get(f"{reverse('cases:new')}?type=water.leak&customer={owner}", headers=HTMX)
    )
    assert '<option value="DN-2201734">' in form


def test_of_an_unknown_customer_any_number_is_taken(company: Company) -> None:
    with_listed_spot(company)
    assert a_case(company, facts={"spot": "meter", "remark": "999"}).facts["remark"] == "999"


def test_a_number_is_the_same_however_its_parts_are_divided() -> None:
    assert folded("dn-22 01·734") == folded("DN2201734")
    assert numbers_given([METER], {"meter": "dn 1"}, {"meter": ("DN-1", "DN-2")}) == {
        "meter": "DN-1"
    }
    assert numbers_given([METER], {"meter": "x"}, {"meter": ()}) == {}
