"""The pages: who sees them, what they show, what they refuse, how much they ask the database."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qiao.core.models import Disclosure
from qiao.customers.models import Account, Customer, CustomerIdentity
from qiao.customers.operations import merge_customers, set_tier
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = pytest.mark.django_db
PHONE = "13805712264"
SOON = (timezone.localdate() + timedelta(days=30)).isoformat()
CHANGES = (
    "phone_add", "name_change", "protection_claim", "tier_change", "identity_add", "card_add",
)  # fmt: skip


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def known(world: Company) -> Customer:
    customer = make_customer(
        world.agent,
        name="陈慧敏",
        phones=[PHONE],
        flags=["infant"],
        identities=[("id_card", "11010519491231002X")],
    )
    make_account(world.agent, owner=customer, number="10028834561")
    return customer


def browser(staff: Staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    client.cookies["q-language"] = "en"
    return client


def page(name: str, customer: Customer, *more: int) -> str:
    return reverse(f"customers:{name}", args=[customer.pk, *more])


def test_without_sign_in_the_page_leads_to_it(known: Customer) -> None:
    response = Client().get(page("page", known))
    assert response.status_code == 302
    assert "/account/login/" in response["Location"]


def test_the_page_answers_who_this_is(world: Company, known: Customer) -> None:
    html = browser(world.agent_staff).get(page("page", known)).content.decode()
    for text in (
        "陈慧敏",
        "138 0571 2264",
        "1002 8834 561",
        "Infant at home",
        "翠湖花园",
        "Owner",
    ):
        assert text in html
    assert "11010519491231002X" not in html


@pytest.mark.parametrize("name", ["page", "timeline", "aside", *CHANGES])
def test_an_outsider_gets_nothing_of_the_customer(
    world: Company, known: Customer, name: str
) -> None:
    outsider = browser(world.outsider_staff)
    for response in (outsider.get(page(name, known)), outsider.post(page(name, known), {})):
        assert response.status_code in {404, 405}
        assert "陈慧敏" not in response.content.decode()


def test_an_outsider_finds_nothing_in_lists(world: Company, known: Customer) -> None:
    outsider = browser(world.outsider_staff)
    for query in ("", "?q=陈慧敏", f"?q={PHONE}", "?q=10028834561", "?tier=C"):
        html = outsider.get(reverse("customers:list") + query).content.decode()
        assert page("page", known) not in html
    assert (
        "陈慧敏"
        not in outsider.get(
            reverse("customers:alike"), {"name": "陈慧敏", "phone": PHONE}
        ).content.decode()
    )


def test_lists_mask_numbers_and_a_reveal_is_recorded(world: Company, known: Customer) -> None:
    agent = browser(world.agent_staff)
    html = agent.get(reverse("customers:list"), {"q": "陈慧敏"}).content.decode()
    assert "138 **** 2264" in html
    assert "138 0571 2264" not in html
    why = agent.get(page("reveal_first_phone", known), headers={"hx-request": "true"})
    assert "0571 2264" not in why.content.decode()
    refused = agent.post(page("reveal_first_phone", known), {"reason": "other", "words": " "})
    assert refused.status_code == 422
    assert "0571 2264" not in refused.content.decode()
    assert not Disclosure.objects.exists()
    revealed = agent.post(page("reveal_first_phone", known), {"reason": "call_back"})
    assert "138 0571 2264" in revealed.content.decode()
    kept = Disclosure.objects.get()
    assert (kept.fields, kept.reason) == (["phone"], "call_back")
    identity = CustomerIdentity.objects.get()
    told = {"reason": "other", "words": "名字与证件不一致，核对"}
    shown = agent.post(page("reveal_identity", known, identity.pk), told).content.decode()
    assert "11010519491231002X" in shown
    assert Disclosure.objects.latest("id").reason == "名字与证件不一致，核对"


def test_who_looked_and_why_stands_on_the_page_for_those_who_may_audit(
    world: Company, known: Customer
) -> None:
    agent = browser(world.agent_staff)
    agent.post(page("reveal_first_phone", known), {"reason": "call_back"})
    for name in ("page", "disclosures"):
        html = agent.get(page(name, known), {"topic": "customer.data"}).content.decode()
        assert "林晓岚" in html
        assert "Calling the customer back" in html
    reader = person(number="8", name="读者", branch=world.lake, permissions=("customers.view",))
    client = browser(reader)
    answer = client.get(page("page", known), {"topic": "customer.data"})
    assert "Calling the customer back" not in answer.content.decode()
    assert client.get(page("disclosures", known)).status_code == 403


def test_without_the_right_to_contact_the_page_masks_too(world: Company, known: Customer) -> None:
    reader = person(number="8", name="读者", branch=world.lake, permissions=("customers.view",))
    client = browser(reader)
    html = client.get(page("page", known)).content.decode()
    assert "138 **** 2264" in html
    assert "0571 2264" not in html
    assert "reveal" not in html
    assert client.post(page("reveal_first_phone", known)).status_code == 403
    assert client.get(page("name_change", known)).status_code == 403
    assert client.get(reverse("customers:new")).status_code == 403


def test_a_merged_customers_page_leads_to_the_one_that_stands(
    world: Company, known: Customer
) -> None:
    twin = make_customer(world.agent, name="陈惠敏", phones=["13577778888"])
    merge_customers(actor=world.agent, now=NOW, customer_id=known.pk, merged_id=twin.pk)
    response = browser(world.agent_staff).get(page("page", twin))
    assert response["Location"] == page("page", known)
    html = browser(world.agent_staff).get(page("page", known)).content.decode()
    assert "135 7777 8888" in html
    assert "1 record merged" in html


def queries(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_lists_ask_as_much_for_thirty_rows_as_for_one(world: Company, known: Customer) -> None:
    agent = browser(world.agent_staff)
    urls = [reverse("customers:list"), reverse("customers:list") + "?q=陈慧敏"]
    before = [queries(agent, url) for url in urls]
    for _ in range(31):
        make_account(world.agent, owner=make_customer(world.agent, phones=["13700001111"]))
    assert [queries(agent, url) for url in urls] == before


def test_the_page_asks_as_much_for_many_accounts_as_for_one(
    world: Company, known: Customer
) -> None:
    agent = browser(world.agent_staff)
    before = queries(agent, page("page", known))
    for _ in range(30):
        make_account(world.agent, owner=known)
    assert queries(agent, page("page", known)) == before


def test_the_list_goes_on_where_it_ended(world: Company) -> None:
    made = [make_customer(world.agent, name=f"客户{n}") for n in range(70)]
    agent = browser(world.agent_staff)
    url, seen = reverse("customers:list"), []
    while url:
        html = agent.get(url).content.decode()
        seen += [int(pk) for pk in re.findall(r'data-href="/customers/(\d+)/"', html)]
        found = re.search(r'rel="next" href="([^"]+)"', html)
        url = reverse("customers:list") + found[1].replace("&amp;", "&") if found else ""
    assert seen == [customer.pk for customer in reversed(made)]


def test_nothing_found_shows_near_matches(world: Company, known: Customer) -> None:
    html = browser(world.agent_staff).get(reverse("customers:list"), {"q": "陈惠民"}).content
    assert "Perhaps you meant" in html.decode()
    assert "陈慧敏" in html.decode()


@pytest.mark.parametrize("after", ["x", "-1", "9" * 40, "１", "1 OR 1=1"])
def test_a_strange_cursor_begins_anew(world: Company, known: Customer, after: str) -> None:
    response = browser(world.agent_staff).get(reverse("customers:list"), {"after": after})
    assert response.status_code == 200


def test_a_new_customer_with_account_is_registered(world: Company) -> None:
    response = browser(world.agent_staff).post(
        reverse("customers:new"),
        {
            "kind": "person", "name": "王小明", "gender": "m", "phone": "139 1111 2222",
            "organisation": world.lake.pk, "account_number": "0012345678", "service": "water",
            "district": "滨湖区", "road": "柳荫路", "house_number": "90号", "room": "301室",
            "flags": ["infant"],
        },
    )  # fmt: skip
    customer = Customer.objects.get()
    assert response["Location"] == page("page", customer)
    assert customer.flags == ["infant"]
    account = Account.objects.get()
    assert account.number == "0012345678"
    assert account.service_point is not None
    assert account.service_point.premises.full_text == "滨湖区柳荫路90号301室"


def test_somebody_held_already_must_be_looked_at_first(world: Company, known: Customer) -> None:
    agent = browser(world.agent_staff)
    data = {"kind": "person", "name": "陈敏", "phone": PHONE, "organisation": world.lake.pk}
    first = agent.post(reverse("customers:new"), data)
    assert first.status_code == 422
    assert "陈慧敏" in first.content.decode()
    assert Customer.objects.count() == 1
    assert agent.post(reverse("customers:new"), data | {"someone_else": "on"}).status_code == 302
    assert Customer.objects.count() == 2


def test_a_taken_account_number_leaves_nothing_behind(world: Company, known: Customer) -> None:
    response = browser(world.agent_staff).post(
        reverse("customers:new"),
        {"kind": "person", "name": "王小明", "organisation": world.lake.pk,
         "account_number": "10028834561", "road": "柳荫路"},
    )  # fmt: skip
    assert response.status_code == 422
    assert "Another account has this number." in response.content.decode()
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"name": "", "phone": ""},
        {"name": "王", "phone": "12"},
        {"name": "王", "identity": "123"},
        {"name": "王", "account_number": "123456"},
        {"name": "王", "organisation": "0"},
        {"name": "王" * 121},
    ],
)
def test_a_wrong_form_comes_back_with_its_errors(world: Company, data: dict[str, str]) -> None:
    filled = {"kind": "person", "organisation": str(world.lake.pk)} | data
    response = browser(world.agent_staff).post(reverse("customers:new"), filled)
    assert response.status_code == 422
    assert "q-error" in response.content.decode() or "q-alert bad" in response.content.decode()
    assert not Customer.objects.exists()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "'; DROP TABLE x; --", "{{ 7 }}"])
def test_markup_in_a_name_stays_text(world: Company, text: str) -> None:
    customer = make_customer(world.agent, name=text)
    agent = browser(world.agent_staff)
    for url in (page("page", customer), reverse("customers:list"), page("aside", customer)):
        html = agent.get(url).content.decode()
        assert "<script>alert" not in html


@pytest.mark.parametrize(
    ("name", "data", "shown"),
    [
        ("phone_add", {"number": "0571-88881234转801", "label": "办公室"}, "办公室"),
        ("name_change", {"name": "陈惠敏"}, "陈惠敏"),
        ("protection_claim", {"kind": "hospital", "reason": "told"}, "Hospital"),
        ("tier_change", {"tier": "A", "reason": "十年按时", "until": SOON}, "十年按时"),
        ("identity_add", {"kind": "passport", "number": "E12345678"}, "Passport"),
        ("card_add", {"kind": "water_ic", "number": "7700-1234 5678"}, "···· 5678"),
    ],
)
def test_a_change_made_in_its_dialog_shows_on_the_page(
    world: Company, known: Customer, name: str, data: dict[str, object], shown: str
) -> None:
    agent = browser(world.agent_staff)
    opened = agent.get(page(name, known), headers={"HX-Request": "true"}).content.decode()
    assert "<dialog" in opened
    assert "<html" not in opened
    assert "<html" in agent.get(page(name, known)).content.decode()
    done = agent.post(page(name, known), data, headers={"HX-Request": "true"})
    back = "tier" if name == "tier_change" else "page"
    assert (done.status_code, done["HX-Redirect"]) == (204, page(back, known))
    topic = "customer.file" if name in {"identity_add", "card_add"} else ""
    assert shown in agent.get(page("page", known), {"topic": topic}).content.decode()


def test_a_change_leads_back_to_where_it_was_made(world: Company, known: Customer) -> None:
    own, work = f"{page('page', known)}?topic=customer.file", f"{reverse('customers:numbers')}?a=1"
    for opened_from, leads_to in (
        (own, own), (work, work), ("/workspace/?q=1", page("page", known)),
    ):  # fmt: skip
        done = browser(world.agent_staff).post(
            page("name_change", known),
            {"name": "陈惠敏"},
            headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{opened_from}"},
        )
        assert done["HX-Redirect"] == leads_to


def test_each_tab_shows_its_panels_and_an_unknown_one_the_overview(
    world: Company, known: Customer
) -> None:
    agent = browser(world.agent_staff)
    overview = agent.get(page("page", known)).content.decode()
    assert agent.get(page("page", known), {"topic": "x"}).content.decode().count("q-tl") > 0
    assert 'id="panel-customersidentities"' not in overview
    of_file = agent.get(page("page", known), {"topic": "customer.file"}).content.decode()
    assert 'id="panel-customersidentities"' in of_file
    assert 'id="timeline"' not in of_file


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("phone_add", {"number": PHONE}),
        ("phone_add", {"number": "abc"}),
        ("name_change", {"name": "\u200b"}),
        ("tier_change", {"tier": "E", "reason": "x"}),
        ("identity_add", {"kind": "id_card", "number": "1" * 18}),
        ("card_add", {"kind": "water_ic", "number": "卡"}),
        ("card_add", {"kind": "library", "number": "77001234"}),
    ],
)
def test_a_refused_change_says_why_in_its_dialog(
    world: Company, known: Customer, name: str, data: dict[str, object]
) -> None:
    response = browser(world.agent_staff).post(
        page(name, known), data, headers={"HX-Request": "true"}
    )
    assert response.status_code == 422
    html = response.content.decode()
    assert "q-error" in html or "q-alert bad" in html


def test_the_tier_panel_tells_the_path(world: Company, known: Customer) -> None:
    for tier in ("D", "B"):
        set_tier(actor=world.agent, now=NOW, customer_id=known.pk, tier=tier, reason=f"到{tier}")
    html = browser(world.agent_staff).get(page("page", known)).content.decode()
    assert "到B" in html
    assert 'class="q-tiersteps"' in html
