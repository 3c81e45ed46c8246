"""The workspace, the palette, the emergency and the way in."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from qiao.cases.models import Case, CaseEvent
from qiao.contact.models import Interaction, InteractionCase
from qiao.contact.operations import start_interaction
from qiao.core.registry import registry
from qiao.customers.tests.factories import make_account, make_customer
from qiao.desk.queries import screen_pop, search_everything
from qiao.staff.models import Organisation, Staff
from qiao.staff.operations import assign_role, define_role
from qiao.staff.tests.cast import TODAY, Company, make_company, person

pytestmark = pytest.mark.django_db
CALLER = "13805712264"
Enter = Callable[..., Client]


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def enter() -> Enter:
    def sign_in(staff: Staff, *, htmx: bool = False, language: str = "zh-hans") -> Client:
        headers = {"HX-Request": "true"} if htmx else {}
        client = Client(headers=headers)
        client.cookies["q-language"] = language
        client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
        return client

    return sign_in


def call(world: Company, phone: str = CALLER) -> Interaction:
    return start_interaction(channel="phone", phone=phone, actor=world.agent, now=timezone.now())


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_the_root_leads_to_the_home_of_the_role(world: Company, enter: Enter) -> None:
    role = define_role(
        key="first", names={"en": "First"}, permissions=["cases.view"], home="desk:workspace"
    )
    assign_role(staff=world.agent_staff, role=role, organisation=world.lake, valid_from=TODAY)
    assert enter(world.agent_staff).get("/").headers["Location"] == "/customers/"
    assert Client().get("/").headers["Location"].startswith("/account/login/")


def test_a_home_whose_page_is_gone_leads_to_one_that_exists(world: Company, enter: Enter) -> None:
    staff = person(number="7001", name="丁一", branch=world.lake, permissions=("staff.view",))
    staff.assignments.get().role.__class__.objects.filter(key="staff.view").update(home="gone:x")
    assert enter(staff).get("/").headers["Location"] == "/workspace/"


def test_the_workspace_needs_the_right_to_see_contacts(world: Company, enter: Enter) -> None:
    staff = person(number="3101", name="王建军", branch=world.lake, permissions=("jobs.view",))
    assert enter(staff).get("/workspace/").status_code == 403


def test_what_is_open_is_restored_from_the_address_alone(world: Company, enter: Enter) -> None:
    customer = make_customer(world.agent, phones=[CALLER])
    browser = enter(world.agent_staff)
    browser.post("/interactions/new/phone/", {"phone": CALLER})
    found = Interaction.objects.get()
    page = text_of(browser.get(f"/workspace/?open=contact:{found.pk}"))
    for piece in ("<aside", "contact-wrap", customer.name, "q-item", 'aria-current="true"'):
        assert piece in page
    assert page.count(customer.name) >= 3


def test_opening_a_row_swaps_the_middle_and_brings_the_other_panes_along(
    world: Company, enter: Enter
) -> None:
    found = call(world)
    page = text_of(enter(world.agent_staff, htmx=True).get(f"/workspace/?open=contact:{found.pk}"))
    assert "<html" not in page
    assert page.lstrip().startswith('<div class="q-middle" id="q-middle">')
    assert page.count("hx-swap-oob") == 2


@pytest.mark.parametrize(
    "key", ["contact:999999", "contact:x", "nothing:1", "contact:", ":", "cases:1", "x" * 300]
)
def test_an_address_that_names_nothing_says_so_and_shows_the_day(
    world: Company, enter: Enter, key: str
) -> None:
    response = enter(world.agent_staff).get("/workspace/", {"open": key})
    assert response.status_code == 200
    assert "已不存在" in text_of(response)


def test_an_outsider_sees_nothing_of_a_contact_of_another_branch(
    world: Company, enter: Enter
) -> None:
    customer = make_customer(world.agent, name="金丝雀", phones=[CALLER])
    browser = enter(world.agent_staff)
    browser.post("/interactions/new/phone/", {"phone": CALLER})
    found = Interaction.objects.get()
    stranger = enter(world.outsider_staff)
    for address in (
        f"/workspace/?open=contact:{found.pk}",
        f"/workspace/aside?open=contact:{found.pk}",
        "/workspace/inbox?scope=all",
        f"/workspace/?new=phone&customer={customer.pk}",
        f"/workspace/emergency?open=contact:{found.pk}",
        "/search/?q=金丝雀",
        f"/search/palette?q={CALLER}",
        f"/search/palette?q={found.number}",
    ):
        page = text_of(stranger.get(address, headers={"HX-Request": "true"}))
        shown = page.replace("q=金丝雀", "").replace('value="金丝雀"', "")
        assert "金丝雀" not in shown, address
        assert "2264" not in shown.replace(CALLER, ""), address


def test_the_likeliest_of_several_stands_at_the_side_before_anybody_chose(
    world: Company, enter: Enter
) -> None:
    for name in ("陈慧敏", "王伟"):
        make_account(world.agent, owner=make_customer(world.agent, name=name, phones=[CALLER]))
    found = call(world)
    page = text_of(enter(world.agent_staff).get(f"/workspace/aside?open=contact:{found.pk}"))
    assert "尚未选定" in page
    assert "陈慧敏" in page or "王伟" in page


def test_a_panel_is_absent_without_its_permission(world: Company, enter: Enter) -> None:
    customer = make_customer(world.agent, phones=[CALLER])
    make_account(world.agent, owner=customer)
    allowed = tuple(p for p in registry.permissions() if not p.startswith("cases."))
    staff = person(number="7002", name="丁二", branch=world.lake, permissions=allowed)
    keys = [panel.key for panel in registry.panels(world.agent, "aside")]
    assert any(key.startswith("cases.") for key in keys)
    browser = enter(staff)
    browser.post("/interactions/new/phone/", {"phone": CALLER})
    found = Interaction.objects.get()
    page = text_of(browser.get(f"/workspace/?open=contact:{found.pk}"))
    assert customer.name in page
    assert "新建工单" not in page


def test_a_screen_pop_is_three_statements_whatever_number_of_modules(world: Company) -> None:
    customer = make_customer(world.agent, phones=[CALLER])
    make_account(world.agent, owner=customer)
    with CaptureQueriesContext(connection) as seen:
        popped = screen_pop(actor=world.agent, phone=f"+86{CALLER}", now=timezone.now())
    assert [match.customer_id for match in popped.matches] == [customer.pk]
    assert popped.aside is not None
    assert popped.aside.panels
    assert len(seen) == 3
    nobody = screen_pop(actor=world.outsider, phone=f"+86{CALLER}", now=timezone.now())
    assert nobody.aside is None


def test_the_left_list_costs_the_same_for_one_row_and_thirty(world: Company, enter: Enter) -> None:
    browser = enter(world.agent_staff, htmx=True)
    call(world)
    browser.get("/workspace/inbox?scope=mine")
    with CaptureQueriesContext(connection) as one:
        browser.get("/workspace/inbox?scope=mine")
    for _ in range(29):
        call(world)
    with CaptureQueriesContext(connection) as thirty:
        page = text_of(browser.get("/workspace/inbox?scope=mine"))
    assert page.count('class="q-item"') == 30
    assert len(one) == len(thirty)


def test_new_rows_wait_behind_a_bar_and_rows_seen_do_not_count(
    world: Company, enter: Enter
) -> None:
    browser = enter(world.agent_staff, htmx=True)
    first = call(world)
    page = text_of(browser.get("/workspace/inbox?scope=mine"))
    assert f"seen=contact:{first.pk}" in page
    news = f"/workspace/inbox/news?scope=mine&seen=contact:{first.pk}"
    assert "q-newbar" not in text_of(browser.get(news))
    call(world, "13911112222")
    assert "1 条新的" in text_of(browser.get(news))


def test_after_closing_the_longest_waiting_contact_comes_next(
    world: Company, enter: Enter
) -> None:
    first = call(world)
    call(world, "13911112222")
    response = enter(world.agent_staff, htmx=True).get("/workspace/next")
    assert response.headers["HX-Push-Url"] == f"/workspace/?open=contact:{first.pk}"
    assert first.number in text_of(response)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("jjbx", "紧急报险"),
        ("jinji", "紧急报险"),
        ("报险", "紧急报险"),
        ("emerg", "紧急报险"),
        ("xjldjc", "新建来电接触"),
        (">lrlx", "录入来信"),
    ],
)
def test_commands_are_found_by_words_and_pinyin_in_every_language(
    world: Company, enter: Enter, typed: str, label: str
) -> None:
    page = text_of(enter(world.agent_staff, htmx=True).get("/search/palette", {"q": typed}))
    assert label in page
    assert 'role="option"' in page


def test_commands_without_their_right_are_not_offered(world: Company, enter: Enter) -> None:
    staff = person(number="7003", name="丁三", branch=world.lake, permissions=("staff.view",))
    page = text_of(enter(staff, htmx=True).get("/search/palette?q=jjbx"))
    assert "紧急报险" not in page


def test_customers_are_found_by_initials_number_and_near_sound(
    world: Company, enter: Enter
) -> None:
    customer = make_customer(world.agent, name="陈慧敏", phones=[CALLER])
    make_account(world.agent, owner=customer, number="10028834561")
    for typed in ("chm", "陈慧", "2264", "1002883", "@chm"):
        groups = search_everything(actor=world.agent, text=typed)
        titles = [hit.title for group in groups for hit in group.hits]
        assert "陈慧敏" in titles, typed
    near = search_everything(actor=world.agent, text="程慧敏")
    assert not [group for group in near if not group.near and group.hits]


def test_options_of_the_palette_have_ids_of_their_own(world: Company, enter: Enter) -> None:
    for name in ("陈慧敏", "陈慧珊"):
        make_customer(world.agent, name=name)
    page = text_of(enter(world.agent_staff, htmx=True).get("/search/palette?q=chen"))
    ids = re.findall(r'role="option" id="([^"]+)"', page)
    assert len(ids) >= 2
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("typed", ["%", "_", "'", '"><img src=x>', "\\", "😀", "a" * 5000, " "])
def test_nothing_that_is_typed_breaks_the_search(world: Company, enter: Enter, typed: str) -> None:
    for address in ("/search/palette", "/search/"):
        response = enter(world.agent_staff).get(address, {"q": typed})
        assert response.status_code == 200
        assert "<img src=x>" not in text_of(response)


def test_in_an_emergency_the_words_come_before_the_fields(world: Company, enter: Enter) -> None:
    page = text_of(enter(world.agent_staff, htmx=True).get("/workspace/emergency"))
    assert page.index("请远离水流") < page.index('name="place"')


def test_emergencies_are_those_of_the_trades_of_the_unit(world: Company, enter: Enter) -> None:
    def offered() -> set[str]:
        page = text_of(enter(world.agent_staff, htmx=True).get("/workspace/emergency"))
        return set(re.findall(r'value="(\w+\.\w+)"', page))

    assert {"water.burst_main"} <= offered()
    assert "gas.gas_leak" not in offered()
    Organisation.objects.update(packs=["gas"])
    assert offered() == {"gas.gas_leak", "gas.gas_poisoning"}
    page = text_of(enter(world.agent_staff, htmx=True).get("/workspace/emergency"))
    assert page.index("室内不要开关任何电器") < page.index('name="place"')


def test_an_emergency_that_comes_up_in_a_contact_stays_with_it(
    world: Company, enter: Enter
) -> None:
    found = call(world)
    here = f"http://testserver/workspace/?open=contact:{found.pk}"
    page = text_of(
        enter(world.agent_staff, htmx=True).get(
            "/workspace/?new=emergency", headers={"HX-Current-URL": here}
        )
    )
    assert f'name="open" value="contact:{found.pk}"' in page
    assert "138 0571 2264" in page


def test_an_emergency_is_one_press_from_call_to_crew(world: Company, enter: Enter) -> None:
    role = define_role(
        key="agent",
        names={"en": "Agent"},
        permissions=tuple(registry.permissions()),
        home="desk:workspace",
    )
    assign_role(staff=world.agent_staff, role=role, organisation=world.lake, valid_from=TODAY)
    browser = enter(world.agent_staff, htmx=True)
    refused = browser.post("/workspace/emergency", {"type": "water.burst_main"})
    assert refused.status_code == 422
    assert not Interaction.objects.exists()
    response = browser.post(
        "/workspace/emergency",
        {"type": "water.burst_main", "place": "柳荫路口", "phone": CALLER},
    )
    contact, case = Interaction.objects.get(), Case.objects.get()
    assert f"open=contact:{contact.pk}" in response.headers["HX-Location"]
    assert InteractionCase.objects.filter(interaction=contact, case=case).exists()
    assert (case.priority, case.place) == ("urgent", "柳荫路口")
    assert CaseEvent.objects.filter(case=case, kind="step_left").exists()


def test_sign_in_offers_people_while_demonstrating_only(
    world: Company, settings: LazySettings
) -> None:
    role = define_role(
        key="agent", names={"zh-Hans": "坐席"}, permissions=[], home="desk:workspace"
    )
    assign_role(staff=world.agent_staff, role=role, organisation=world.lake, valid_from=TODAY)
    settings.DEMO = False
    assert "林晓岚" not in text_of(Client().get("/account/login/"))
    settings.DEMO = True
    page = text_of(Client().get("/account/login/"))
    assert "林晓岚" in page
    assert "/me/demo/1027" in page
