"""The wallboard: its figures are those of the day, and every card is a right of its own."""

import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlparse

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qiao.contact.models import AgentState, Waiting
from qiao.contact.operations import Wish, sign_on, take_break, wait_for_agent
from qiao.contact.rules.desk import LONG, LONG_BREAKS, too_long_after
from qiao.core.actor import Actor, Forbidden
from qiao.core.manifest import ExpectedCalls
from qiao.core.registry import registry
from qiao.staff.models import Organisation
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person
from qiao.telephony.behind import calls_behind
from qiao.telephony.queries import Wanted
from qiao.telephony.tests.test_records import BILLS, REPAIRS, Past, seen
from qiao.telephony.views.wallboard import links_of
from qiao.telephony.wallboard import (
    AGENTS,
    AHEAD,
    BAR_PLACE,
    BAR_WIDTH,
    HALF_HOUR,
    HEIGHT,
    MOST_QUEUES,
    SLOTS,
    Board,
    build_board,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Company:
    made = make_company()
    define_skill(key=BILLS, names={"en": "Bills"})
    for staff in (made.agent_staff, made.colleague_staff):
        give_skill(staff=staff, skill_key=BILLS, level=3)
    return made


def chief(world: Company) -> Actor:
    return actor_for(world.chief_staff, day=TODAY)


def noon() -> datetime:
    return timezone.localtime(timezone.now()).replace(hour=12, minute=10, second=0, microsecond=0)


def test_the_board_shows_the_calls_of_the_day_and_of_the_last_half_hour(world: Company) -> None:
    past, now = Past(world), noon()
    past.start = now - timedelta(hours=3)
    past.call(0, staff=world.agent)
    past.call(60, wait=30)
    past.start = now - timedelta(minutes=20)
    past.call(0, staff=world.agent, queue=REPAIRS, wait=50)
    past.start = now - timedelta(days=7, hours=3)
    past.call(0, staff=world.agent)
    board = build_board(actor=chief(world), now=now)
    assert (board.today.offered, board.today.abandoned, board.today.in_time) == (3, 1, 1)
    assert (board.recent.offered, board.recent.in_time) == (1, 0)
    assert board.goal == pytest.approx(80.0)
    assert board.tone == "bad"
    lines = {line.now.queue: line for line in board.queues}
    assert lines[BILLS].tally.offered == 2
    assert lines[REPAIRS].tone == "bad"
    assert lines["water.emergency"].tally.level is None
    assert board.change == pytest.approx(200.0)  # three by this half hour, one a week ago


def test_every_figure_of_the_board_leads_to_exactly_the_calls_that_it_counts(
    world: Company,
) -> None:
    past, now = Past(world), noon().replace(second=17)
    for start in (now - timedelta(hours=3), now - timedelta(minutes=20)):
        past.start = start
        past.call(0, staff=world.agent)
        past.call(60, wait=30)
        past.call(70, wait=2)
        past.call(90, staff=world.agent, queue=REPAIRS, wait=50)
    past.start = now - timedelta(days=7, hours=3)
    past.call(0, staff=world.agent)
    board = build_board(actor=chief(world), now=now)
    behind = links_of(board, now, calls_behind)
    today = board.today
    figures = {
        "offered": today.offered, "in_time": today.in_time, "counted": today.level_of,
        "abandoned": today.abandoned, "abandoned_short": today.abandoned_short,
        "resolved": 0, "resolved_before": 0, "recent": board.recent.in_time,
        "before": board.before,
    }  # fmt: skip
    assert behind.keys() == figures.keys()
    assert (today.offered, today.level_of, board.recent.in_time, board.before) == (8, 6, 1, 1)
    for name, value in figures.items():
        assert len(seen(chief(world), urlparse(behind[name]).query)) == value, name
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.chief_staff)
    with time_machine.travel(now, tick=False):
        body = client.get(reverse("telephony:wallboard")).content.decode()
    addresses = [unescape(each) for each in re.findall(r'<a href="(/calls/[^"]*)"', body)]
    shown = {name: href for name, href in behind.items() if not name.startswith("resolved")}
    assert set(shown.values()) <= set(addresses)
    bars = [each for each in addresses if "measure=answered" in each or "=abandoned&" in each]
    counted = sum(bar.answered > 0 for bar in board.bars) + sum(
        bar.abandoned > 0 for bar in board.bars
    )
    assert len(bars) == counted + 1  # and the card of who gave up
    _bars_lead_to_their_calls(chief(world), board)


def _bars_lead_to_their_calls(actor: Actor, board: Board) -> None:
    for bar in board.bars:
        slot = Wanted(bar.since, bar.since + HALF_HOUR)
        for measure, n in (("answered", bar.answered), ("abandoned", bar.abandoned)):
            found = seen(actor, urlparse(calls_behind(measure, slot)).query)
            assert len(found) == n


def test_people_of_the_board_lead_to_who_stands_so_and_to_their_day(world: Company) -> None:
    now = timezone.now()
    for actor in (world.agent, world.colleague):
        sign_on(actor=actor, endpoint="1", now=now - timedelta(seconds=50))
    take_break(actor=world.colleague, reason="meal", now=now - timedelta(seconds=20))
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.chief_staff)
    page = reverse("telephony:people_now")
    (line,) = [
        each for each in build_board(actor=chief(world), now=now).queues
        if each.now.queue == BILLS
    ]  # fmt: skip
    for query, n in (("", line.now.signed_on), ("&state=ready", line.now.ready)):
        body = client.get(f"{page}?queue={BILLS}{query}").content.decode()
        assert body.count('<th scope="row"') == n
    assert "Meal" in client.get(f"{page}?state=break").content.decode()
    day = reverse("telephony:stood")
    assert f'href="{day}?agent={world.agent.person_id}' in body
    told = client.get(f"{day}?agent={world.colleague.person_id}").content.decode()
    assert world.colleague_staff.name in told
    assert told.count("<tr>") == 5  # a head and the sums; a head, ready, then the meal
    outsider = person(number="3100", name="外", branch=world.river, permissions=("calls.figures",))
    client.force_login(outsider)
    assert world.colleague_staff.name not in client.get(day).content.decode()
    assert client.get(page).status_code == 403


def test_half_hours_are_drawn_to_one_scale(world: Company) -> None:
    past, now = Past(world), noon()
    past.start = now.replace(minute=0)
    for n in range(3):
        past.call(n, staff=world.agent)
    past.call(5, wait=30)
    board = build_board(actor=chief(world), now=now)
    assert (len(board.bars), board.most) == (SLOTS, 4)
    last = board.bars[-1]
    assert (last.answered, last.abandoned, last.label) == (3, 1, "12:00")
    assert last.height + last.lost_height == pytest.approx(HEIGHT)
    assert last.lost_top == pytest.approx(0)
    assert last.top == pytest.approx(HEIGHT / 4)


def test_expected_calls_are_drawn_ahead_and_compared_with_what_came(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    past, now = Past(world), noon()
    past.start = now - timedelta(hours=3)
    for n in range(3):
        past.call(n, staff=world.agent)
    past.call(5, staff=world.agent, queue=REPAIRS)  # nobody expected it
    past.call(9, wait=30)  # nobody took it
    slot = now.replace(minute=0)
    calls = {slot + HALF_HOUR * n: 4.5 if n == 2 else 1.5 for n in range(-8, 12)}
    asked: dict[str, Any] = {}

    def expects(**given: Any) -> ExpectedCalls:
        asked.update(given)
        return ExpectedCalls(calls, frozenset({BILLS}))

    monkeypatch.setattr(registry, "expected_calls", expects)
    board = build_board(actor=chief(world), now=now)
    assert set(asked["organisation_ids"]) == set(chief(world).organisations("calls.figures"))
    assert asked["since"] <= now - SLOTS * HALF_HOUR
    assert asked["until"] > now + AHEAD * HALF_HOUR
    # Twelve were expected by noon, in eight half hours; three came.
    assert board.is_forecast
    assert board.change == pytest.approx(-75.0)
    assert (len(board.bars), board.most) == (SLOTS, 5)
    assert board.bars[-AHEAD - 1].label == "12:00"
    points = [tuple(map(float, each.split(","))) for each in board.line.split()]
    assert len(points) == 12  # eight half hours before noon, that of noon, three ahead
    assert points[-2] == pytest.approx((BAR_PLACE * (SLOTS - 2) + BAR_WIDTH / 2, HEIGHT * 0.1))


def test_a_day_of_which_nothing_is_expected_is_compared_with_a_week_ago(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    past, now = Past(world), noon()
    for back in (timedelta(hours=3), timedelta(days=7, hours=3)):
        past.start = now - back
        past.call(0, staff=world.agent)
    yesterday = {now.replace(hour=23, minute=0) - timedelta(days=1): 7.0}
    found = ExpectedCalls(yesterday, frozenset({BILLS}))
    monkeypatch.setattr(registry, "expected_calls", lambda **_: found)
    board = build_board(actor=chief(world), now=now)
    assert (board.is_forecast, board.change) == (False, 0)


def test_where_nothing_is_expected_the_board_compares_with_a_week_ago(world: Company) -> None:
    board = build_board(actor=chief(world), now=noon())
    assert (board.is_forecast, board.line) == (False, "")


def test_the_board_shows_who_waits_and_who_stands_how_for_how_long(world: Company) -> None:
    now = timezone.now()
    for actor in (world.agent, world.colleague):
        sign_on(actor=actor, endpoint="1", now=now - timedelta(seconds=50))
    AgentState.objects.filter(staff_id=world.colleague.person_id).update(
        state="wrap_up", since=now - timedelta(seconds=LONG["wrap_up"] + 5)
    )
    since = now - timedelta(seconds=45)
    wish = Wish(BILLS, "phone", "call", 1, world.company.pk, since)
    wait_for_agent(wish=wish, now=now)
    board = build_board(actor=chief(world), now=now)
    assert (board.waiting, board.since) == (1, since)
    (line,) = [each for each in board.queues if each.now.queue == BILLS]
    assert (line.now.signed_on, line.now.ready, line.is_late) == (2, 1, True)
    assert board.agents is not None
    first, second = board.agents
    assert (first.staff_id, first.is_long) == (world.colleague.person_id, True)
    assert (second.state, second.is_long) == ("ready", False)
    Waiting.objects.update(organisation=world.river)
    assert build_board(actor=chief(world), now=now).waiting == 1


def test_a_meal_may_take_longer_than_a_rest_and_readiness_any_time() -> None:
    assert too_long_after("break", "meal") == LONG_BREAKS["meal"] > LONG["break"]
    assert too_long_after("break", "rest") == LONG["break"]
    assert too_long_after("ready", "") is None


def test_every_card_is_a_right_of_its_own(world: Company) -> None:
    few = person(number="3001", name="看板", branch=world.lake, permissions=("calls.figures",))
    board = build_board(actor=actor_for(few, day=TODAY), now=timezone.now())
    assert (board.agents, board.deadlines, board.answers, board.incident) == (
        None, None, None, None,
    )  # fmt: skip
    none = person(number="3002", name="无", branch=world.lake, permissions=("cases.view",))
    with pytest.raises(Forbidden):
        build_board(actor=actor_for(none, day=TODAY), now=timezone.now())
    client = Client()
    client.force_login(none)
    assert client.get("/calls/wallboard").status_code == 403


def test_an_empty_board_says_so_and_the_stream_asks_for_its_cards_alone(world: Company) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.chief_staff)
    page = client.get("/calls/wallboard").content.decode()
    for told in (
        "Nobody is signed on.",
        "No calls in the last hours.",
        "nobody waits",
        "live:queues",
    ):
        assert told in page
    cards = client.get("/calls/wallboard", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in cards
    assert "Nobody is signed on." in cards


def test_a_board_costs_the_same_with_one_call_and_with_many_people(world: Company) -> None:
    def statements() -> int:
        build_board(actor=chief(world), now=now)  # units and rights are read once and kept
        with CaptureQueriesContext(connection) as found:
            build_board(actor=chief(world), now=now)
        return len(found)

    past, now = Past(world), noon()
    past.start = now - timedelta(hours=1)
    past.call(0, staff=world.agent)
    sign_on(actor=world.agent, endpoint="1", now=now)
    one = statements()
    for n in range(30):
        past.call(n, staff=world.agent)
    for n in range(AGENTS + 3):
        made = person(
            number=f"4{n:03}", name=f"坐{n}", branch=world.lake, permissions=("interactions.work",)
        )
        sign_on(actor=actor_for(made, day=TODAY), endpoint="1", now=now)
    assert statements() == one
    board = build_board(actor=chief(world), now=now)
    assert len(board.shown_agents) == AGENTS - 1
    assert board.more_agents == len(board.agents or []) - AGENTS + 1


def test_of_many_queues_the_board_shows_where_somebody_waits(world: Company) -> None:
    assert len(build_board(actor=chief(world), now=noon()).queues) < MOST_QUEUES
    Organisation.objects.update(packs=["water", "power", "gas"])
    wish = Wish("gas.emergency", "phone", "call", 41, world.lake.pk, noon())
    wait_for_agent(wish=wish, now=noon())
    queues = [line.now.queue for line in build_board(actor=chief(world), now=noon()).queues]
    assert len(queues) == MOST_QUEUES
    assert "gas.emergency" in queues
    assert "water.emergency" in queues
