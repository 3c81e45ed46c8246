"""Full-text search of cases: what is found, by which words, seen by whom, in which order."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.cases import operations
from qiao.cases.models import Case, CaseSearch, OpenCaseSearch
from qiao.cases.queries import Filters, find_cases, list_cases, searching
from qiao.cases.rules.snippets import first_snippet, snippet
from qiao.cases.tests.browsing import text_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor
from qiao.staff.tests.cast import Company

SOON = NOW + timedelta(minutes=1)


def _found(actor: Actor, text: str, view: str = "all") -> list[int]:
    page = list_cases(actor=actor, now=NOW, view=view, filters=Filters(text=text))
    return [row.case_id for row in page.rows]


def _close(company: Company, case: Case) -> None:
    for action, facts in (("hand_over", {}), ("done", {"cause": "pipe"}), ("satisfied", {})):
        operations.take_action(
            case_id=case.pk, action=action, given=facts, actor=company.chief, now=NOW
        )


def test_all_that_is_written_in_a_case_finds_it(company: Company) -> None:
    case = a_case(company, title="厨房漏水", description="水槽下方软管滴水，已关总阀。")
    a_case(company, title="账单疑问", type_key="water.bill")
    operations.add_note(case_id=case.pk, text="客户说周末才有空", actor=company.agent, now=NOW)
    operations.answer_customer(
        case_id=case.pk, text="已约师傅明早上门", channel="phone", actor=company.agent, now=NOW
    )
    for text in ("漏水", "软管", "滴水已关", "周末", "师傅明早", "厨房 总阀", case.number):
        assert _found(company.agent, text) == [case.pk], text
        assert _found(company.agent, text, "open") == [case.pk], text
    for text in ("没有的", "厨房 账单", "水漏"):
        assert not _found(company.agent, text), text


def test_answers_of_the_form_find_the_case_by_their_words(company: Company) -> None:
    case = a_case(company, facts={"spot": "road", "flow": 3, "remark": "井盖旁边冒水"})
    other = a_case(company)
    for text in ("井盖旁边", "路面", "road", "路面 井盖"):
        assert _found(company.agent, text) == [case.pk], text
    assert _found(company.agent, "表箱") == [other.pk]
    assert not _found(company.outsider, "井盖旁边")
    operations.take_action(
        case_id=case.pk, action="hand_over", given={}, actor=company.agent, now=NOW
    )
    operations.take_action(
        case_id=case.pk, action="done", given={"cause": "loose"}, actor=company.agent, now=NOW
    )
    assert _found(company.agent, "松动") == [case.pk]
    Case.objects.filter(pk=case.pk).update(facts={"spot": "meter"})
    assert not _found(company.agent, "井盖旁边")
    assert sorted(_found(company.agent, "表箱")) == [case.pk, other.pk]


def test_no_answer_is_found_by_a_number_that_names_a_person(company: Company) -> None:
    remark = "身份证 11010519491231002X，卡号 6222 0212 3456 7890 123，门牌 1203"
    case = a_case(company, facts={"spot": "road", "remark": remark})
    for text in ("11010519491231002X", "6222021234567890123", "123456"):
        assert not _found(company.agent, text), text
    assert _found(company.agent, "门牌1203") == [case.pk]


def test_the_list_marks_the_answer_that_was_found(company: Company, agent: Client) -> None:
    a_case(company, facts={"spot": "road", "remark": "井盖旁边冒水"})
    shown = text_of(agent.get(reverse("cases:list"), {"view": "open", "q": "井盖"}))
    assert "<mark>井盖</mark>" in shown


def test_width_case_and_signs_do_not_matter(company: Company) -> None:
    case = a_case(company, title="ＤＮ１００ 阀门, 3-2 室")
    for text in ("dn100", "DN100阀", "32室", "100阀门"):
        assert _found(company.agent, text) == [case.pk], text


def test_nobody_finds_what_he_may_not_see(company: Company) -> None:
    a_case(company, title="湖区漏水")
    assert not _found(company.outsider, "漏水")
    assert not find_cases(actor=company.outsider, text="漏水", now=NOW)
    assert find_cases(actor=company.chief, text="漏水", now=NOW)


def test_closed_cases_are_found_and_words_follow_edits(company: Company) -> None:
    case = a_case(company, title="旧标题")
    _close(company, case)
    assert _found(company.agent, "旧标题", "closed") == [case.pk]
    assert not _found(company.agent, "旧标题", "open")
    Case.objects.filter(pk=case.pk).update(title="新标题")
    assert not _found(company.agent, "旧标题")
    assert _found(company.agent, "新标题") == [case.pk]


def test_words_that_were_taken_back_find_nothing(company: Company) -> None:
    case = a_case(company)
    operations.add_note(case_id=case.pk, text="写错的话", actor=company.agent, now=NOW)
    seq = case.events.get(kind="note").seq
    assert _found(company.agent, "写错的话") == [case.pk]
    operations.withdraw(case_id=case.pk, seq=seq, actor=company.agent, now=NOW)
    assert not _found(company.agent, "写错的话")


def test_the_archive_shows_the_newest_first_page_by_page(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [
        a_case(company, title=f"漏水 {n}", now=NOW - timedelta(weeks=7 * n)) for n in range(9)
    ]
    wanted = [case.pk for case in cases]
    for limit in (2, 4, 20):
        ids: list[int] = []
        cursor = None
        pages = []
        while True:
            page = list_cases(
                actor=company.agent, now=NOW, view="all", filters=Filters(text="漏水"),
                cursor=cursor, limit=limit,
            )  # fmt: skip
            pages.append([row.case_id for row in page.rows])
            ids += pages[-1]
            if page.following is None:
                break
            cursor = page.following
        assert ids == wanted
        back = []
        while page.previous is not None:
            page = list_cases(
                actor=company.agent, now=NOW, view="all", filters=Filters(text="漏水"),
                cursor=page.previous, limit=limit,
            )  # fmt: skip
            back.append([row.case_id for row in page.rows])
        assert back == pages[-2::-1]
    monkeypatch.setattr(searching, "MOST", 3)
    assert len(_found(company.agent, "漏水", "open")) == 9


def test_the_palette_shows_the_most_pressing_first_then_the_newest(company: Company) -> None:
    closed = a_case(company, title="漏水 一")
    _close(company, closed)
    later, sooner = a_case(company, title="漏水 二"), a_case(company, title="漏水 三")
    Case.objects.filter(pk=later.pk).update(due_at=NOW + timedelta(days=2))
    Case.objects.filter(pk=sooner.pk).update(due_at=NOW + timedelta(days=1))
    found = find_cases(actor=company.agent, text="#漏水", now=NOW)
    assert [line.case_id for line in found] == [sooner.pk, later.pk, closed.pk]


def test_the_list_marks_the_words_where_they_stand(company: Company, agent: Client) -> None:
    a_case(company, title="厨房", description="水槽下方软管滴水")
    shown = text_of(agent.get(reverse("cases:list"), {"view": "open", "q": "软管"}))
    assert "<mark>软管</mark>" in shown


def test_a_snippet_marks_words_with_signs_between_their_characters() -> None:
    pieces = snippet("住在 3-2 室的客户说漏水", ["32室", "漏水"])
    assert [(piece.text, piece.is_found) for piece in pieces] == [
        ("住在 ", False), ("3-2 室", True), ("的客户说", False), ("漏水", True),
    ]  # fmt: skip
    assert not snippet("没有", ["漏水"])
    assert first_snippet("一\n漏水了\n漏水", ["漏水"])[0].text == "漏水"


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.text(alphabet="漏水表费ab1２Ａ-，。 ", max_size=14),
    word=st.text(alphabet="漏水表费ab1２", min_size=2, max_size=4),
)
@pytest.mark.django_db
def test_the_index_offers_every_text_that_holds_a_word(text: str, word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cases_grams(t) @> cases_grams(w), t LIKE '%%' || w || '%%', cases_grams(w)"
            " FROM (SELECT cases_folded(%s) AS t, cases_folded(%s) AS w) AS f",
            [text, word],
        )
        offered, holds, grams = cursor.fetchone()
    assert offered or not holds
    assert searching.Words((word,)).indexed == bool(grams)


def test_every_case_has_its_words(company: Company) -> None:
    for _ in range(3):
        a_case(company)
    assert CaseSearch.objects.count() == Case.objects.count() == 3


def test_the_open_cases_alone_are_kept_once_more(company: Company) -> None:
    case, other = a_case(company), a_case(company)
    assert _found_open() == {case.pk, other.pk}
    _close(company, case)
    assert _found_open() == {other.pk}
    Case.objects.filter(pk=case.pk).update(title="彗星撞上水塔")
    assert _found_open() == {other.pk}, "a closed case that is renamed stays among the closed"
    operations.take_action(
        case_id=case.pk, action="reopen", given={"reason": "又漏了"}, actor=company.chief, now=SOON
    )
    kept = {row.case_id: row for row in OpenCaseSearch.objects.all()}
    assert kept.keys() == {case.pk, other.pk}
    assert "彗星撞上水塔" in kept[case.pk].words
    assert all(row.words == CaseSearch.objects.get(pk=pk).words for pk, row in kept.items())
    assert all(row.grams == CaseSearch.objects.get(pk=pk).grams for pk, row in kept.items())


def _found_open() -> set[int]:
    return set(OpenCaseSearch.objects.values_list("case_id", flat=True))


def test_what_all_reports_are_told_is_found_at_their_cause(company: Company) -> None:
    case = a_case(company)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_caseevent (case_id, seq, kind, at, recorded_at, visibility, data)"
            " VALUES (%s, 90, 'answer', now(), now(), 'customer', %s),"
            "        (%s, 91, 'note', now(), now(), 'internal', %s)",
            [
                case.pk, '{"text": "全部恢复供水", "channel": "broadcast", "notice": 1}',
                case.pk, '{"text": "阀门井旁", "notice": 1}',
            ],
        )  # fmt: skip
    assert not _found(company.agent, "全部恢复")
    assert _found(company.agent, "阀门井旁") == [case.pk]
