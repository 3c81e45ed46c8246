"""The demo company can serve its queues."""

from datetime import UTC, datetime

import pytest

from qiao.core.demo import World
from qiao.core.packs.enabled import catalogue
from qiao.staff.demo import build_company
from qiao.staff.demo_skills import unserved
from qiao.staff.models import Skill, Staff
from qiao.staff.queries import skills_of

pytestmark = pytest.mark.django_db


def test_every_queue_is_served_and_every_agent_serves_some_that_asks_for_a_skill() -> None:
    build_company(World(customers=10, pack="water", now=datetime(2026, 11, 28, 4, tzinfo=UTC)))
    assert unserved() == []
    asked = {queue.skill for queue in catalogue().queues.values() if queue.skill}
    agents = Staff.objects.filter(assignments__role__key="agent", is_active=True)
    assert agents.count() > 20
    for agent in agents:
        held = skills_of(agent.pk)
        assert held.keys() & asked, agent.name
        assert all(1 <= level <= 5 for level in held.values())
    packs = catalogue()
    known = {*packs.skills, *packs.languages}
    assert set(Skill.objects.values_list("key", flat=True)) == known
    assert {"yue", "en"} <= {key for agent in agents for key in skills_of(agent.pk)}
    assert Skill.objects.get(key="water.repair").names["zh-Hant"] == "報修與供水"


def test_a_queue_whose_skill_nobody_holds_is_told() -> None:
    build_company(World(customers=10, pack="water", now=datetime(2026, 11, 28, 4, tzinfo=UTC)))
    Staff.objects.filter(skills__skill__key="water.key_accounts").update(is_active=False)
    assert unserved() == ["water.key_accounts", "power.key_accounts"]
