"""How an account is billed, on the screen."""

from datetime import date

import pytest
from django.urls import reverse

from qiao.billing.models import BillingAccount, BillingTerms, Tariff
from qiao.billing.operations import end_billing
from qiao.billing.queries.terms_shown import terms_on
from qiao.billing.tests.counter import at
from qiao.billing.tests.lives import NOW, a_billed_year, an_account
from qiao.core.models import Approval
from qiao.customers.tests.factories import make_account
from qiao.staff.tests.cast import Company, person

pytestmark = pytest.mark.usefixtures("english")
SINCE = "2026-11-01"


def household() -> Tariff:
    return Tariff.objects.get(pack="water", key="household")


@pytest.fixture
def account(company: Company) -> int:
    """An account with a year of bills under the tariff of a test, up to 1 November 2026."""
    return a_billed_year(company)


def test_an_account_that_is_not_billed_says_how_it_begins(company: Company) -> None:
    client, row = at(company.agent_staff), make_account(company.agent)
    page = client.get(reverse("billing:terms", args=[row.pk])).content.decode()
    assert "This account is not billed yet." in page
    edit = reverse("billing:terms_edit", args=[row.pk])
    assert edit in page
    form = client.get(f"{edit}?tariff={household().pk}").content.decode()
    assert "People in the household" in form
    assert "as the tariff has it: 4" in form
    values = {"tariff": household().pk, "since": SINCE, "in_people": "5", "months": "2"}
    refused = client.post(edit, values)
    assert refused.status_code == 422
    assert "Say why." in refused.content.decode()
    assert not BillingAccount.objects.filter(pk=row.pk).exists()
    done = client.post(edit, values | {"reason": "contract 12"}, follow=True)
    assert "It is billed from that day on." in done.content.decode()
    assert "contract 12" in done.content.decode()
    assert BillingTerms.objects.get(account=row.pk).numbers == {"people": "5"}


def test_what_is_typed_wrong_stands_at_its_field(company: Company) -> None:
    client, row = at(company.agent_staff), make_account(company.agent)
    edit = reverse("billing:terms_edit", args=[row.pk])
    looked = client.get(f"{edit}?tariff={household().pk}&in_people=100").content.decode()
    assert "Not above 99." in looked
    assert "Say why." not in looked, "what is still empty is no mistake"
    values = {"tariff": household().pk, "since": SINCE, "reason": "x", "months": "1"}
    for typed, words in (("0", "Not below 1."), ("-1", "Enter a number"), ("x", "Enter a number")):
        page = client.post(edit, values | {"in_people": typed})
        assert page.status_code == 422
        assert words in page.content.decode()
    early = client.post(edit, values | {"since": "2018-01-01"}).content.decode()
    assert "2023-01-01" in early, "since when it has prices"


def test_the_last_year_stands_beside_the_form_and_less_is_asked_for(
    company: Company, account: int
) -> None:
    client = at(company.agent_staff)
    edit = reverse("billing:terms_edit", args=[account])
    page = client.get(f"{edit}?tariff={household().pk}&since={SINCE}").content.decode()
    assert "a second person has to agree" in page
    assert page.count("/bills/") > 12
    client.post(edit, {"tariff": household().pk, "since": SINCE, "reason": "a household now"})
    assert Approval.objects.get(kind="billing.terms").reason == "a household now"
    waits = client.get(reverse("billing:terms", args=[account])).content.decode()
    assert "waits for a second person" in waits
    held = terms_on(account, date(2026, 11, 1))
    assert held is not None
    assert held.tariff_id != household().pk


def test_an_account_is_billed_no_more_and_on(company: Company, account: int) -> None:
    client = at(company.agent_staff)
    end = reverse("billing:terms_end", args=[account])
    early = client.post(end, {"until": "2026-10-01", "reason": "x"})
    assert early.status_code == 422
    done = client.post(end, {"until": "2026-12-01", "reason": "torn down"}, follow=True)
    assert "From 2026-12-01 on it is billed no more" in done.content.decode()
    assert "torn down" in done.content.decode()
    go_on = client.post(reverse("billing:terms_go_on", args=[account]), follow=True)
    assert "torn down" not in go_on.content.decode()
    assert BillingAccount.objects.get(pk=account).closed_date is None


def test_whoever_may_only_look_looks(company: Company) -> None:
    account = an_account(company)
    looker = person(
        number="4711", name="看", branch=company.lake,
        permissions=("customers.view", "bills.view"),
    )  # fmt: skip
    client = at(looker)
    page = client.get(reverse("billing:terms", args=[account]))
    assert page.status_code == 200
    assert "Change from a day on" not in page.content.decode()
    assert client.get(reverse("billing:terms_edit", args=[account])).status_code == 403
    stranger = at(company.outsider_staff)
    assert stranger.get(reverse("billing:terms", args=[account])).status_code == 404


def test_beginning_anew_shows_the_last_year_and_asks_for_less(
    company: Company, account: int
) -> None:
    end_billing(
        account_id=account, until=date.fromisoformat(SINCE), reason="x", actor=company.agent,
        now=NOW,
    )  # fmt: skip
    client = at(company.agent_staff)
    edit = reverse("billing:terms_edit", args=[account])
    page = client.get(f"{edit}?tariff={household().pk}&since=2026-12-01").content.decode()
    assert "The first bill begins on that day" in page
    assert "a second person has to agree" in page
    assert page.count("/bills/") > 12
    values = {"tariff": household().pk, "since": "2026-12-01", "months": "1", "reason": "back"}
    done = client.post(edit, values, follow=True)
    assert "Less would have been asked under these terms" in done.content.decode()
    assert Approval.objects.get(kind="billing.terms").reason == "back"
    assert BillingAccount.objects.get(pk=account).closed_date == date.fromisoformat(SINCE)
