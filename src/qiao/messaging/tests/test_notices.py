"""Texts of notices: checked, by unit, in versions, agreed to by two people."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qiao.core import approvals
from qiao.core.models import Approval
from qiao.core.registry import registry
from qiao.messaging.models import NoticeVersion
from qiao.messaging.operations.notices import propose_texts, publish_texts
from qiao.messaging.queries.notices import notice_texts, shipped
from qiao.messaging.rules.notices import ALWAYS, TextMissing
from qiao.messaging.rules.words import BadPlace, fill, places
from qiao.messaging.tests.factories import NOON
from qiao.staff.tests.cast import Company

OWN = {
    language: {"title": "滨湖 {case}", "body": "{name}：您好"}
    for language in ("zh-Hans", "zh-Hant", "en")
}


def test_every_occasion_is_shipped_with_texts_that_an_example_fills() -> None:
    occasions = registry.occasions()
    assert {"case_received", "case_closed"} <= set(shipped()) == set(occasions)
    for key, texts in shipped().items():
        for text in texts.values():
            values = {**ALWAYS, **occasions[key].places}
            assert "{" not in fill(text["title"] + text["body"], values)


@given(st.text(alphabet="ab{}_ ", max_size=30))
def test_a_text_is_refused_or_filled_without_a_place_left(text: str) -> None:
    try:
        names = places(text)
    except BadPlace:
        return
    assert "\0" not in fill(text, dict.fromkeys(names, "x"))


@pytest.mark.django_db
def test_a_units_own_text_is_used_after_a_second_person_agreed(company: Company) -> None:
    agent, lake = company.agent, company.lake.pk
    about: dict[str, Any] = {"occasion": "case_received", "organisation_id": lake}
    propose_texts(texts=OWN, reason="更亲切", actor=agent, now=NOON, **about)
    assert notice_texts(**about).version_id is None
    asked = Approval.objects.get(kind="notice.publish")
    decided = approvals.decide(
        approval_id=asked.pk, approve=True, note="", actor=company.colleague, now=NOON
    )
    publish_texts(approval=decided, actor=company.colleague, now=NOON)
    assert notice_texts(**about).texts["en"].title == "滨湖 {case}"
    elsewhere = notice_texts(occasion="case_received", organisation_id=company.river.pk)
    assert elsewhere.version_id is None
    below = notice_texts(occasion="case_received", organisation_id=company.lake_team.pk)
    assert below.organisation_id == lake


@pytest.mark.django_db
def test_texts_with_faults_are_refused(company: Company) -> None:
    about: dict[str, Any] = {
        "occasion": "case_closed", "organisation_id": company.lake.pk, "reason": "x",
        "actor": company.agent, "now": NOON,
    }  # fmt: skip
    with pytest.raises(BadPlace):
        propose_texts(texts=OWN | {"en": {"title": "{nobody}", "body": "x"}}, **about)
    with pytest.raises(TextMissing):
        propose_texts(texts=OWN | {"en": {"title": "", "body": "x"}}, **about)
    assert not NoticeVersion.objects.exists()


@pytest.mark.django_db
def test_the_page_shows_faults_and_hands_over(company: Company, client: Client) -> None:
    client.force_login(company.agent_staff)
    url = reverse("messaging:notice", args=[company.lake.pk, "case_received"])
    typed = {
        f"{language.replace('-', '_')}_{part}": OWN[language][part]
        for language in OWN
        for part in ("title", "body")
    }
    wrong = client.post(
        url, typed | {"en_title": "{nothing}", "reason": "x"}, headers={"Accept-Language": "en"}
    )
    assert "Nobody fills this place: {nothing}" in wrong.content.decode()
    assert client.post(url, typed | {"reason": "更亲切"}).status_code == 302
    page = client.get(reverse("messaging:notices"), headers={"Accept-Language": "en"})
    assert b"Waits for a second person" in page.content
