"""The page of a case over HTTP: what is shown, to whom, and what happens to what is typed."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from qiao.cases import operations
from qiao.cases.models import CaseDraft, CaseEvent
from qiao.cases.queries import case_page, draft_of
from qiao.cases.tests.browsing import HTMX, page, text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.models import Attachment
from qiao.staff.operations import assign_role, define_role
from qiao.staff.tests.cast import Company

HOSTILE = "<script>alert(1)</script>\"'&amp;"


def test_the_page_of_a_case_needs_few_statements_whatever_its_history(
    company: Company, agent: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    case = a_case(company)
    for i in range(20):
        operations.add_note(case_id=case.pk, text=f"第 {i} 条", actor=company.agent, now=NOW)
    agent.get(page(case))
    with django_assert_max_num_queries(17):  # how the person stands, and whom they hear
        assert agent.get(page(case)).status_code == 200


def test_hostile_text_is_shown_as_text(company: Company, agent: Client) -> None:
    case = a_case(
        company,
        title=HOSTILE,
        description=HOSTILE,
        place=HOSTILE,
        caller_name=HOSTILE,
        facts={"spot": "meter", "remark": HOSTILE},
    )
    operations.add_note(case_id=case.pk, text=HOSTILE, actor=company.agent, now=NOW)
    operations.escalate(case_id=case.pk, reason=HOSTILE, actor=company.agent, now=NOW)
    for url in (reverse("cases:list"), page(case), page(case, "clocks"), page(case, "edit")):
        shown = text_of(agent.get(url))
        assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in text_of(agent.get(page(case)))


def test_outsiders_get_404_for_every_address_of_a_case(company: Company, outsider: Client) -> None:
    case = a_case(company)
    reads = ("detail", "live", "feed", "clocks", "request", "edit", "conflict", "chase")
    writes = ("here", "edit", "settle", "take", "resume", "chase", "notes", "answers", "files")
    for name in reads:
        assert outsider.get(page(case, name)).status_code == 404
    for name in writes:
        url = page(case).rstrip("/") + f"/{name}"
        assert outsider.post(url, {"text": "x"}).status_code == 404
    assert outsider.get(page(case, "act", "hand_over")).status_code == 404
    assert CaseEvent.objects.filter(case=case, kind="note").count() == 0
    assert case.title not in text_of(outsider.get(reverse("cases:list"), {"view": "all"}))


def test_an_action_of_the_process_asks_for_what_it_needs_and_then_moves_the_case(
    company: Company, agent: Client
) -> None:
    case = a_case(company)
    agent.post(page(case, "act", "hand_over"), {"from_step": "accept"})
    refused = agent.post(page(case, "act", "done"), {"from_step": "repair"}, headers=HTMX)
    assert refused.status_code == 422
    taken = agent.post(
        page(case, "act", "done"), {"from_step": "repair", "fact-cause": "pipe"}, headers=HTMX
    )
    assert taken.status_code == 200
    case.refresh_from_db()
    assert (case.step, case.facts["cause"]) == ("call_back", "pipe")


def test_a_blocked_action_stays_visible_with_its_rule(company: Company, agent: Client) -> None:
    shown = text_of(agent.get(page(a_case(company)), headers={"Accept-Language": "en"}))
    assert "Not ours" in shown
    assert "This step belongs to: Judge" in shown


def test_an_action_on_a_step_that_was_left_changes_nothing(
    company: Company, agent: Client
) -> None:
    case = a_case(company)
    operations.take_action(
        case_id=case.pk, action="hand_over", given={}, actor=company.agent, now=NOW
    )
    late = agent.post(
        page(case, "act", "back"), {"from_step": "accept", "reason": "x"}, headers=HTMX
    )
    assert late.status_code == 422
    case.refresh_from_db()
    assert case.step == "repair"


@pytest.mark.parametrize(("name", "box"), [("note", "note"), ("answer", "answer")])
def test_a_refused_text_is_still_in_its_box(
    company: Company, agent: Client, name: str, box: str
) -> None:
    case = a_case(company)
    typed = "好" * 4_001
    response = agent.post(page(case, name), {"text": typed, "channel": "call"}, headers=HTMX)
    assert response.status_code == 422
    assert typed in text_of(response)
    assert f'id="case-{box}"' in text_of(response)


def test_note_and_answer_are_kept_apart(company: Company, agent: Client) -> None:
    case = a_case(company, caller_name="王女士")
    agent.post(page(case, "note"), {"text": "只给同事"}, headers=HTMX)
    agent.post(page(case, "answer"), {"text": "今天修好", "channel": "desk"}, headers=HTMX)
    sides = dict(case.events.values_list("kind", "visibility"))
    assert (sides["note"], sides["answer"]) == ("internal", "customer")
    customer_side = text_of(agent.get(page(case, "feed"), {"side": "customer"}))
    assert "今天修好" in customer_side
    assert "只给同事" not in customer_side
    assert "王女士" in text_of(agent.get(page(case)))


def test_two_people_editing_see_both_texts_and_lose_none(
    company: Company, agent: Client, colleague: Client
) -> None:
    case = a_case(company, description="原文")
    base = {"title": case.title, "description": "原文", "place": "", "caller_name": ""}
    common = {"base": json.dumps(base), "title": case.title, "place": "", "fact-spot": "meter"}
    colleague.post(page(case, "edit"), {**common, "description": "同事的文字"}, headers=HTMX)
    answer = agent.post(
        page(case, "edit"),
        {**common, "description": "我的文字", "caller_name": "陈先生"},
        headers=HTMX,
    )
    assert answer.status_code == 200
    shown = text_of(answer)
    assert "同事的文字" in shown
    assert "我的文字" in shown
    case.refresh_from_db()
    assert (case.description, case.caller_name) == ("同事的文字", "陈先生")
    assert draft_of(actor=company.agent, case_id=case.pk, box="conflict") == {
        "description": "我的文字"
    }
    assert "我的文字" in text_of(agent.get(page(case, "conflict"), headers=HTMX))
    offered = {"description": {"theirs": "同事的文字", "mine": "我的文字"}}
    agent.post(
        page(case, "settle"),
        {"offered": json.dumps(offered), "choice-description": "mine"},
        headers=HTMX,
    )
    case.refresh_from_db()
    assert case.description == "我的文字"
    assert not CaseDraft.objects.filter(case=case, box="conflict").exists()


def test_a_draft_comes_back(company: Company, agent: Client) -> None:
    case = a_case(company)
    assert agent.post(page(case, "draft", "note"), {"text": "写到一半"}).status_code == 204
    assert "写到一半" in text_of(agent.get(page(case)))
    assert agent.post(page(case, "draft", "other"), {"text": "x"}).status_code == 404


def test_others_see_who_has_the_case_open(
    company: Company, agent: Client, colleague: Client
) -> None:
    case = a_case(company)
    agent.post(page(case, "here"))
    assert company.agent.name in text_of(colleague.post(page(case, "here")))
    assert company.agent.name not in text_of(agent.post(page(case, "here")))
    listed = text_of(colleague.get(reverse("cases:list"), {"view": "open"}))
    assert company.agent.name in listed


def test_words_just_said_can_be_taken_back_by_who_said_them(
    company: Company, agent: Client, colleague: Client
) -> None:
    case = a_case(company)
    said = agent.post(page(case, "note"), {"text": "写错了"}, headers=HTMX)
    back = json.loads(said.headers["HX-Trigger"])["q:toast"]["undo"]
    assert colleague.post(back).status_code == 409
    assert agent.post(back).status_code == 204
    assert "写错了" not in text_of(agent.get(page(case)))
    assert case.events.filter(kind="note").exists()


def test_a_field_can_be_emptied_again(company: Company, agent: Client) -> None:
    case = a_case(company, facts={"spot": "meter", "remark": "靠近配电箱"})
    base = {"title": case.title, "spot": "meter", "remark": "靠近配电箱"}
    form = {"base": json.dumps(base), "title": case.title, "fact-spot": "meter"}
    agent.post(page(case, "edit"), {**form, "fact-remark": ""}, headers=HTMX)
    case.refresh_from_db()
    assert case.facts == {"spot": "meter"}


def test_the_page_of_clocks_tells_every_pause(company: Company, agent: Client) -> None:
    case = a_case(company)
    operations.pause(case_id=case.pk, reason="客户出差", actor=company.agent, now=NOW)
    operations.resume(case_id=case.pk, actor=company.agent, now=NOW + timedelta(hours=2))
    shown = text_of(agent.get(page(case, "clocks"), headers={"Accept-Language": "en"}))
    assert "客户出差" in shown
    assert "not counted" in shown
    assert "First response" in shown


@pytest.mark.usefixtures("media")
def test_a_wrong_file_is_refused_with_a_reason_and_a_right_one_is_served(
    company: Company, agent: Client, outsider: Client
) -> None:
    case = a_case(company)
    wrong = SimpleUploadedFile("x.pdf", b"MZ not a paper")
    refused = agent.post(page(case, "attach"), {"file": wrong}, headers=HTMX)
    assert refused.status_code == 422
    assert "x.pdf" in text_of(refused)
    right = SimpleUploadedFile("收据.pdf", b"%PDF-1.4 a paper")
    assert agent.post(page(case, "attach"), {"file": right}, headers=HTMX).status_code == 200
    url = page(case, "file", Attachment.objects.get().pk)
    assert b"".join(agent.get(url).streaming_content) == b"%PDF-1.4 a paper"  # type: ignore[attr-defined]
    assert outsider.get(url).status_code == 404


def test_a_case_changes_its_supervisors_at_midnight_of_its_own_unit(company: Company) -> None:
    case = a_case(company)
    role = define_role(key="supervisor", names={}, permissions=("cases.view",), home="/")
    assign_role(
        staff=company.colleague_staff,
        role=role,
        organisation=company.lake,
        valid_from=date(2026, 11, 21),
    )
    night = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)  # 0:00 of the 21st in Shanghai
    for now, names in ((night - timedelta(minutes=1), []), (night, ["周明"])):
        shown = case_page(actor=company.agent, case_id=case.pk, now=now)
        assert [each["name"] for each in shown.beside.supervisors] == names
