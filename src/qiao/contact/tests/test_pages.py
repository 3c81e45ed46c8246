"""The fragments of a contact: who, note, outcome, a case out of it, and the list."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qiao.cases.models import Case
from qiao.contact import operations
from qiao.contact.models import Interaction, InteractionCase
from qiao.contact.queries import draft_of
from qiao.customers.models import Customer, CustomerPhone
from qiao.customers.tests.factories import make_account, make_customer
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
CALLER = "138 0571 2264"
STORED = "+8613805712264"


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def sign_in() -> Callable[[Staff], Client]:
    def enter(staff: Staff) -> Client:
        client = Client(headers={"HX-Request": "true", "accept-language": "zh-hans"})
        client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
        return client

    return enter


@pytest.fixture
def browser(world: Company, sign_in: Callable[[Staff], Client]) -> Client:
    return sign_in(world.agent_staff)


def begin(world: Company, **given: Any) -> Interaction:
    values: dict[str, Any] = {"phone": CALLER} | given
    return operations.start_interaction(
        channel="phone", actor=world.agent, now=timezone.now(), **values
    )


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_number_of_one_person_alone_names_the_customer(world: Company, browser: Client) -> None:
    customer = make_customer(world.agent, phones=[CALLER])
    response = browser.post("/interactions/new/phone/", {"phone": "0086 138-0571-2264"})
    assert response.status_code == 204
    found = Interaction.objects.get()
    assert f"?open=contact:{found.pk}" in response.headers["HX-Location"]
    assert (found.customer_id, found.caller_phone) == (customer.pk, STORED)


def test_a_number_of_several_people_leaves_the_choice(world: Company, browser: Client) -> None:
    for name in ("陈慧敏", "王伟"):
        make_account(world.agent, owner=make_customer(world.agent, name=name, phones=[CALLER]))
    browser.post("/interactions/new/phone/", {"phone": CALLER})
    found = Interaction.objects.get()
    assert found.customer_id is None
    page = text_of(browser.get(f"/interactions/{found.pk}/pane"))
    assert 'data-key="1"' in page
    assert 'data-key="2"' in page
    assert 'data-key="0"' in page
    assert "陈慧敏" in page
    assert "王伟" in page


@pytest.mark.parametrize(("standing", "reason", "word"), [
    ("wrong", "wrong_person", "失效"),
    ("doubtful", "no_answer", "存疑"),
])  # fmt: skip
def test_the_choice_says_for_whom_the_number_is_not_right(
    world: Company, browser: Client, standing: str, reason: str, word: str
) -> None:
    for name in ("陈慧敏", "王伟"):
        make_account(world.agent, owner=make_customer(world.agent, name=name, phones=[CALLER]))
    browser.post("/interactions/new/phone/", {"phone": CALLER})
    address = f"/interactions/{Interaction.objects.get().pk}/pane"
    assert word not in text_of(browser.get(address))
    CustomerPhone.objects.filter(customer__name="陈慧敏").update(
        standing=standing, standing_reason=reason, standing_since=timezone.now()
    )
    page = text_of(browser.get(address))
    assert page.count(word) == 1
    assert page.index("王伟") < page.index("陈慧敏") < page.index(word)


@pytest.mark.parametrize("phone", ["12", "not a number", "<script>alert(1)</script>"])
def test_what_is_no_number_is_refused_beside_the_field(browser: Client, phone: str) -> None:
    response = browser.post("/interactions/new/phone/", {"phone": phone})
    assert response.status_code == 422
    assert "电话号码" in text_of(response)
    assert "<script>alert" not in text_of(response)
    assert not Interaction.objects.exists()


def test_a_letter_keeps_the_day_it_came(browser: Client) -> None:
    day = timezone.localdate() - timedelta(days=3)
    browser.post(
        "/interactions/new/letter/",
        {"day": day.isoformat(), "caller_name": "钱女士", "place": "柳荫路 8 号"},
    )
    assert Interaction.objects.get().started_date == day
    tomorrow = timezone.localdate() + timedelta(days=1)
    response = browser.post(
        "/interactions/new/letter/", {"day": tomorrow.isoformat(), "time": "09:00"}
    )
    assert response.status_code == 422


def test_choosing_and_taking_back(world: Company, browser: Client) -> None:
    customer = make_customer(world.agent)
    found = begin(world)
    response = browser.post(
        f"/interactions/{found.pk}/customer",
        {"customer": customer.pk, "evidence": "searched", "teach": "on"},
    )
    assert "contact:identified" in response.headers["HX-Trigger"]
    assert CustomerPhone.objects.filter(customer=customer, number=STORED).exists()
    browser.post(f"/interactions/{found.pk}/unknown", {"reason": "not_found"})
    found.refresh_from_db()
    assert (found.customer_id, found.unknown_reason) == (None, "not_found")


def test_a_customer_out_of_sight_cannot_be_chosen(world: Company, browser: Client) -> None:
    elsewhere = make_customer(world.outsider)
    found = begin(world)
    response = browser.post(f"/interactions/{found.pk}/customer", {"customer": elsewhere.pk})
    assert response.status_code == 422
    found.refresh_from_db()
    assert found.customer_id is None


def test_people_are_found_by_pinyin_and_near_ones_when_none_fits(
    world: Company, browser: Client
) -> None:
    make_customer(world.agent, name="陈慧敏")
    found = begin(world)
    assert "陈慧敏" in text_of(browser.get(f"/interactions/{found.pk}/people?q=chm"))
    near = text_of(browser.get(f"/interactions/{found.pk}/people?q=chenhuimim"))
    assert "没有完全符合的" in near or "没有找到" in near


def test_the_note_proposes_a_matter_and_a_choice_by_hand_is_left_alone(
    world: Company, browser: Client
) -> None:
    address = f"/interactions/{begin(world).pk}/matter"
    proposed = browser.get(address, {"note": "早上起来水黄", "reason": "", "proposed": ""})
    assert "water.water_quality" in text_of(proposed)
    by_hand = browser.get(
        address, {"note": "早上起来水黄", "reason": "water.leak", "proposed": ""}
    )
    assert by_hand.status_code == 204


def test_what_is_typed_is_there_after_a_reload(world: Company, browser: Client) -> None:
    found = begin(world)
    response = browser.post(
        f"/interactions/{found.pk}/draft",
        {"tab": "ab12", "seen": "", "note": "家有婴儿 <b>急</b>", "outcome": "water.call_later"},
    )
    assert response.status_code == 200
    page = text_of(browser.get(f"/interactions/{found.pk}/pane"))
    assert "家有婴儿 &lt;b&gt;急&lt;/b&gt;" in page
    assert 'value="water.call_later"' in page


def test_closing_says_what_is_missing_and_keeps_the_words(world: Company, browser: Client) -> None:
    found = begin(world)
    response = browser.post(
        f"/interactions/{found.pk}/finish", {"tab": "ab12", "note": "问停水时间"}
    )
    assert response.status_code == 422
    page = text_of(response)
    assert "请说明事项" in page
    assert "请选择结果" in page
    assert "问停水时间" in page


def test_closing_takes_one_press_once_a_case_was_opened_and_can_be_undone(
    world: Company, browser: Client
) -> None:
    found = begin(world)
    response = browser.post(
        f"/interactions/{found.pk}/finish",
        {
            "tab": "ab12",
            "note": "问停水时间",
            "reason": "water.outage_enquiry",
            "outcome": "water.answered",
        },
    )
    assert response.status_code == 200
    assert "contact:closed" in response.headers["HX-Trigger"]
    found.refresh_from_db()
    assert (found.state, found.summary, found.resolved) == ("closed", "问停水时间", True)
    assert found.subject
    undone = browser.post(f"/interactions/{found.pk}/reopen")
    assert undone.headers["HX-Redirect"].endswith(f"?open=contact:{found.pk}")
    found.refresh_from_db()
    assert found.state == "wrap_up"


def test_a_matter_that_is_only_proposed_is_kept_as_nothing_typed(
    world: Company, browser: Client
) -> None:
    found = begin(world)
    typed = {"tab": "aa", "seen": "", "reason": "water.bill_query"}
    for proposed, kept in (("water.bill_query", ""), ("water.no_water", "water.bill_query")):
        browser.post(f"/interactions/{found.pk}/draft", typed | {"proposed": proposed})
        assert draft_of(found.pk).fields.get("reason", "") == kept


def test_two_windows_meet_when_one_closes(world: Company, browser: Client) -> None:
    found = begin(world)
    address = f"/interactions/{found.pk}"
    browser.post(f"{address}/draft", {"tab": "aa", "seen": "", "note": "水黄"})
    response = browser.post(
        f"{address}/finish",
        {"tab": "bb", "note": "家有婴儿", "subject": "水质", "outcome": "water.answered"},
    )
    assert response.status_code == 422
    page = text_of(response)
    assert "水黄\n家有婴儿" in page.replace("\r", "")


def test_a_case_opened_beside_the_contact_is_linked_to_it(world: Company, browser: Client) -> None:
    customer = make_customer(world.agent)
    account = make_account(world.agent, owner=customer)
    found = begin(world)
    operations.identify_customer(
        interaction_id=found.pk, customer_id=customer.pk, actor=world.agent, now=timezone.now()
    )
    address = f"/interactions/{found.pk}/case"
    form = text_of(browser.get(address))
    assert address in form
    assert str(customer.pk) in form
    response = browser.post(
        address,
        {
            "type": "water.general_enquiry",
            "priority": "normal",
            "channel": "phone",
            "customer": customer.pk,
            "account": account.pk,
            "description": "营业时间",
            "embed": address,
        },
    )
    assert response.status_code == 200, text_of(response)[:2000]
    assert "contact:linked" in response.headers["HX-Trigger"]
    case = Case.objects.get()
    link = InteractionCase.objects.get()
    assert (link.interaction_id, link.case_id, link.kind) == (found.pk, case.pk, "opened")
    again = text_of(
        browser.post(f"/interactions/{found.pk}/refresh", {"tab": "ab12", "note": "营业时间"})
    )
    assert case.title in again
    assert 'value="water.case_opened"' in again


def test_whoever_is_not_known_is_held_by_one_key_with_their_number(
    world: Company, browser: Client
) -> None:
    found = begin(world)
    hits = text_of(browser.get(f"/interactions/{found.pk}/people", {"q": "周敏敏"}))
    assert f"/interactions/{found.pk}/customer/new" in hits
    assert "customer/new" not in text_of(
        browser.get(f"/interactions/{found.pk}/people", {"q": "138 0571"})
    )
    for _pressed in range(2):
        head = browser.post(f"/interactions/{found.pk}/customer/new", {"name": "周敏敏"})
        assert head.status_code == 200
        assert "周敏敏" in text_of(head)
    customer = Customer.objects.get(name="周敏敏")
    found.refresh_from_db()
    assert found.customer_id == customer.pk
    assert [each.number for each in customer.phones.all()] == [STORED]
    response = browser.post("/interactions/new/phone/", {"phone": CALLER})
    assert response.status_code == 204
    assert Interaction.objects.latest("id").customer_id == customer.pk
    refused = browser.post(f"/interactions/{found.pk}/customer/new", {"name": "周敏\n敏"})
    assert refused.status_code == 422
    assert Customer.objects.count() == 1


def test_once_the_person_is_known_their_open_cases_come_first_unless_something_was_typed(
    world: Company, browser: Client
) -> None:
    customer = make_customer(world.agent)
    found = begin(world)
    operations.identify_customer(
        interaction_id=found.pk, customer_id=customer.pk, actor=world.agent, now=timezone.now()
    )
    fresh = browser.post(f"/interactions/{found.pk}/side", {"type": "", "title": ""})
    assert "HX-Retarget" not in fresh.headers
    assert "t-open" in text_of(fresh)
    typed = browser.post(
        f"/interactions/{found.pk}/side",
        {"type": "water.leak", "priority": "high", "channel": "phone", "title": "楼道渗水"},
    )
    assert typed.headers["HX-Retarget"] == "#contact-case"
    assert "楼道渗水" in text_of(typed)
    assert str(customer.pk) in text_of(typed)


def test_the_form_of_a_new_case_is_kept_until_it_is_sent(world: Company, browser: Client) -> None:
    found = begin(world)
    browser.post(
        f"/interactions/{found.pk}/case/draft",
        {"tab": "ff01", "type": "water.leak", "description": "楼道渗水"},
    )
    assert "楼道渗水" in text_of(browser.get(f"/interactions/{found.pk}/case"))
    assert (
        operations.autosave_draft(
            interaction_id=found.pk,
            tab="ab12",
            seen={},
            note="x",
            actor=world.agent,
            now=datetime(2026, 11, 22, tzinfo=UTC),
        ).note
        == "x"
    )
