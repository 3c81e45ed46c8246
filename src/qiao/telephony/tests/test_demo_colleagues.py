"""The demo's colleagues leave calls to a visitor who waits for one, and take them else."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from qiao.contact.models import AgentState
from qiao.contact.operations import sign_off, sign_on
from qiao.core.actor import Actor
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person
from qiao.telephony.demo import colleagues

NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)


@pytest.fixture
def visitor(db: None, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Three colleagues, who never rest of their own accord, and a visitor."""
    del db
    made: Company = make_company()
    people = [person(number=f"30{n}", name=f"同事{n}", branch=made.company) for n in range(3)]
    monkeypatch.setattr(
        colleagues, "extras", lambda **_: [actor_for(p, day=TODAY) for p in people]
    )
    monkeypatch.setattr(colleagues, "cast_ids", lambda: frozenset({made.agent.person_id}))
    monkeypatch.setattr(colleagues, "RESTS", 0.0)
    return made.agent


def ready() -> Counter[str]:
    others = Staff.objects.filter(number__startswith="30")
    return Counter(AgentState.objects.filter(staff__in=others).values_list("state", flat=True))


def test_all_but_one_rest_while_a_visitor_waits_for_a_call(visitor: Actor) -> None:
    play, later = colleagues.Colleagues(), NOON + timedelta(seconds=20)
    play.live(now=NOON)
    assert ready() == {"ready": 3}
    sign_on(actor=visitor, endpoint="screen/1027", now=NOON)
    play.live(now=NOON + timedelta(seconds=10))
    assert ready() == {"ready": 3}
    play.live(now=later)
    play.live(now=later + timedelta(seconds=1))
    assert ready() == {"ready": 1, "break": 2}
    sign_off(actor=visitor, now=later)
    play.live(now=later + timedelta(seconds=2))
    assert ready() == {"ready": 3}
