"""Who helps out by the hours of a calendar."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from qiao.contact.queries import queue_terms
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.queues import OverflowSpec
from qiao.staff.tests.cast import make_company

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("at", "is_closed"),
    [
        (datetime(2026, 11, 27, 4, tzinfo=UTC), False),  # a Friday noon in Shanghai
        (datetime(2026, 11, 27, 19, tzinfo=UTC), True),  # three in the morning
    ],
)
def test_a_queue_is_helped_outside_the_hours_that_it_names(
    monkeypatch: pytest.MonkeyPatch, at: datetime, is_closed: bool
) -> None:
    make_company()
    known = catalogue()
    own = known.queues["water.billing"]
    helped = replace(own, overflow=(OverflowSpec("water.repair", outside="water.service"),))
    changed = replace(known, queues={**known.queues, own.key: helped})
    monkeypatch.setattr(queue_terms, "catalogue", lambda: changed)
    terms = queue_terms.terms_of_queues([], at)["water.billing"]
    assert terms.overflow[0].is_closed is is_closed
    assert terms.overflow[0].helps(0, 1) is is_closed
