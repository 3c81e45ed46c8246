"""Suggestions as visitors meet them: voices, limits, following, lists in pages."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from qiao.feedback.models import Suggestion
from qiao.feedback.operations import suggestions as operations
from qiao.feedback.queries import public_suggestions, suggestions
from qiao.feedback.tests.suggesting import NOW, fresh_company, passed, taken, votes  # noqa: F401 - fixture
from qiao.messaging.models import Message
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db


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
