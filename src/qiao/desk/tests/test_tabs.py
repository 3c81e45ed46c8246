"""Open customers stand as tabs: kept for the person, in order, with room for so many."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, keep_draft, open_case
from qiao.customers.models import Customer
from qiao.customers.tests.factories import make_account, make_customer
from qiao.desk.models import Tab
from qiao.desk.operations.tabs import forget_closed
from qiao.desk.queries.tabs import open_tabs
from qiao.desk.rules.tabs import MOST_CUSTOMERS, MOST_INSIDE, MainTab, Open, after_closing, group
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
START = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def company() -> Company:
    return make_company()


def enter(staff: Staff) -> Client:
    client = Client()
    client.cookies["q-language"] = "en"
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    return client


def customer_of(company: Company, name: str) -> Customer:
    return make_customer(company.agent, name=name)


def case_of(company: Company, customer: Customer | None, title: str = "Water in the hall") -> Case:
    request = OpenRequest(
        type_key="water.small_leak",
        organisation_id=company.lake.pk,
        title=title,
        channel="phone",
        area="339102",
        customer_id=customer.pk if customer else None,
        facts={"leak_at": "before_meter", "paid_service": "no"},
    )
    return open_case(request=request, actor=company.agent, now=timezone.now())


def page(thing: Customer | Case) -> str:
    name = "customers:page" if isinstance(thing, Customer) else "cases:detail"
    return reverse(name, args=[thing.pk])


def look_at(client: Client, thing: Customer | Case) -> str:
    answer = client.post(reverse("desk:tabs_visit"), {"path": page(thing)}, headers=HTMX)
    return answer.content.decode()


def labels(tabs: list[MainTab]) -> list[tuple[str, list[str]]]:
    return [(tab.label, [each.label for each in tab.inside]) for tab in tabs]


def test_a_customer_is_a_tab_and_their_cases_stand_inside_it(company: Company) -> None:
    chen, wang = customer_of(company, "陈慧敏"), customer_of(company, "王磊")
    first, second, unknown = case_of(company, chen), case_of(company, wang), case_of(company, None)
    client = enter(company.agent_staff)
    for thing in (first, wang, second, chen, unknown):
        look_at(client, thing)
    assert labels(open_tabs(company.agent)) == [
        ("陈慧敏", [first.number]),
        ("王磊", [second.number]),
        (unknown.number, [unknown.number]),
    ]
    shown = client.get(page(first)).content.decode()
    assert shown.index("陈慧敏") < shown.index("王磊")
    assert 'id="q-tabs"' in shown
    assert open_tabs(company.colleague) == []


def test_looking_again_makes_no_second_tab_and_moves_none(company: Company) -> None:
    chen, wang = customer_of(company, "陈慧敏"), customer_of(company, "王磊")
    client = enter(company.agent_staff)
    for thing in (chen, wang):
        assert "q-tabs" in look_at(client, thing)
    assert look_at(client, chen) == ""
    assert [tab.label for tab in open_tabs(company.agent)] == ["陈慧敏", "王磊"]
    assert max(open_tabs(company.agent), key=lambda tab: tab.seen_at).label == "陈慧敏"


def test_tabs_are_there_on_another_computer(company: Company) -> None:
    chen = customer_of(company, "陈慧敏")
    look_at(enter(company.agent_staff), chen)
    assert "陈慧敏" in enter(company.agent_staff).get(reverse("cases:list")).content.decode()


def test_a_page_that_one_may_not_see_opens_no_tab(company: Company) -> None:
    chen = customer_of(company, "陈慧敏")
    assert look_at(enter(company.outsider_staff), chen) == ""
    assert Tab.objects.count() == 0


def test_a_tab_whose_right_is_gone_shows_nothing_of_it(company: Company) -> None:
    chen = customer_of(company, "陈慧敏")
    Tab.objects.create(
        staff=company.outsider_staff,
        kind="customer",
        subject_id=chen.pk,
        opened_at=START,
        seen_at=START,
    )
    assert open_tabs(company.outsider) == []


def test_one_statement_draws_the_strip_whatever_is_open(company: Company) -> None:
    client = enter(company.agent_staff)
    asked = []
    for number in (0, 1, 8):
        for n in range(number):
            customer = customer_of(company, f"客户{number}{n}")
            look_at(client, customer)
            look_at(client, case_of(company, customer))
        client.get(reverse("customers:value"))
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("customers:value"))
        asked.append(sum("desk_tab" in query["sql"] for query in seen))
    assert asked == [1, 1, 1]


def test_the_twenty_first_customer_is_read_without_a_tab_and_told_so(company: Company) -> None:
    client = enter(company.agent_staff)
    customers = [customer_of(company, f"客户{n}") for n in range(MOST_CUSTOMERS + 1)]
    for customer in customers[:-1]:
        look_at(client, customer)
    told = look_at(client, customers[-1])
    assert f"{MOST_CUSTOMERS} customers are open" in told
    assert len(open_tabs(company.agent)) == MOST_CUSTOMERS
    inside = [case_of(company, customers[0]) for _n in range(MOST_INSIDE + 1)]
    answers = [look_at(client, case) for case in inside]
    assert f"{MOST_INSIDE} things are open" in answers[-1]
    assert len(open_tabs(company.agent)[0].inside) == MOST_INSIDE


def test_closing_goes_on_beside_it_and_can_be_taken_back_to_its_place(company: Company) -> None:
    chen, wang = customer_of(company, "陈慧敏"), customer_of(company, "王磊")
    case = case_of(company, chen)
    client = enter(company.agent_staff)
    for thing in (chen, case, wang):
        look_at(client, thing)
    before = labels(open_tabs(company.agent))
    closed = next(each for tab in open_tabs(company.agent) for each in tab.inside)
    sent = {"tab": str(closed.tab_id), "path": page(case)}
    answer = client.post(reverse("desk:tabs_close"), sent, headers=HTMX)
    assert answer["HX-Redirect"] == page(chen)
    ids = ".".join(map(str, open_tabs(company.agent)[0].ids))
    answer = client.post(
        reverse("desk:tabs_close"), {"tab": ids, "path": page(chen)}, headers=HTMX
    )
    assert answer["HX-Redirect"] == page(wang)
    undo = f"{reverse('desk:tabs_reopen')}?tab={ids}.{closed.tab_id}"
    assert client.post(undo, headers=HTMX).status_code == 204
    assert labels(open_tabs(company.agent)) == before


def test_nobody_closes_or_reopens_the_tabs_of_others(company: Company) -> None:
    chen = customer_of(company, "陈慧敏")
    look_at(enter(company.agent_staff), chen)
    tab = Tab.objects.get()
    other = enter(company.colleague_staff)
    other.post(reverse("desk:tabs_close"), {"tab": str(tab.pk), "path": "/"}, headers=HTMX)
    tab.refresh_from_db()
    assert tab.closed_at is None


def test_a_person_is_sent_on_to_pages_of_the_house_only(company: Company) -> None:
    chen = customer_of(company, "陈慧敏")
    client = enter(company.agent_staff)
    look_at(client, chen)
    for path in ("//evil.example/x", "/\\evil.example", "https://evil.example/", "javascript:x"):
        answer = client.post(reverse("desk:tabs_close"), {"tab": "1", "path": path})
        assert answer["Location"] == "/"


def test_a_draft_marks_its_tab_until_its_text_is_taken_out(company: Company) -> None:
    case = case_of(company, customer_of(company, "陈慧敏"))
    look_at(enter(company.agent_staff), case)
    told = {"case_id": case.pk, "box": "note", "actor": company.agent, "now": timezone.now()}
    keep_draft(values={"text": "半句"}, **told)  # type: ignore[arg-type]
    assert open_tabs(company.agent)[0].has_draft
    keep_draft(values={"text": " "}, **told)  # type: ignore[arg-type]
    assert not open_tabs(company.agent)[0].has_draft


def test_a_place_belongs_to_the_owner_of_its_account(company: Company) -> None:
    chen = customer_of(company, "陈慧敏")
    account = make_account(company.agent, owner=chen)
    assert account.service_point is not None
    place = reverse("customers:place", args=[account.service_point.premises_id])
    client = enter(company.agent_staff)
    client.post(reverse("desk:tabs_visit"), {"path": place}, headers=HTMX)
    assert labels(open_tabs(company.agent)) == [("陈慧敏", [account.number])]


def test_closed_tabs_are_forgotten_after_a_day(company: Company) -> None:
    chen, wang = customer_of(company, "陈慧敏"), customer_of(company, "王磊")
    client = enter(company.agent_staff)
    for thing in (chen, wang):
        look_at(client, thing)
    now = timezone.now()
    Tab.objects.filter(subject_id=chen.pk, kind="customer").update(
        closed_at=now - timedelta(hours=25)
    )
    forget_closed(now)
    assert list(Tab.objects.values_list("subject_id", flat=True)) == [wang.pk]


def things() -> st.SearchStrategy[list[Open]]:
    one = st.builds(
        Open,
        tab_id=st.integers(1, 10_000),
        kind=st.sampled_from(["customer", "case"]),
        subject_id=st.integers(1, 50),
        opened_at=st.integers(0, 500).map(lambda m: START + timedelta(minutes=m)),
        seen_at=st.integers(0, 500).map(lambda m: START + timedelta(minutes=m)),
        label=st.just("x"),
        title=st.just("x"),
        icon=st.just("ticket"),
        url=st.just("/x/"),
        has_draft=st.booleans(),
        holder=st.one_of(st.none(), st.integers(1, 5)),
        holder_name=st.just("y"),
        is_holder=st.just(False),
    )
    return st.lists(one, max_size=30, unique_by=lambda each: each.tab_id)


@given(things())
def test_grouping_loses_nothing_and_keeps_the_order(opened: list[Open]) -> None:
    tabs = group(opened)
    assert sorted(i for tab in tabs for i in tab.ids) == sorted(each.tab_id for each in opened)
    assert [tab.opened_at for tab in tabs] == sorted(tab.opened_at for tab in tabs)
    assert len({tab.key for tab in tabs}) == len(tabs)
    for tab in tabs:
        assert len({each.holder for each in tab.all}) == 1


@given(things(), st.data())
def test_whoever_closes_goes_on_to_something_that_is_still_open(
    opened: list[Open], data: st.DataObject
) -> None:
    tabs = group(opened)
    if not tabs:
        assert after_closing(tabs, [1]) is None
        return
    tab = data.draw(st.sampled_from(tabs))
    closed = data.draw(st.lists(st.sampled_from(tab.ids), min_size=1, unique=True))
    following = after_closing(tabs, closed)
    left = {each.tab_id for each in opened} - set(closed)
    whole = set(closed) == set(tab.ids)
    assert (following is None) == (whole and len(tabs) == 1)
    if following:
        assert following.tab_id in left
        assert whole or following.tab_id in tab.ids


def drawn(moment: datetime, thing: Customer) -> dict[str, str]:
    """What a page says that was drawn at a moment."""
    return {"path": page(thing), "drawn": str(int(moment.timestamp() * 1000))}


def test_a_tab_stays_closed_though_the_word_of_its_page_comes_late(company: Company) -> None:
    """The page was drawn before it was closed; one that is drawn afterwards opens it again."""
    client, customer = enter(company.agent_staff), customer_of(company, "陈慧敏")
    before = timezone.now() - timedelta(seconds=1)
    client.post(reverse("desk:tabs_visit"), drawn(before, customer), headers=HTMX)
    tab = Tab.objects.get()
    client.post(reverse("desk:tabs_close"), {"tab": tab.pk, "path": "/"}, headers=HTMX)
    client.post(reverse("desk:tabs_visit"), drawn(before, customer), headers=HTMX)
    assert Tab.objects.get().closed_at is not None
    after = timezone.now() + timedelta(seconds=1)
    client.post(reverse("desk:tabs_visit"), drawn(after, customer), headers=HTMX)
    assert Tab.objects.get().closed_at is None


def test_a_page_that_is_come_back_to_opens_its_tab_again(company: Company) -> None:
    """The browser kept it from before the tab was closed; that was minutes ago."""
    client, customer = enter(company.agent_staff), customer_of(company, "陈慧敏")
    before = timezone.now() - timedelta(hours=1)
    client.post(reverse("desk:tabs_visit"), drawn(before, customer), headers=HTMX)
    Tab.objects.update(closed_at=timezone.now() - timedelta(minutes=5))
    client.post(reverse("desk:tabs_visit"), drawn(before, customer), headers=HTMX)
    assert Tab.objects.get().closed_at is None


@pytest.mark.parametrize("words", ["", "soon", "9" * 30])
def test_a_page_that_tells_no_moment_opens_its_tab(company: Company, words: str) -> None:
    """Nothing that can be read counts as now."""
    client, customer = enter(company.agent_staff), customer_of(company, "陈慧敏")
    sent = {"path": page(customer), "drawn": words}
    assert client.post(reverse("desk:tabs_visit"), sent, headers=HTMX).status_code == 200
    assert Tab.objects.get().closed_at is None
