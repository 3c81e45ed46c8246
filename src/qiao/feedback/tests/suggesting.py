"""Suggestions that tests begin with: taken in from a card, passed for everybody, their voices."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache

from qiao.feedback.models import Suggestion
from qiao.feedback.operations import suggestions as operations
from qiao.feedback.operations.suggestions import Wish
from qiao.staff.tests.cast import Company, make_company

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(name="company")
def fresh_company() -> Company:
    """The cast, and no visitor counted yet."""
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
