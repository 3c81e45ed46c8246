"""Who writes what, who publishes it, what is found."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiao.core import approvals
from qiao.core.actor import Forbidden
from qiao.core.approvals import AlreadyDecided, SamePerson
from qiao.knowledge import operations, queries
from qiao.knowledge.models import Article, ArticleVersion
from qiao.knowledge.operations import Facts, TextDraft, Wording, install_knowledge
from qiao.staff.tests.cast import Company

NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)
TODAY = date(2026, 11, 22)


def draft(key: str = "hello", scope: str = "own", unit: int | None = None) -> TextDraft:
    return TextDraft(key, {"zh-Hans": "问候"}, {"zh-Hans": "{customer.title}您好"}, scope, unit)


def wording(body: str = "水管冻住先关阀") -> Wording:
    return Wording({"zh-Hans": "紫薇防冻"}, {"zh-Hans": body}, "结冰", "旧的不对")


def test_ones_own_texts_are_nobody_elses(company: Company) -> None:
    text = operations.create_text(draft=draft(), actor=company.agent, now=NOW)
    assert text.owner_id == company.agent.staff_id
    assert [f.key for f in queries.find_texts(actor=company.agent, today=TODAY, text="hell")] == [
        "hello"
    ]
    assert queries.find_texts(actor=company.colleague, today=TODAY, text="hello") == []


def test_a_unit_s_texts_reach_its_people_and_not_the_branch_next_door(company: Company) -> None:
    made = draft("lake", "unit", company.lake.pk)
    operations.create_text(draft=made, actor=company.agent, now=NOW)
    assert queries.find_texts(actor=company.colleague, today=TODAY, text="wenhou")
    assert queries.find_texts(actor=company.outsider, today=TODAY, text="lake") == []


def test_official_texts_need_the_right_in_the_company_itself(company: Company) -> None:
    with pytest.raises(Forbidden):
        operations.create_text(draft=draft("all", "company"), actor=company.agent, now=NOW)
    operations.create_text(draft=draft("all", "company"), actor=company.chief, now=NOW)
    assert queries.find_texts(actor=company.outsider, today=TODAY, text="all")


def test_a_key_is_taken_once_by_scope(company: Company) -> None:
    operations.create_text(draft=draft(), actor=company.agent, now=NOW)
    operations.create_text(draft=draft(), actor=company.colleague, now=NOW)
    with pytest.raises(operations.KeyTaken):
        operations.create_text(draft=draft(), actor=company.agent, now=NOW)


def test_a_text_is_offered_in_its_time_alone(company: Company) -> None:
    made = TextDraft("qqq", {"en": "x"}, {"en": "y"}, valid_until=TODAY)
    operations.create_text(draft=made, actor=company.agent, now=NOW)
    before = TODAY - timedelta(days=1)
    assert queries.find_texts(actor=company.agent, today=before, text="qqq")
    assert queries.find_texts(actor=company.agent, today=TODAY, text="qqq") == []


def test_an_article_is_published_by_a_second_person(company: Company) -> None:
    told: dict[str, Any] = {
        "wording": wording(),
        "facts": Facts("bills"),
        "organisation_id": company.lake.pk,
    }
    version = operations.propose_article(**told, actor=company.agent, now=NOW)
    decide: dict[str, Any] = {
        "article_id": version.article_id,
        "approve": True,
        "note": "",
        "now": NOW,
    }
    assert queries.find_articles(actor=company.agent, today=TODAY, text="紫薇") == []
    with pytest.raises(SamePerson):
        operations.decide_version(**decide, actor=company.agent)
    with pytest.raises(operations.NothingPending):
        operations.decide_version(**decide, actor=company.outsider)
    operations.decide_version(**decide, actor=company.colleague)
    (found,) = queries.find_articles(actor=company.agent, today=TODAY, text="ziwei")
    assert (found.version, found.approver) == (1, "周明")
    assert queries.find_articles(actor=company.outsider, today=TODAY, text="紫薇") == []
    with pytest.raises(operations.NothingPending):
        operations.decide_version(**decide, actor=company.colleague)


def test_a_proposal_that_waits_is_rewritten_by_its_author_alone(company: Company) -> None:
    told: dict[str, Any] = {"facts": Facts("bills"), "now": NOW}
    first = operations.propose_article(wording=wording(), **told, actor=company.agent)
    told["article_id"] = first.article_id
    again = operations.propose_article(wording=wording("改"), **told, actor=company.agent)
    assert again.pk == first.pk
    with pytest.raises(operations.ProposalWaits):
        operations.propose_article(wording=wording(), **told, actor=company.colleague)


def test_nobody_agrees_to_words_that_were_written_anew_after_reading(company: Company) -> None:
    told: dict[str, Any] = {"facts": Facts("bills"), "now": NOW, "actor": company.agent}
    first = operations.propose_article(
        wording=wording("先关阀"), organisation_id=company.lake.pk, **told
    )
    article = Article.objects.get(pk=first.article_id)
    read = queries.pending_request(article)
    assert read is not None
    operations.propose_article(wording=wording("随便"), article_id=article.pk, **told)
    decided: dict[str, Any] = {"approve": True, "note": "", "actor": company.colleague, "now": NOW}
    with pytest.raises(operations.Rewritten):
        operations.decide_version(article_id=article.pk, request_id=read, **decided)
    with pytest.raises(AlreadyDecided):
        approvals.decide(approval_id=read, **decided)
    asked = queries.pending_request(article)
    operations.decide_version(article_id=article.pk, request_id=asked, **decided)
    article.refresh_from_db()
    assert article.bodies == {"zh-Hans": "随便"}


def test_a_refused_proposal_stays_in_the_history(company: Company) -> None:
    told: dict[str, Any] = {
        "facts": Facts("bills"),
        "organisation_id": company.lake.pk,
        "now": NOW,
    }
    made = operations.propose_article(wording=wording(), **told, actor=company.agent)
    article = operations.decide_version(
        article_id=made.article_id, approve=False, note="", actor=company.colleague, now=NOW
    )
    (version,) = queries.article_versions(article)
    assert (version.state, article.version) == (ArticleVersion.State.REFUSED, 0)


def test_the_packs_articles_come_in_and_what_was_edited_stays(company: Company) -> None:
    install_knowledge(now=NOW)
    install_knowledge(now=NOW)
    article = Article.objects.get(key="water.frozen_pipes")
    assert article.versions.count() == 1
    operations.propose_article(
        article_id=article.pk,
        wording=wording(),
        facts=Facts("supply"),
        actor=company.agent,
        now=NOW,
    )
    operations.decide_version(
        article_id=article.pk, approve=True, note="", actor=company.chief, now=NOW
    )
    Article.objects.filter(pk=article.pk).update(edition=0)
    install_knowledge(now=NOW)
    article.refresh_from_db()
    assert (article.version, article.titles) == (2, {"zh-Hans": "紫薇防冻"})


@pytest.mark.parametrize("typed", ["sbdz", "冻住", "寒潮", "frozen", "水管 怎么办", "dongzhu"])
def test_the_article_on_frozen_pipes_is_found_however_it_is_typed(
    company: Company, typed: str
) -> None:
    install_knowledge(now=NOW)
    found = queries.find_articles(actor=company.agent, today=TODAY, text=typed)
    assert "water.frozen_pipes" in [item.key for item in found]


def test_emergencies_stand_above_what_fits_better(company: Company) -> None:
    install_knowledge(now=NOW)
    found = queries.find_articles(actor=company.agent, today=TODAY, text="水")
    first = [item.emergency_first for item in found]
    assert first == sorted(first, reverse=True)
    assert first[0]


def test_marks_are_counted_once_a_person_and_version(company: Company) -> None:
    install_knowledge(now=NOW)
    article = Article.objects.get(key="water.price_steps")
    told: dict[str, Any] = {"article_id": article.pk, "now": NOW}
    for _again in range(2):
        operations.mark_article(**told, kind="useful", actor=company.agent)
    operations.mark_article(**told, kind="outdated", note="old", actor=company.colleague)
    article = queries.get_article_for(actor=company.agent, article_id=article.pk)
    assert (article.kept.useful_count, article.kept.outdated_count) == (1, 1)


def test_uses_are_counted(company: Company) -> None:
    text = operations.create_text(draft=draft(), actor=company.agent, now=NOW)
    operations.use_text(text_id=text.pk, actor=company.agent, now=NOW)
    with pytest.raises(operations.NotOffered):
        operations.use_text(text_id=text.pk, actor=company.outsider, now=NOW)
    assert queries.get_text_for(actor=company.agent, text_id=text.pk).kept.use_count == 1


MANY = """
INSERT INTO knowledge_article (key, category, emergency_first, case_types, is_active, version,
    titles, bodies, words, pack, edition, is_edited, published_at, title_search, search_text,
    spellings, grams)
SELECT 'many.' || id || '.' || n, category, false, case_types, true, 1, titles, bodies, words,
       '', 0, false, published_at, title_search || n || '|', search_text, spellings, grams
  FROM knowledge_article, generate_series(1, 100) n WHERE pack = 'water'
"""


def test_among_many_articles_words_are_found_by_the_index_of_grams(company: Company) -> None:
    install_knowledge(now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(MANY)
        cursor.execute("ANALYZE knowledge_article")
    for typed in ("冻住", "本地标准"):
        with CaptureQueriesContext(connection) as asked:
            assert queries.find_articles(actor=company.agent, today=TODAY, text=typed, limit=8)
        finding = asked[-1]["sql"]
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {finding}")
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "Index Scan on knowledge_article_grams" in plan, plan
