"""Suggestions from the public page to the answer: screened, joined, voted for, agreed to, told."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from qiao.cases.models import Case
from qiao.cases.operations import OpenRequest, open_case
from qiao.cases.tests.browsing import client_of, text_of
from qiao.core.actor import Forbidden
from qiao.core.approvals import SamePerson
from qiao.core.approvals import decide as decide_approval
from qiao.core.models import Approval
from qiao.customers.tests.factories import make_account, make_customer
from qiao.feedback.models import Suggestion, SuggestionFollower
from qiao.feedback.operations import suggestions as operations
from qiao.feedback.operations.answering import answer, publish_answer
from qiao.feedback.operations.suggestions import SuggestionRefused, Wish
from qiao.feedback.queries import public_suggestions, suggestions
from qiao.feedback.rules.suggestions import (
    LIKE,
    compared_pieces,
    likeness,
    masked,
    shared_words,
)
from qiao.feedback.suggestion_texts import wishes
from qiao.messaging.models import Message
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def company() -> Company:
    cache.clear()
    return make_company()


def taken(company: Company, title: str, text: str = "", **more: str) -> Suggestion:
    return operations.take_suggestion(
        wish=Wish(
            organisation_id=company.lake.pk,
            source="card",
            title=title,
            text=text or title,
            language="zh-hans",
            **more,  # type: ignore[arg-type]
        ),
        actor=company.agent,
        now=NOW,
    )


def passed(company: Company, row: Suggestion) -> Suggestion:
    return operations.screen(
        suggestion_id=row.pk,
        verdict="public",
        title=row.title,
        text=row.text,
        category="works",
        actor=company.agent,
        now=NOW,
    )


def votes(row: Suggestion) -> int:
    row.refresh_from_db()
    return row.votes


def test_numbers_of_people_are_covered_in_the_words_for_everybody() -> None:
    text = "翠湖花园 6 幢 1203 室，联系 13800138000 或 a.b@example.com，身份证 11010519491231002X"
    shown = masked(text)
    for hidden in ("13800138000", "1203", "a.b@", "11010519491231002X"):
        assert hidden not in shown
    assert "翠湖花园" in shown
    assert masked("提前 48 小时，三天内恢复") == "提前 48 小时，三天内恢复"


def test_likeness_weighs_rare_pieces_and_shows_the_words_of_both() -> None:
    often = {"短信": 2, "轮椅": 1, "希望": 50}
    assert likeness({"短信"}, {"短信", "轮椅"}, often=often, every=50) == 1.0
    assert likeness({"希望", "轮椅"}, {"希望", "短信"}, often=often, every=50) < 0.02
    assert likeness(set(), {"短信"}, often=often, every=50) == 0.0
    assert likeness({"短信"}, {"短信"}, often={"短信": 2}, every=2) == 1.0
    assert shared_words("停水短信早点发", "希望停水短信提前发")[0] == "停水短信"


def test_words_of_latin_letters_are_compared_whole_and_chinese_by_pairs() -> None:
    assert compared_pieces("停水短信", "The bill in English") == {
        "停水", "水短", "短信", "bill", "english"
    }  # fmt: skip


def test_all_that_say_the_same_in_the_demo_world_are_proposed_and_hardly_any_other() -> None:
    every = wishes()
    root = {each.title: each.same_as or each.title for each in every}
    root["阶梯水价用量希望写在账单正面"] = "账单正面列出各阶梯用量"  # waits to be joined
    pieces = {each.title: compared_pieces(each.title, each.text) for each in every}
    often = Counter(piece for held in pieces.values() for piece in held)
    proposed = Counter(
        root[one] == root[other]
        for one, other in combinations(pieces, 2)
        if likeness(pieces[one], pieces[other], often=often, every=len(every)) >= LIKE
    )
    same = sum(root[one] == root[other] for one, other in combinations(pieces, 2))
    assert proposed[True] == same
    assert proposed[False] <= 2


def test_nothing_is_public_before_a_person_passed_it(company: Company) -> None:
    row = taken(company, "停水提前通知", name="陈女士", phone="13800138000")
    page = reverse("portal:opinion", args=[row.number])
    assert Client().get(page).status_code == 404
    passed(company, row)
    shown = Client().get(page).content.decode()
    assert "停水提前通知" in shown
    assert "陈女士" not in shown
    assert "13800138000" not in shown


def test_a_duplicate_brings_its_voices_and_takes_them_away_again(company: Company) -> None:
    one, other = (passed(company, taken(company, title)) for title in ("停水短信", "停水的短信"))
    operations.vote(suggestion_id=one.pk, voter="va", now=NOW)
    operations.vote(suggestion_id=other.pk, voter="va", now=NOW)
    operations.vote(suggestion_id=other.pk, voter="vb", now=NOW)
    assert (votes(one), votes(other)) == (2, 3)
    operations.join(suggestion_id=other.pk, into_id=one.pk, actor=company.agent, now=NOW)
    assert votes(one) == 4  # two authors, a and b: a counts once
    assert public_suggestions.voted_among(voter="vb", ids=[one.pk]) == {one.pk}
    operations.part(suggestion_id=other.pk, actor=company.agent, now=NOW)
    assert (votes(one), votes(other)) == (2, 3)
    with pytest.raises(SuggestionRefused, match="itself"):
        operations.join(suggestion_id=one.pk, into_id=one.pk, actor=company.agent, now=NOW)


def test_who_says_the_same_is_proposed_with_the_words_of_both(company: Company) -> None:
    first = taken(company, "停水短信提前两天发", "停水的短信当天才到，希望提前两天发")
    taken(company, "营业厅放轮椅", "台阶太多，请放一把轮椅")
    second = taken(company, "希望停水短信早点发", "停水短信总是来不及，提前两天发就好")
    found = suggestions.likely_same(row=second, actor=company.agent)
    assert [each.row.pk for each in found][:1] == [first.pk]
    assert any("停水短信" in word for word in found[0].words)


def test_a_public_answer_waits_for_a_second_person_and_then_is_told(company: Company) -> None:
    row = passed(company, taken(company, "停水提前通知", email="author@example.com"))
    SuggestionFollower.objects.create(
        suggestion=row,
        email="neighbour@example.com",
        language="zh-Hans",
        page_url="https://example.com/",
        asked_at=NOW,
        confirmed_at=NOW,
    )
    SuggestionFollower.objects.create(
        suggestion=row,
        email="silent@example.com",
        language="zh-Hans",
        page_url="https://example.com/",
        asked_at=NOW,
    )
    answer(
        suggestion_id=row.pk,
        text="提前 48 小时发短信",
        outcome="done",
        is_public=True,
        actor=company.agent,
        now=NOW,
    )
    page = reverse("portal:opinion", args=[row.number])
    assert "48 小时" not in text_of(Client().get(page))
    asked = Approval.objects.get(kind="suggestion.answer", subject_id=row.pk)
    with pytest.raises(SamePerson):
        decide_approval(approval_id=asked.pk, approve=True, note="", actor=company.agent, now=NOW)
    publish_answer(approval=asked, actor=company.colleague, now=NOW)
    assert "48 小时" in text_of(Client().get(page))
    told = set(Message.objects.values_list("to_address", flat=True))
    assert told == {"author@example.com", "neighbour@example.com"}
    row.refresh_from_db()
    assert (row.state, row.finished_at) == ("done", NOW)


def test_an_answer_agreed_to_after_the_suggestion_left_the_public_goes_to_its_author_alone(
    company: Company,
) -> None:
    row = passed(company, taken(company, "停水提前通知", email="author@example.com"))
    SuggestionFollower.objects.create(
        suggestion=row,
        email="neighbour@example.com",
        language="zh-Hans",
        page_url="https://example.com/",
        asked_at=NOW,
        confirmed_at=NOW,
    )
    answer(
        suggestion_id=row.pk,
        text="提前 48 小时发短信",
        outcome="done",
        is_public=True,
        actor=company.agent,
        now=NOW,
    )
    operations.screen(
        suggestion_id=row.pk,
        verdict="private",
        title="",
        text="",
        category="works",
        actor=company.agent,
        now=NOW,
    )
    asked = Approval.objects.get(kind="suggestion.answer", subject_id=row.pk)
    publish_answer(approval=asked, actor=company.colleague, now=NOW)
    assert set(Message.objects.values_list("to_address", flat=True)) == {"author@example.com"}
    page = reverse("portal:opinion", args=[row.number])
    assert Client().get(page).status_code == 404


def test_staff_see_the_contact_of_an_author_masked(company: Company) -> None:
    row = taken(company, "停水提前通知", phone="13800138000", email="author@example.com")
    page = reverse("feedback:suggestion", args=[row.pk])
    shown = client_of(company.agent_staff).get(page).content.decode()
    assert "停水提前通知" in shown
    for hidden in ("13800138000", "138 0013 8000", "author@example.com"):
        assert hidden not in shown


def test_a_case_becomes_a_suggestion_and_both_say_so(company: Company) -> None:
    customer = make_customer(company.agent)
    make_account(company.agent, owner=customer)
    case = open_case(
        request=OpenRequest(
            type_key="water.suggestion",
            organisation_id=company.lake.pk,
            title="希望提前通知",
            channel="phone",
            customer_id=customer.pk,
        ),
        actor=company.agent,
        now=NOW,
    )
    client = client_of(company.agent_staff)
    page = reverse("feedback:suggestion_of_case", args=[case.pk])
    client.post(page, {"title": "提前通知", "text": "提前两天"})
    row = Suggestion.objects.get(case=case)
    assert row.customer_id == customer.pk
    answer(
        suggestion_id=row.pk,
        text="已经安排",
        outcome="answered",
        is_public=False,
        actor=company.agent,
        now=NOW + timedelta(hours=1),
    )
    kinds = list(Case.objects.get(pk=case.pk).events.values_list("kind", flat=True))
    assert {"suggestion_made", "suggestion_answered"} <= set(kinds)
    assert row.number in text_of(client.get(reverse("cases:detail", args=[case.pk])))


def test_an_outsider_neither_sees_nor_works_on_it(company: Company) -> None:
    row = taken(company, "停水提前通知")
    client = client_of(company.outsider_staff)
    assert client.get(reverse("feedback:suggestion", args=[row.pk])).status_code in (403, 404)
    with pytest.raises(Forbidden):
        operations.screen(
            suggestion_id=row.pk,
            verdict="spam",
            title="",
            text="",
            category="other",
            actor=company.outsider,
            now=NOW,
        )


def test_counts_are_kept_through_every_change(company: Company) -> None:
    first, second = taken(company, "一"), taken(company, "二")
    counts = suggestions.state_counts(actor=company.agent)
    assert (counts["received"], counts["waiting"]) == (2, 2)
    passed(company, first)
    passed(company, second)
    operations.join(suggestion_id=second.pk, into_id=first.pk, actor=company.agent, now=NOW)
    operations.fold_suggestion_counts()
    counts = suggestions.state_counts(actor=company.agent)
    assert (counts["received"], counts["waiting"], counts["joined"]) == (1, 0, 1)


def test_a_visitor_votes_once_and_a_flood_is_stopped(company: Company) -> None:
    row = passed(company, taken(company, "停水提前通知"))
    page = reverse("portal:opinion_vote", args=[row.number])
    visitor = Client()
    visitor.post(page)
    assert votes(row) == 2
    visitor.post(page)  # takes it back
    assert votes(row) == 1
    new = reverse("portal:opinion_new")
    sent = [visitor.post(new, {"title": "x", "text": "y"}).status_code for _ in range(7)]
    assert sent[:5] == [302] * 5
    assert sent[-1] == 429
    assert Client().post(new, {"title": "x", "text": "y", "website": "z"}).status_code == 302
    assert Suggestion.objects.filter(source="page").count() == 5


def test_strangers_without_a_key_do_not_use_up_the_limit_of_each_other(company: Company) -> None:
    row = passed(company, taken(company, "停水提前通知"))
    page = reverse("portal:opinion_follow", args=[row.number])
    codes = [
        Client(REMOTE_ADDR=f"192.0.2.{n}").post(page, {"email": f"a{n}@example.org"}).status_code
        for n in range(8)
    ]
    assert codes == [200] * 8


def test_a_visitor_who_claims_other_addresses_is_counted_by_the_own_one(
    company: Company, settings: Any
) -> None:
    settings.QIAO_PROXIES = ["127.0.0.1"]
    new = reverse("portal:opinion_new")

    def sent(forwarded: str) -> int:
        stranger = Client(headers={"X-Forwarded-For": forwarded})
        return int(stranger.post(new, {"title": "x", "text": "y"}).status_code)

    codes = [sent(f"198.51.100.{n}, 203.0.113.9") for n in range(31)]
    assert codes == [302] * 30 + [429]
    assert sent("203.0.113.10") == 302


def test_nobody_fills_the_mailbox_of_a_stranger(company: Company) -> None:
    rows = [passed(company, taken(company, f"建议 {n}")) for n in range(8)]
    for n, row in enumerate(rows):
        page = reverse("portal:opinion_follow", args=[row.number])
        asked = Client(REMOTE_ADDR=f"192.0.2.{n}").post(page, {"email": "a@example.org"})
        assert asked.status_code == 200
    assert Message.objects.filter(to_address="a@example.org").count() == 5


def test_what_is_too_long_or_without_the_token_of_the_page_is_not_kept(company: Company) -> None:
    new = reverse("portal:opinion_new")
    assert Client().post(new, {"title": "x", "text": "y" * 2_001}).status_code == 422
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(new, {"title": "x", "text": "y"}).status_code == 403
    assert not Suggestion.objects.exists()


def test_only_a_confirmed_address_follows(company: Company) -> None:
    row = passed(company, taken(company, "停水提前通知"))
    visitor = Client()
    visitor.post(reverse("portal:opinion_follow", args=[row.number]), {"email": "a@example.org"})
    assert suggestions.follower_count(row) == 0
    body = Message.objects.get(to_address="a@example.org").body
    found = re.search(r"https?://testserver(/\S+)", body)
    assert found
    assert visitor.get(found[1]).status_code == 200
    assert suggestions.follower_count(row) == 0
    visitor.post(found[1])
    assert suggestions.follower_count(row) == 1


def test_reading_leaves_no_cookie_that_knows_the_visitor(company: Company) -> None:
    answered = Client().get(reverse("portal:opinions"))
    assert "q-visitor" not in answered.cookies


def test_the_list_costs_the_same_for_one_row_and_thirty(company: Company) -> None:
    def cost() -> int:
        with connection.execute_wrapper(counting):
            seen.clear()
            Client().get(reverse("portal:opinions"))
        return len(seen)

    seen: list[str] = []

    def counting(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        seen.append(sql)
        return execute(sql, params, many, context)

    passed(company, taken(company, "停水提前通知"))
    one = cost()
    for n in range(29):
        passed(company, taken(company, f"建议 {n}"))
    assert cost() <= one + 1


def seen_inside(company: Company, order: str) -> list[str]:
    """Titles through all pages of the list inside."""
    titles: list[str] = []
    after = ""
    asked = suggestions.Asked(view="all", order=order)
    while True:
        rows, after = suggestions.list_suggestions(actor=company.agent, asked=asked, after=after)
        titles += [row.title for row in rows]
        if not after:
            return titles


def seen_outside(order: str) -> list[str]:
    """Titles through all pages of the public list."""
    titles: list[str] = []
    after = ""
    while True:
        shown, after = public_suggestions.public_list(order=order, after=after)
        titles += [one.title for one in shown]
        if not after:
            return titles


@pytest.mark.parametrize("order", ["votes", "new"])
def test_pages_go_on_from_the_last_row_though_others_come_and_go(
    company: Company, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestions, "PAGE", 3)
    monkeypatch.setattr(public_suggestions, "PAGE", 2)
    rows = [passed(company, taken(company, f"建议 {n}")) for n in range(8)]
    operations.vote(suggestion_id=rows[2].pk, voter="v1", now=NOW)
    expected = [f"建议 {n}" for n in range(7, -1, -1)]
    if order == "votes":
        expected.remove("建议 2")
        expected.insert(0, "建议 2")
    assert seen_inside(company, order) == seen_outside(order) == expected
    shown, after = public_suggestions.public_list(order=order)
    passed(company, taken(company, "后来的"))
    beyond, _after = public_suggestions.public_list(order=order, after=after)
    assert [one.title for one in (*shown, *beyond)] == expected[:4]


def test_a_cursor_of_another_order_or_none_at_all_reads_as_the_first_page(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_suggestions, "PAGE", 1)
    for n in range(3):
        passed(company, taken(company, f"建议 {n}"))
    first, by_votes = public_suggestions.public_list(order="votes")
    for broken in (by_votes, "20", "bm8=", "é", "W10="):
        assert public_suggestions.public_list(order="new", after=broken)[0] == first
        assert Client().get(reverse("portal:opinions"), {"after": broken}).status_code == 200
