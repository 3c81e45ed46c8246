"""Records of calls and the service level: found, masked, and every figure leads to its calls."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import load_workbook

from qiao.contact.operations import (
    be_ready,
    finish,
    sign_off,
    sign_on,
    start_interaction,
    take_break,
)
from qiao.contact.queries import occupancy
from qiao.core.actor import Actor
from qiao.core.rules.masks import mask_phone
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person
from qiao.telephony import words
from qiao.telephony.forms import read_filters, read_level_choice, read_stood
from qiao.telephony.levels import Cell, Head, build_levels
from qiao.telephony.models import Call, CallEntry
from qiao.telephony.operations import add_line
from qiao.telephony.operations.turns import fold_figures, record_turns
from qiao.telephony.queries import (
    CallNotVisible,
    CallRow,
    how_people_stood,
    list_calls,
    queue_name,
    story_of,
)
from qiao.telephony.rules import call_log, calls

if TYPE_CHECKING:
    from datetime import datetime

pytestmark = pytest.mark.django_db
BILLS, REPAIRS = "water.billing", "water.repair"
PHONE = "+8613806177754"


@pytest.fixture
def world() -> Company:
    made = make_company()
    add_line(number="96111", name="热线", organisation_id=made.company.pk, queue=BILLS)
    return made


class Past:
    """Calls of a morning, each with its log."""

    def __init__(self, world: Company) -> None:
        self.world = world
        noon = timezone.localtime(timezone.now()) - timedelta(days=1)
        self.start = noon.replace(hour=9, minute=0, second=0, microsecond=0)
        self.n = 0

    def call(
        self,
        after: float,
        *,
        queue: str = BILLS,
        wait: float = 5,
        talk: float = 60,
        staff: Actor | None = None,
        phone: str = PHONE,
        handed: Actor | None = None,
        unit: int | None = None,
    ) -> Call:
        self.n += 1
        at = self.start + timedelta(seconds=after)
        happened: list[tuple[float, str, dict[str, Any]]] = [
            (0, "arrived", {"channel": f"c{self.n}", "caller": phone[3:], "dialled": "96111"}),
            (1, "queued", {"queue": queue, "bridge": "q"}),
        ]
        end = 1 + wait
        if staff is not None:
            offer = {"offer": self.n, "staff": staff.person_id, "channel": "a", "seconds": 20}
            happened += [
                (1, "offered", offer),
                (end, "connected", {"offer": self.n, "bridge": "t"}),
            ]
            if handed is not None:
                other = {"offer": -self.n, "staff": handed.person_id, "channel": "b"}
                happened += [
                    (end + talk / 2, "consulted", other | {"bridge": "k", "seconds": 20}),
                    (end + talk / 2, "consult_answered", {"offer": -self.n}),
                    (end + talk / 2, "handed_over", {"offer": -self.n}),
                ]
            end += talk
        happened.append((end, "ended", {"why": "caller" if staff else "abandoned"}))
        return self._keep(at, happened, queue, phone, handed or staff, unit)

    def _keep(
        self, at: "datetime", happened: Any, queue: str, phone: str, staff: Any, unit: int | None
    ) -> Call:
        row = Call.objects.create(
            organisation_id=unit or self.world.company.pk, channel=f"c{self.n}", caller=phone[3:],
            phone=phone, dialled="96111", phase="ended", queue=queue, arrived_at=at,
            ended_at=at + timedelta(seconds=happened[-1][0]),
            staff_id=staff.person_id if staff else None, end=happened[-1][2]["why"],
        )  # fmt: skip
        CallEntry.objects.bulk_create(
            CallEntry(
                call=row, seq=n, kind=kind, at=at + timedelta(seconds=after), recorded_at=at,
                data=data,
            )
            for n, (after, kind, data) in enumerate(happened, 1)
        )  # fmt: skip
        record_turns([row.pk])
        return row


@pytest.fixture
def past(world: Company) -> Past:
    """Eight calls: two queues, three people, two who gave up, one handed on."""
    made = Past(world)
    made.call(0, staff=world.agent)
    made.call(30, staff=world.agent, wait=40)
    made.call(60, staff=world.colleague, queue=REPAIRS, wait=2)
    made.call(90, wait=3)
    made.call(120, wait=70, queue=REPAIRS)
    made.call(1900, staff=world.agent, handed=world.colleague, wait=10, talk=100)
    made.call(3700, staff=world.colleague, phone="+8613700000001")
    made.call(3800, staff=world.agent, wait=21)
    return made


def chief(world: Company) -> Actor:
    return actor_for(world.chief_staff, day=TODAY)


def listed(actor: Actor, query: str) -> Sequence[CallRow]:
    return list_calls(actor=actor, filters=read_filters(QueryDict(query)), limit=200).rows


def seen(actor: Actor, query: str) -> list[int]:
    return [row.call_id for row in listed(actor, query)]


def sign_in(staff: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff)
    return client


@pytest.mark.parametrize("by", ["time", "hour", "queue", "agent", "line"])
@pytest.mark.parametrize("period", ["day", "week"])
def test_every_figure_leads_to_exactly_the_calls_that_it_counts(
    world: Company, past: Past, period: str, by: str
) -> None:
    day = past.start.date().isoformat()
    choice = read_level_choice(
        QueryDict(f"period={period}&day={day}&by={by}"), today=timezone.localdate()
    )
    _stand(world.agent, past)
    report = build_levels(actor=chief(world), now=timezone.now(), choice=choice)
    assert report.rows
    followed = 0
    for row in (*report.rows, report.total):
        for head, cell in zip(report.heads, row.cells, strict=True):
            if cell.href:
                _leads_to_what_it_counts(chief(world), head, cell)
                followed += 1
            else:  # nothing is behind it
                assert not cell.value
    assert followed >= 12


def _leads_to_what_it_counts(actor: Actor, head: Head, cell: Cell) -> None:
    address = urlparse(cell.href)
    if address.path == reverse("telephony:stood"):
        found = how_people_stood(
            actor=actor,
            wanted=read_stood(QueryDict(address.query), today=timezone.localdate()),
            now=timezone.now(),
        )
        whole: Counter[str] = Counter()
        for states in found.states.values():
            whole.update({state: int(seconds) for state, seconds in states.items()})
        assert cell.value == pytest.approx(
            sum(whole.values()) if head.key == "signed_on" else occupancy(whole), abs=1
        )
        if found.spans:
            lasted = sum(each.seconds for each in found.spans)
            assert lasted == pytest.approx(sum(whole.values()), abs=3)
    elif head.key == "longest":
        waits = [row.wait_seconds for row in listed(actor, address.query)]
        assert set(waits) == {cell.value}
    else:
        of_share = cell.share.part if cell.share else cell.of
        expected = cell.value if of_share is None else of_share
        assert len(listed(actor, address.query)) == expected


def _stand(actor: Actor, past: Past) -> None:
    """The agent was there from before the calls until after them, with a rest."""
    turns: list[tuple[float, Any, dict[str, Any]]] = [
        (-600, sign_on, {"endpoint": "screen/1"}),
        (5_000, take_break, {"reason": "rest"}),
        (5_400, be_ready, {}),
        (7_200, sign_off, {}),
    ]
    for seconds, turn, given in turns:
        turn(actor=actor, now=past.start + timedelta(seconds=seconds), **given)


def test_the_level_is_counted_as_each_queue_defines_it(world: Company, past: Past) -> None:
    day = past.start.date().isoformat()
    choice = read_level_choice(QueryDict(f"day={day}&by=queue"), today=timezone.localdate())
    report = build_levels(actor=chief(world), now=timezone.now(), choice=choice)
    bills, repairs = report.rows
    # Bills: six offered, one gave up at once, three of five answered within 20 s.
    assert (bills.tally.offered, bills.tally.level_of, bills.tally.in_time) == (6, 5, 3)
    assert (repairs.tally.offered, repairs.tally.level_of, repairs.tally.in_time) == (2, 2, 1)
    assert report.total.tally.level == pytest.approx(100 * 4 / 7)
    assert report.total.tally.abandoned == 2
    before = [row.tally for row in report.rows]
    fold_figures()
    again = build_levels(actor=chief(world), now=timezone.now(), choice=choice)
    assert [row.tally for row in again.rows] == before


def test_calls_are_found_by_any_writing_of_a_number(world: Company, past: Past) -> None:
    for typed in ("137 0000 0001", "+86 137-0000-0001", "１３７０００００００１", "13700000001"):
        assert len(seen(chief(world), f"q={typed.replace('+', '%2B')}")) == 1, typed
    assert seen(chief(world), "q=13900000000") == []


def test_calls_are_found_by_whoever_took_them(world: Company, past: Past) -> None:
    browser = sign_in(world.chief_staff)
    agent = world.agent_staff
    for typed in (agent.number, agent.name):
        page = browser.get("/calls/", {"q": typed})
        assert page.context["filters"].agent_id == agent.pk, typed
        assert len(page.context["rows"]) == 4
        assert f"Calls of {agent.name}" in page.content.decode()
    assert browser.get("/calls/", {"q": "nobody"}).context["rows"] == []


def test_whoever_has_no_right_in_the_unit_sees_only_their_own_calls(
    world: Company, past: Past
) -> None:
    viewer = person(
        number="3001", name="看看", branch=world.river, permissions=("interactions.view",)
    )
    actor = actor_for(viewer, day=TODAY)
    assert seen(actor, "") == []
    mine = past.call(5000, staff=actor)
    assert seen(actor, "") == [mine.pk]
    assert story_of(actor=actor, call_id=mine.pk).call == mine
    with pytest.raises(CallNotVisible):
        story_of(actor=actor, call_id=mine.pk - 1)
    body = sign_in(viewer).get("/calls/").content.decode()
    assert mask_phone(PHONE) in body
    assert PHONE[3:] not in body.replace(" ", "")


def test_a_list_costs_the_same_for_one_call_and_thirty(world: Company) -> None:
    past = Past(world)
    past.call(0, staff=world.agent)

    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            list_calls(actor=chief(world), filters=read_filters(QueryDict("")))
        return len(found)

    one = statements()
    for n in range(34):
        past.call(10 * n, staff=world.agent)
    assert statements() == one
    first = list_calls(actor=chief(world), filters=read_filters(QueryDict("")))
    second = list_calls(
        actor=chief(world), filters=read_filters(QueryDict("")), after=first.following
    )
    ids = [row.call_id for row in (*first.rows, *second.rows)]
    assert len(ids) == len(set(ids)) == 35
    assert second.following == ""


def test_the_page_of_a_call_tells_what_happened_and_what_it_led_to(
    world: Company, past: Past
) -> None:
    call = past.call(6000, staff=world.agent, wait=12)
    now = timezone.now()
    contact = start_interaction(channel="phone", actor=world.agent, phone=PHONE, now=now)
    finish(
        interaction_id=contact.pk, subject="水费咨询", outcome="water.answered", note="已说明",
        actor=world.agent, now=now,
    )  # fmt: skip
    Call.objects.filter(pk=call.pk).update(interaction=contact)
    body = sign_in(world.chief_staff).get(f"/calls/{call.pk}/").content.decode()
    for told in ("Waits in the queue Bills and payment", "The caller hung up", "水费咨询",
                 f"Talks with {world.agent_staff.name}", "00:12"):  # fmt: skip
        assert told in body
    assert sign_in(world.chief_staff).get("/calls/999999/").status_code == 404


def test_every_entry_of_a_log_and_every_end_has_words_or_is_silent_on_purpose() -> None:
    told = re.findall(r"``(\w+)``", (call_log.__doc__ or "").partition("======")[2])
    values = calls.REFUSALS | {"listen", "whisper", "talk"} | calls.ENDS
    kinds = set(told) - (values - {"answered"}) - {"visit", "why"}
    assert len(kinds) > 25
    assert kinds == words.KINDS.keys() | words.SILENT
    assert set(words.ENDS) == calls.ENDS
    assert set(words.REFUSALS) >= calls.REFUSALS


def test_the_reason_of_an_offer_is_a_sentence() -> None:
    reason = {
        "rule": "longest_idle", "among": 3, "waited_seconds": 12.4, "relaxed": 1,
        "helped_by": REPAIRS,
    }  # fmt: skip
    told = words.reason_words(reason)
    assert "3" in told
    assert "12" in told
    assert queue_name(REPAIRS) in told
    assert words.reason_words({"rule": "asked"})


def test_the_service_level_is_taken_away_as_a_workbook_and_that_is_recorded(
    world: Company, past: Past
) -> None:
    client = sign_in(world.chief_staff)
    day = past.start.date().isoformat()
    answer = client.post(f"/calls/level/file/xlsx?day={day}&by=queue")
    assert answer.status_code == 200
    rows = _rows(answer.content)
    assert rows[0][1] == "Offered"
    assert [row[1] for row in rows[1:]] == [6, 2, 8]
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_count FROM core_disclosure WHERE subject = 'telephony.level'")
        assert cursor.fetchall() == [(2,)]
    viewer = person(
        number="3002", name="看", branch=world.lake, permissions=("interactions.view",)
    )
    assert sign_in(viewer).get("/calls/level/").status_code == 403


def test_pages_of_the_service_level_speak_in_every_period_and_without_a_call(
    world: Company, past: Past
) -> None:
    client = sign_in(world.chief_staff)
    queries: list[str] = ["", "day=2001-01-01", "period=month&by=agent", "by=nonsense&day=x"]
    for query in queries:
        assert client.get(f"/calls/level/?{query}").status_code == 200
    empty = client.get("/calls/level/?day=2001-01-01").content.decode()
    assert "No calls in these days" in empty


def _rows(content: bytes) -> list[Any]:
    return load_workbook(BytesIO(content)).get_sheet_by_index(1).to_python()
