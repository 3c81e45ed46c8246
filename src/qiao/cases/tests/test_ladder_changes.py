"""Ladders that administrators change: from a day on, for a unit and a type, tried before."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from qiao.cases.ladders import Ladders
from qiao.cases.models import Case, CaseRung
from qiao.cases.operations import assign
from qiao.cases.operations.climbing import climb
from qiao.cases.operations.laddering import (
    BadRung,
    LadderBeforeToday,
    LadderChange,
    LadderUnchanged,
    NoRungs,
    UnknownLadder,
    change_ladder,
)
from qiao.cases.queries.ladders import history_of_ladder, try_rungs, types_on
from qiao.cases.rules.ladder import Rung, rung_from_data
from qiao.cases.tests.browsing import client_of
from qiao.cases.tests.test_ladders import laddered
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Forbidden
from qiao.messaging.models import Message
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company

__all__ = ["laddered"]

TODAY = date(2026, 11, 20)
KEY = "water.usual"
LATE = Rung("due", 0, "lead", raises=True)


def change(*rungs: Rung, **more: Any) -> LadderChange:
    given: dict[str, Any] = {"key": KEY, "valid_from": TODAY, "source": "2026-11-20 会议"}
    return LadderChange(rungs=rungs or (LATE,), **given | more)


def rungs_of(case: Case) -> list[str]:
    found = Ladders().of(case)
    assert found is not None
    return [rung.key for rung in found.rungs]


def test_rungs_hold_for_their_unit_and_type_and_the_nearest_wins(laddered: Company) -> None:
    lake = a_case(laddered)
    river = a_case(laddered, laddered.outsider, organisation=laddered.river, area="339104")
    plan: dict[str, Any] = {"actor": laddered.chief, "now": NOW}
    change_ladder(change=change(Rung("due", 1, "lead")), **plan)
    change_ladder(change=change(Rung("due", 2, "duty"), organisation_id=laddered.lake.pk), **plan)
    assert (rungs_of(lake), rungs_of(river)) == (["due:2:duty"], ["due:1:lead"])
    change_ladder(change=change(Rung("due", 3, "team"), type_key="water.leak"), **plan)
    assert (rungs_of(lake), rungs_of(river)) == (["due:3:team"], ["due:3:team"])
    assert [(each.type_key, each.organisation_id) for each in history_of_ladder(KEY)] == [
        ("", laddered.lake.pk),
        ("", None),
        ("water.leak", None),
    ]


def test_a_case_keeps_the_ladder_of_the_day_it_was_opened(laddered: Company) -> None:
    before = a_case(laddered)
    tomorrow = TODAY + timedelta(days=1)
    change_ladder(change=change(valid_from=tomorrow), actor=laddered.chief, now=NOW)
    after = a_case(laddered, now=NOW + timedelta(days=1))
    assert rungs_of(after) == ["due:0:lead"]
    assert len(rungs_of(before)) == 5


def test_limits_and_e_mail_of_a_rung_are_kept_and_followed(laddered: Company) -> None:
    Staff.objects.filter(pk=laddered.agent_staff.pk).update(email="lin@example.org")
    rungs = (
        Rung("percent", 50, "lead", promises=("respond",), priorities=("urgent",), mails=True),
        Rung("percent", 60, "lead", promises=("answer",)),
    )
    assert tuple(rung_from_data(rung.data()) for rung in rungs) == rungs
    change_ladder(change=change(*rungs), actor=laddered.chief, now=NOW)
    urgent = a_case(laddered, priority="urgent", title="李家三楼漏水")
    usual = a_case(laddered)
    for _twice in range(2):
        climb(now=NOW + timedelta(minutes=20))
    climbed = list(CaseRung.objects.values_list("case_id", "promise", "rung"))
    assert climbed == [(urgent.pk, "respond", "percent:50:lead")]
    assert usual.pk != urgent.pk
    mails = list(Message.objects.filter(kind="ladder"))
    assert [mail.to_address for mail in mails] == ["lin@example.org"]
    assert urgent.number in mails[0].title
    assert "漏水" not in mails[0].title + mails[0].body


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, LadderBeforeToday),
        ({"type_key": "water.nothing"}, UnknownLadder),
        ({"key": "water.nothing"}, UnknownLadder),
        ({"rungs": ()}, NoRungs),
        ({"rungs": (Rung("percent", 100, "lead"),)}, BadRung),
        ({"rungs": (Rung("waiting", 0, "team"),)}, BadRung),
        ({"rungs": (Rung("due", 0, "staff:nobody"),)}, BadRung),
        ({"rungs": (LATE, Rung("due", 0, "lead"))}, BadRung),
    ],
)
def test_a_ladder_that_cannot_be_is_refused(
    laddered: Company, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    given: dict[str, Any] = {
        "key": KEY,
        "rungs": (LATE,),
        "valid_from": TODAY,
        "source": "会议",
    } | wrong
    with pytest.raises(refusal):
        change_ladder(change=LadderChange(**given), actor=laddered.chief, now=NOW)
    assert history_of_ladder(KEY) == []


def test_the_same_is_not_set_twice_and_only_by_who_configures_the_place(
    laddered: Company,
) -> None:
    with pytest.raises(Forbidden):
        change_ladder(change=change(), actor=laddered.agent, now=NOW)
    change_ladder(change=change(), actor=laddered.chief, now=NOW)
    with pytest.raises(LadderUnchanged):
        change_ladder(change=change(), actor=laddered.chief, now=NOW)


def test_a_trial_says_which_cases_stand_where_and_writes_nothing(laddered: Company) -> None:
    waits = a_case(laddered)
    taken = a_case(laddered)
    fresh = a_case(laddered, now=NOW + timedelta(minutes=79))
    assign(case_id=taken.pk, staff_id=laddered.colleague.staff_id, actor=laddered.agent, now=NOW)
    now = NOW + timedelta(minutes=80)
    rungs = (Rung("waiting", 30, "team"), Rung("percent", 60, "assignee", promises=("respond",)))
    found = try_rungs(
        actor=laddered.chief, types=types_on(KEY), organisation_id=None, rungs=rungs, now=now
    )
    assert (found.total, found.looked_at, found.below) == (3, 3, 1)
    assert [(each.standing, each.told) for each in found.rungs] == [(0, 1), (2, 2)]
    assert sorted(found.rungs[1].examples) == sorted([waits.number, taken.number])
    assert fresh.number not in found.rungs[1].examples
    assert not CaseRung.objects.exists()
    elsewhere = try_rungs(
        actor=laddered.outsider, types=types_on(KEY), organisation_id=None, rungs=rungs, now=now
    )
    assert elsewhere.total == 0


def test_on_the_page_a_ladder_is_tried_first_and_then_changed(
    laddered: Company,
) -> None:
    a_case(laddered)
    client = client_of(laddered.chief_staff)
    page = reverse("cases:ladder", args=[KEY])
    assert client.get(reverse("cases:ladders")).status_code == 200
    assert client.get(page, {"try": "1"}).status_code == 200
    given = {
        "r0-after": "due",
        "r0-figure": "4",
        "r0-tell": "duty",
        "r0-mails": "on",
        "valid_from": "2036-01-07",
        "source": "会议",
    }
    tried = client.post(page, given)
    assert tried.status_code == 200
    assert tried.context["trial"].found.total == 1
    assert history_of_ladder(KEY) == []
    bad = client.post(page, given | {"r0-tell": "person", "r0-number": "nobody"})
    assert bad.status_code == 422
    assert "r0-tell" in bad.context["form"].errors
    assert client.post(page, given | {"confirmed": "1"}).status_code == 302
    (kept,) = history_of_ladder(KEY)
    assert (kept.since, [(r.key, r.mails) for r in kept.rungs]) == (
        date(2036, 1, 7),
        [("due:4:duty", True)],
    )
    assert client.get(page, {"unit": "999999"}).status_code == 404
