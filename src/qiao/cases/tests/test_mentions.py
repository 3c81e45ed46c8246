"""What boxes offer while one writes, and people named in notes."""

from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases import operations
from qiao.cases.models import CaseEvent
from qiao.cases.rules.mentions import mentions
from qiao.cases.showing.writing import form_of_address
from qiao.cases.tests.browsing import page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.customers.tests.factories import make_customer
from qiao.knowledge.operations import TextDraft, create_text
from qiao.staff.models import Notice
from qiao.staff.tests.cast import Company


def pick(client: Client, case: object, kind: str, typed: str) -> str:
    return text_of(client.get(page(case, "pick", kind), {"q": typed}))  # type: ignore[arg-type]


def test_a_text_is_offered_with_its_places_filled(company: Company, agent: Client) -> None:
    customer = make_customer(company.agent, name="陈慧敏", gender="f")
    case = a_case(company, customer_id=customer.pk)
    draft = TextDraft(
        "zzh", {"en": "Call"}, {"en": "{customer.title}: {case.number}, {team.name}"}
    )
    create_text(draft=draft, actor=company.agent, now=NOW)
    with translation.override("en"):
        assert form_of_address(case) == "Ms 陈"
    assert case.number in pick(agent, case, "texts", "zzh")


def test_a_place_without_a_value_is_told_before_it_is_inserted(
    company: Company, agent: Client
) -> None:
    case = a_case(company, place="")
    draft = TextDraft("zzh", {"en": "Call"}, {"en": "at {case.place}"})
    create_text(draft=draft, actor=company.agent, now=NOW)
    assert "⟦" in pick(agent, case, "texts", "zzh")


def test_inserted_texts_and_articles_are_counted(company: Company, agent: Client) -> None:
    case = a_case(company)
    draft = TextDraft("zzh", {"en": "Call"}, {"en": "x"})
    text = create_text(draft=draft, actor=company.agent, now=NOW)
    assert agent.post(page(case, "text_used", text.pk)).status_code == 204
    assert agent.post(page(case, "article_used", 1 << 40)).status_code == 404
    text.kept.refresh_from_db()
    assert text.kept.use_count == 1


def test_colleagues_are_found_by_name_pinyin_and_number(company: Company, agent: Client) -> None:
    case = a_case(company)
    for typed in ("周", "zm", "zhouming", "1028", ""):
        assert "@周明 1028 " in pick(agent, case, "people", typed)


def test_somebody_who_cannot_read_the_case_is_marked_as_such(company: Company) -> None:
    from qiao.cases.tests.browsing import client_of  # noqa: PLC0415 - the chief's own browser

    case = a_case(company)
    shown = pick(client_of(company.chief_staff), case, "people", "何远")
    assert "@何远 2001 " in shown
    assert "data-note" in shown


def test_whoever_is_named_in_a_note_is_told_once(company: Company) -> None:
    case = a_case(company)
    text = "请 @周明 1028 看一下，@周明 1028；@陌生人 9999 也看，@林晓岚 1027 记着"
    operations.add_note(case_id=case.pk, text=text, actor=company.agent, now=NOW)
    (notice,) = Notice.objects.filter(kind="cases.mention")
    assert (notice.staff_id, notice.subject_id) == (company.colleague.staff_id, case.pk)
    entry = CaseEvent.objects.get(case=case, kind="note")
    assert entry.data["mentions"] == [company.colleague.staff_id, company.agent.staff_id]


@given(st.text(max_size=200))
def test_any_text_names_people_at_most_once(text: str) -> None:
    named = mentions(text)
    assert len(named) == len(set(named)) <= 20
