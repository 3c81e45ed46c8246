"""The customer's own page of a case: what it tells, who reaches it, what can be said there."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from qiao.cases.models import Case, CaseTelling, PublicLink, PublicLookup
from qiao.cases.operations import add_note, answer_customer, pause, take_action
from qiao.cases.operations.public import make_links, token_of
from qiao.cases.operations.replying import Reply, reply_to_customer
from qiao.cases.operations.telling import HOLD, tell_due
from qiao.cases.tests.browsing import HTMX, text_of
from qiao.cases.tests.world import a_case
from qiao.core.models import Attachment
from qiao.core.rules.links import hash_of
from qiao.customers.tests.factories import make_customer
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.staff.models import Notice
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


def phone(language: str = "en") -> Client:
    return Client(headers={"accept-language": language})


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def case(company: Company, now: datetime) -> Case:
    return a_case(company, caller_phone="+8613912345678", now=now)


def page_of(case: Case, name: str = "case") -> str:
    token = make_links([case.pk], now=timezone.now())[case.pk]
    return reverse(f"portal:{name}", args=[token])


def go(company: Company, case: Case, *steps: tuple[str, dict[str, Any]]) -> Case:
    for action, given in steps:
        case = take_action(
            case_id=case.pk, action=action, given=given, actor=company.agent, now=timezone.now()
        )
    return case


Steps = tuple[tuple[str, dict[str, Any]], ...]
TO_CALL_BACK: Steps = (("hand_over", {}), ("done", {"cause": "pipe"}))
TO_THE_END: Steps = (*TO_CALL_BACK, ("satisfied", {}))


def test_the_page_tells_where_it_is_and_what_is_owed_and_no_word_of_the_house(
    company: Company, case: Case
) -> None:
    now = timezone.now()
    add_note(case_id=case.pk, text="der ist schwierig", actor=company.agent, now=now)
    answer_customer(
        case_id=case.pk, text="We are coming.", channel="call", actor=company.agent, now=now
    )
    shown = phone().get(page_of(case))
    text = text_of(shown)
    assert shown.status_code == 200
    assert "no-store" in shown.headers["Cache-Control"]
    assert case.number in text
    assert '<h1 class="po-h1">Leak</h1>' in text
    assert "We are coming." in text
    assert "Next: Answer" in text
    assert "schwierig" not in text
    assert case.title not in text
    assert company.agent_staff.name not in text
    go(company, case, ("hand_over", {}))
    later = text_of(phone().get(page_of(case)))
    assert 'class="now" aria-current="step"' in later
    assert later.index("On the way to you") > later.index('class="now"')


def test_the_page_is_read_in_three_languages(case: Case) -> None:
    for language, word in (("en", "Received"), ("zh-hans", "已受理"), ("zh-hant", "已受理")):
        assert word in text_of(phone(language).get(page_of(case)))


def test_what_is_late_is_called_late_and_what_waits_says_why(
    company: Company, now: datetime
) -> None:
    late = a_case(company, now=now - timedelta(days=30))
    text = text_of(phone().get(page_of(late)))
    assert "Late since" in text
    assert "have not kept it" in text
    pause(case_id=late.pk, reason="等待您开门", actor=company.agent, now=now)
    text = text_of(phone().get(page_of(late)))
    assert "Late since" not in text
    assert "等待您开门" in text


def test_an_answer_that_has_not_left_the_house_is_not_shown(
    company: Company, now: datetime
) -> None:
    customer = make_customer(company.agent, name="王丽", now=now)
    add_email(customer_id=customer.pk, address="w@example.com", actor=company.agent, now=now)
    case = a_case(company, customer_id=customer.pk, now=now)
    reply_to_customer(
        case_id=case.pk, reply=Reply("email", "Answer", "All is well."), actor=company.agent,
        now=now,
    )  # fmt: skip
    assert "All is well." not in text_of(phone().get(page_of(case)))
    Message.objects.update(state="queued", held_until=None)
    assert "All is well." in text_of(phone().get(page_of(case)))


def test_every_message_about_a_case_carries_its_link(
    company: Company, now: datetime, settings: Any
) -> None:
    customer = make_customer(company.agent, name="王丽", now=now)
    add_email(customer_id=customer.pk, address="w@example.com", actor=company.agent, now=now)
    case = a_case(company, customer_id=customer.pk, now=now)
    other = a_case(company, customer_id=customer.pk, now=now)
    tell_due(now=now + HOLD)
    assert CaseTelling.objects.filter(state="told").count() == 2
    assert not Message.objects.filter(body__contains="/c/").exists()  # nobody knows the address
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.example", "https://service.example"]
    reply_to_customer(
        case_id=case.pk, reply=Reply("email", "Answer", "All is well {so}."), actor=company.agent,
        now=now,
    )  # fmt: skip
    go(company, other, ("hand_over", {}))
    tell_due(now=timezone.now() + HOLD)
    links = {pk: f"https://service.example/c/{token_of(pk)}" for pk in (case.pk, other.pk)}
    answer = Message.objects.get(kind="reply")
    assert answer.body.startswith("All is well {so}.\n\n")
    assert answer.body.endswith(links[case.pk])
    assert case.events.get(kind="reply").data["text"] == "All is well {so}."
    visit = Message.objects.get(kind="case_visit")
    assert visit.body.endswith(links[other.pk])
    assert phone().get(reverse("portal:case", args=[token_of(other.pk)])).status_code == 200


def test_of_a_link_the_digest_alone_is_kept_and_it_is_made_once(case: Case, now: datetime) -> None:
    token = make_links([case.pk], now=now)[case.pk]
    assert make_links([case.pk], now=now)[case.pk] == token
    assert PublicLink.objects.get().token_hash == hash_of(token)
    typed = reverse("portal:case", args=[token.replace("-", "").upper()])
    assert phone().get(typed).status_code == 200


def test_a_link_of_a_case_about_the_house_is_not_made(company: Company, case: Case) -> None:
    page = page_of(case)
    Case.objects.filter(pk=case.pk).update(about_unit=company.lake_team)
    assert make_links([case.pk], now=timezone.now()) == {}
    assert phone().get(page).status_code == 404


def test_a_link_runs_out_with_the_time_of_reopening_and_unknown_ones_lead_nowhere(
    company: Company, case: Case
) -> None:
    page = page_of(case)
    go(company, case, *TO_THE_END)
    assert phone().get(page).status_code == 200
    long_ago = timezone.now() - timedelta(days=100)
    Case.objects.filter(pk=case.pk).update(
        opened_at=long_ago, closed_at=long_ago, closed_date=long_ago.date()
    )
    gone = phone().get(page)
    assert gone.status_code == 410
    assert case.number not in text_of(gone)
    assert phone().post(f"{page}/say", {"text": "hello"}).status_code == 410
    for wrong in ("abcd-efgh-jkmn-pqrs", "x" * 300, "\U0001f600"):
        unknown = phone().get(reverse("portal:case", args=[wrong]))
        assert unknown.status_code == 404
        assert "leads to no case" in text_of(unknown)


def test_guessing_links_is_stopped(monkeypatch: pytest.MonkeyPatch, company: Company) -> None:
    del company
    monkeypatch.setattr("qiao.portal.visitors.LIMITS", {"case_link": (5, 2)})
    wrong = reverse("portal:case", args=["abcd-efgh-jkmn-pqrs"])
    assert [phone().get(wrong).status_code for _n in range(4)] == [404, 404, 429, 429]


def find(number: str, digits: str) -> Any:
    return phone().post(reverse("portal:case_find"), {"number": number, "digits": digits})


def test_a_case_is_found_by_its_number_and_four_digits(
    company: Company, case: Case, now: datetime
) -> None:
    assert find(f" #{case.number.lower()} ", "5678").headers["Location"] == page_of(case)
    customer = make_customer(company.agent, name="王丽", phones=["13800001111"], now=now)
    known = a_case(company, customer_id=customer.pk, now=now)
    assert find(known.number, "1111").status_code == 302
    assert find(known.number, "").status_code == 422
    rows = PublicLookup.objects.order_by("pk").values_list("case_id", "is_found")
    assert list(rows) == [(case.pk, True), (known.pk, True)]


def test_a_wrong_number_and_wrong_digits_are_answered_alike_and_kept(case: Case) -> None:
    without = [find("GD0000000000000", "5678"), find(case.number, "1234")]
    texts = {
        text_of(each).replace(case.number, "").replace("GD0000000000000", "")
        .replace("1234", "").replace("5678", "").split("csrfmiddlewaretoken")[-1][80:]
        for each in without
    }  # fmt: skip
    assert [each.status_code for each in without] == [422, 422]
    assert len(texts) == 1
    kept = PublicLookup.objects.order_by("pk").values_list("case_id", "is_found")
    assert list(kept) == [(None, False), (case.pk, False)]


def test_trying_out_digits_of_one_case_is_stopped_from_wherever(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qiao.portal.visitors.LOOKUPS", 3)
    codes = [find(case.number, f"000{n}").status_code for n in range(5)]
    assert codes == [422, 422, 422, 429, 429]
    assert find(case.number, "5678").status_code == 429  # the right digits, too


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, format="PNG")
    return SimpleUploadedFile("leak.png", out.getvalue(), content_type="image/png")


def test_a_word_and_a_picture_reach_who_works_on_the_case(
    company: Company, case: Case, agent: Client
) -> None:
    page = page_of(case)
    done = phone().post(f"{page}/say", {"text": "Worse now <b>", "picture": picture()})
    assert done.headers["Location"] == f"{page}?said"
    said = case.events.get(kind="customer_said")
    assert (said.visibility, said.actor_id) == ("customer", None)
    assert Attachment.objects.get(owner_kind="case", owner_id=case.pk).file_name == "leak.png"
    assert Notice.objects.filter(staff=company.agent_staff, kind="cases.customer_said").exists()
    assert "Worse now &lt;b&gt;" in text_of(phone().get(page))
    inside = text_of(agent.get(reverse("cases:detail", args=[case.pk])))
    assert "Worse now &lt;b&gt;" in inside


def test_nothing_and_no_picture_are_refused(case: Case) -> None:
    page = page_of(case)
    assert phone().post(f"{page}/say", {"text": " "}).status_code == 422
    text = SimpleUploadedFile("x.png", b"no picture", content_type="image/png")
    refused = phone().post(f"{page}/say", {"text": "x", "picture": text})
    assert refused.status_code == 422
    assert "no picture that we can read" in text_of(refused)
    assert phone().post(f"{page}/say", {"text": "x" * 1_001}).status_code == 422
    assert not case.events.filter(kind="customer_said").exists()


def test_what_is_not_solved_is_worked_on_again(company: Company, case: Case) -> None:
    page = page_of(case)
    assert "Not solved?" not in text_of(phone().get(page))
    go(company, case, *TO_THE_END)
    assert "Not solved?" in text_of(phone().get(page))
    done = phone().post(f"{page}/unsolved", {"text": "Still wet."})
    assert done.headers["Location"] == f"{page}?unsolved"
    case.refresh_from_db()
    assert case.closed_at is None
    assert (case.step, case.reopened_count) == ("repair", 1)
    assert case.events.get(kind="customer_said").data["unsolved"] is True
    assert "Not solved?" not in text_of(phone().get(page))


def test_a_process_without_a_way_back_leaves_it_to_who_is_told(
    company: Company, case: Case
) -> None:
    go(company, case, *TO_CALL_BACK)
    assert phone().post(f"{page_of(case)}/unsolved", {"text": "Still wet."}).status_code == 302
    case.refresh_from_db()
    assert case.step == "call_back"
    assert Notice.objects.filter(kind="cases.customer_said").exists()


def test_the_house_copies_the_link_and_sees_who_tried(
    company: Company, case: Case, agent: Client, outsider: Client
) -> None:
    del company
    find(case.number, "9999")
    shown = agent.post(reverse("cases:public_link", args=[case.pk]), headers=HTMX)
    assert token_of(case.pk) in text_of(shown)
    assert outsider.post(reverse("cases:public_link", args=[case.pk])).status_code == 404
    detail = Client(headers={"accept-language": "en"})
    detail.force_login(case.responsible, backend="qiao.staff.signin.StaffBackend")
    assert "1 wrong attempt" in text_of(detail.get(reverse("cases:detail", args=[case.pk])))
