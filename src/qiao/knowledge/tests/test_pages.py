"""Knowledge over HTTP."""

from datetime import UTC, datetime

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.knowledge.models import Article, TextModule
from qiao.knowledge.operations import install_knowledge
from qiao.staff.tests.cast import Company

NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"


def _form(**more: str) -> dict[str, str]:
    return {"title_zh_hans": "防冻", "body_zh_hans": "先关阀", "category": "supply", **more}


def test_an_article_is_proposed_read_and_published(agent: Client, colleague: Client,
                                                   company: Company) -> None:  # fmt: skip
    unit = str(company.lake.pk)
    sent = agent.post(reverse("knowledge:new"), _form(organisation=unit))
    article = Article.objects.get(organisation=company.lake)
    assert sent.status_code == 302
    page = colleague.get(reverse("knowledge:version", args=[article.pk, 1]))
    assert "先关阀" in page.content.decode()
    colleague.post(reverse("knowledge:decide", args=[article.pk]), {"approve": "yes"})
    article.refresh_from_db()
    assert article.version == 1


def test_hostile_words_are_shown_as_words(agent: Client, company: Company) -> None:
    agent.post(reverse("knowledge:new"), _form(body_zh_hans=HOSTILE, title_zh_hans=HOSTILE))
    article = Article.objects.get(key__startswith="own.")
    page = agent.get(reverse("knowledge:version", args=[article.pk, 1])).content.decode()
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


def test_the_list_needs_as_many_statements_for_one_article_as_for_many(
    agent: Client, company: Company
) -> None:
    agent.get(reverse("knowledge:list"))
    counts, lines = [], []
    for category in ("accounts", ""):
        with CaptureQueriesContext(connection) as asked:
            page = agent.get(reverse("knowledge:list"), {"category": category})
        counts.append(len(asked))
        lines.append(page.content.decode().count('class="kb-line"'))
    assert lines[0] < 3
    assert lines[1] > 12
    assert counts[0] == counts[1]


def test_a_text_with_an_unknown_place_is_refused_in_words(agent: Client, company: Company) -> None:
    form = {"key": "k", "scope": "own", "title_en": "x", "body_en": "{shoe}"}
    refused = agent.post(reverse("knowledge:text_new"), form)
    assert refused.status_code == 422
    assert "{shoe}" in refused.content.decode()
    assert not TextModule.objects.filter(key="k").exists()


def test_a_language_with_a_title_alone_is_refused(agent: Client, company: Company) -> None:
    form = {"key": "k", "scope": "own", "title_en": "x", "title_zh_hans": "y", "body_en": "z"}
    assert agent.post(reverse("knowledge:text_new"), form).status_code == 422


def test_nobody_changes_official_texts_without_the_right(agent: Client, company: Company) -> None:
    install_knowledge(now=NOW)
    text = TextModule.objects.get(key="thanks")
    assert agent.get(reverse("knowledge:text_edit", args=[text.pk])).status_code == 403
    assert agent.post(reverse("knowledge:text_retire", args=[text.pk])).status_code == 403


def test_whoever_says_out_of_date_says_what(agent: Client, company: Company) -> None:
    install_knowledge(now=NOW)
    article = Article.objects.get(key="water.price_steps")
    mark = reverse("knowledge:mark", args=[article.pk])
    assert agent.post(mark, {"kind": "outdated"}).status_code == 422
    assert agent.post(mark, {"kind": "outdated", "note": "old"}).status_code == 302
