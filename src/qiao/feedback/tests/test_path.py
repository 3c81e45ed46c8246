"""From the customer's call to the archive: case, crew, work, call back."""

import dataclasses
from datetime import timedelta

import pytest
from django.db import connection

from qiao.cases import definitions
from qiao.cases.models import Case, CaseDuty, CaseEvent
from qiao.cases.operations import OpenRequest, open_case, take_action
from qiao.cases.rules.process import asked_fields
from qiao.core.actor import Actor, Forbidden
from qiao.core.figures import Scope
from qiao.core.kept import Ask
from qiao.core.models import Event
from qiao.core.packs.model import Field
from qiao.core.rules.spans import Span
from qiao.core.rules.statistics import Share
from qiao.core.tests.deliveries import run_deliveries
from qiao.dispatch.operations import accept, arrive, complete
from qiao.dispatch.tests.cast import DAY, NOW, Crew, a_work_order, all_filled
from qiao.feedback.models import FollowUp, FollowUpAttempt, FollowUpCount, FollowUpCountChange
from qiao.feedback.operations import (
    AlreadyFinished,
    OwnWork,
    UnknownAnswer,
    confirm,
    fold_counts,
    hand_over,
    log_attempt,
    open_follow_up,
)
from qiao.feedback.queries import (
    Filters,
    NotVisible,
    figures,
    follow_ups_of_case,
    get_follow_up_for,
    list_follow_ups,
    my_open_count,
    progress_of,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=3)
MINUTE = timedelta(minutes=1)


def a_follow_up(crew: Crew, **changes: object) -> FollowUp:
    """The follow-up of a leak that the crew has mended."""
    order = a_work_order(crew, **changes)
    accept(work_order_id=order.pk, actor=crew.technician, now=NOW)
    arrive(work_order_id=order.pk, actor=crew.technician, now=NOW)
    complete(work_order_id=order.pk, filling=all_filled(order), actor=crew.technician, now=NOW)
    run_deliveries()
    return FollowUp.objects.get(case_id=order.case_id, finished_at__isnull=True)


def test_the_whole_path_from_the_call_to_the_archive(crew: Crew) -> None:
    follow_up = a_follow_up(crew)
    assert follow_up.assigned_to_id == crew.agent.staff_id
    done = confirm(
        follow_up_id=follow_up.pk,
        rating="very_satisfied",
        resolved=True,
        words="师傅很准时",
        channel="call",
        actor=crew.agent,
        now=LATER,
    )
    run_deliveries()
    assert (done.state, done.confirmed_at) == ("reached", LATER)
    case = Case.objects.get(id=follow_up.case_id)
    assert (case.phase, case.closed_at, case.answered_at) == ("closed", LATER, LATER)
    assert case.facts["follow_up_result"] == "very_satisfied"
    assert case.facts["follow_up_note"] == "师傅很准时"
    assert case.responsible_id == crew.agent.staff_id
    assert not CaseDuty.objects.filter(case=case, done_at__isnull=True).exists()
    names = set(Event.objects.values_list("name", flat=True))
    assert {
        "cases.case_opened",
        "dispatch.work_order_created",
        "dispatch.work_order_state_changed",
        "feedback.follow_up_opened",
        "feedback.follow_up_attempted",
        "feedback.follow_up_completed",
        "cases.case_closed",
    } <= names
    assert FollowUp.objects.open().count() == 0


def test_an_unhappy_customer_does_not_reach_the_archive(crew: Crew) -> None:
    follow_up = a_follow_up(crew)
    confirm(
        follow_up_id=follow_up.pk,
        rating="not_satisfied",
        resolved=False,
        words="还在漏",
        channel="call",
        actor=crew.agent,
        now=LATER,
    )
    run_deliveries()
    case = Case.objects.get(id=follow_up.case_id)
    assert case.closed_at is None
    assert case.phase != "confirm"


def test_three_attempts_apart_from_each_other_end_it_and_three_at_once_do_not(crew: Crew) -> None:
    follow_up = a_follow_up(crew)
    moments = [LATER, LATER + MINUTE, LATER + 2 * MINUTE, LATER + 30 * MINUTE]
    for moment in moments:
        row = log_attempt(
            follow_up_id=follow_up.pk,
            channel="call",
            outcome="no_answer",
            actor=crew.agent,
            now=moment,
        )
        assert row.state == "open"
    progress = progress_of(follow_up=follow_up, now=moments[-1])
    assert (progress.counted, progress.needed) == (2, 3)
    assert progress.next_at == LATER + 60 * MINUTE
    row = log_attempt(
        follow_up_id=follow_up.pk,
        channel="sms",
        outcome="busy",
        actor=crew.agent,
        now=LATER + 61 * MINUTE,
    )
    run_deliveries()
    assert row.state == "unreached"
    case = Case.objects.get(id=follow_up.case_id)
    assert case.closed_at == LATER + 61 * MINUTE
    assert case.facts["follow_up_result"] == "unreached"
    with pytest.raises(AlreadyFinished):
        log_attempt(
            follow_up_id=follow_up.pk,
            channel="call",
            outcome="no_answer",
            actor=crew.agent,
            now=LATER + 90 * MINUTE,
        )


def test_a_word_sent_twice_is_kept_once(crew: Crew) -> None:
    follow_up = a_follow_up(crew)
    for _ in range(2):
        confirm(
            follow_up_id=follow_up.pk,
            rating="satisfied",
            resolved=True,
            channel="call",
            actor=crew.agent,
            now=LATER,
            key="form-1",
        )
    assert FollowUpAttempt.objects.filter(follow_up=follow_up).count() == 1
    again = open_follow_up(
        case=follow_up.case, entered_seq=follow_up.entered_seq, due_at=None, now=LATER
    )
    assert again == follow_up
    events = CaseEvent.objects.filter(case_id=follow_up.case_id, kind="answered")
    assert events.count() == 1


def test_unknown_answers_and_strangers_are_refused(crew: Crew) -> None:
    follow_up = a_follow_up(crew)
    with pytest.raises(UnknownAnswer):
        confirm(
            follow_up_id=follow_up.pk, rating="splendid", resolved=True, channel="call",
            actor=crew.agent, now=LATER,
        )  # fmt: skip
    with pytest.raises(Forbidden):
        log_attempt(
            follow_up_id=follow_up.pk, channel="call", outcome="busy",
            actor=crew.technician, now=LATER,
        )  # fmt: skip
    with pytest.raises(NotVisible):
        get_follow_up_for(actor=crew.outsider, follow_up_id=follow_up.pk)
    assert follow_ups_of_case(actor=crew.outsider, case_id=follow_up.case_id) == []
    assert list_follow_ups(actor=crew.outsider, filters=Filters(view="open")).rows == []


def test_a_complaint_is_called_back_by_somebody_other_than_its_handler(crew: Crew) -> None:
    officer = crew.agent  # takes and handles the complaint alone
    case = _answered_complaint(crew)
    run_deliveries()
    follow_up = FollowUp.objects.get(case=case)
    assert follow_up.assigned_to_id == crew.dispatcher.staff_id
    with pytest.raises(OwnWork):
        log_attempt(
            follow_up_id=follow_up.pk, channel="call", outcome="busy", actor=officer, now=LATER
        )


def _answered_complaint(crew: Crew) -> Case:
    roles = frozenset({"agent", "complaint_officer", "supervisor", "leader"})
    actor = dataclasses.replace(crew.agent, roles=roles)
    case = open_case(
        request=OpenRequest(
            type_key="water.service_complaint",
            organisation_id=crew.lake.pk,
            title="上门人员态度差",
            channel="phone",
        ),
        actor=actor,
        now=NOW,
    )
    _walk(case, actor)
    return case


def _walk(case: Case, actor: Actor) -> None:
    """Take the first forward action of each step, inventing what it needs, until a duty waits."""
    for _ in range(12):
        case.refresh_from_db()
        process = definitions.process_of(case.process)
        step = process.step(case.step)
        if step.duty:
            return
        known = {f.key: f for f in (*definitions.type_of(case).fields, *process.fields)}
        action = next(a for a in step.actions if a.kind == "forward" and not a.automatic)
        asked = asked_fields(step, action)
        given = {key: _invented(known[key]) for key in asked if key in known}
        given |= dict.fromkeys({*asked} - {*known}, "water.works_restoration")  # the main cause
        take_action(case_id=case.pk, action=action.key, given=given, actor=actor, now=NOW)


def _invented(field: Field) -> object:
    if field.kind in {"choice", "choices"}:
        return [field.choices[0].key] if field.kind == "choices" else field.choices[0].key
    return {"bool": True, "number": 1, "money": 1, "date": "2026-11-20"}.get(field.kind, "已核实")


def answers(actor: Actor) -> dict[str, dict[str, int]]:
    """What is counted of a day, by view and holder."""
    views = ("rating", "resolved", "unreached")
    asked = [Ask((view,), Span(DAY, DAY)) for view in views]
    sums = figures.KEPT.read(*asked, organisations=list(actor.organisations("followups.view")))
    return {view: sums.by_holder(view) for view in views}


def satisfied(actor: Actor) -> Share:
    """The share of a day's answers that were glad."""
    span = Span(DAY, DAY)
    share = figures.satisfaction(actor, Scope(span, span.before(), LATER)).share
    assert share is not None
    return share


def test_kept_counts_equal_what_is_there(crew: Crew) -> None:
    for rating in ("very_satisfied", "satisfied", "satisfied", "not_satisfied"):
        follow_up = a_follow_up(crew)
        confirm(
            follow_up_id=follow_up.pk,
            rating=rating,
            resolved=rating != "not_satisfied",
            channel="call",
            actor=crew.agent,
            now=LATER,
        )
    waiting = a_follow_up(crew)
    assert my_open_count(crew.agent) == 1
    before = answers(crew.agent)
    assert before["rating"] == {"very_satisfied": 1, "satisfied": 2, "not_satisfied": 1}
    assert (before["resolved"], before["unreached"]) == ({"yes": 3, "no": 1}, {})
    share = satisfied(crew.agent)
    assert share.percent == 75
    assert share.is_small
    assert fold_counts() > 0
    assert FollowUpCountChange.objects.count() == 0
    assert answers(crew.agent) == before
    assert satisfied(crew.agent) == share
    assert satisfied(crew.outsider).whole == 0
    kept = set(
        FollowUpCount.objects.exclude(n=0).values_list(
            "organisation_id", "day", "view", "holder", "n"
        )
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM feedback_recount()")
        assert kept == set(cursor.fetchall())
    hand_over(
        follow_up_id=waiting.pk, staff_id=crew.dispatcher.person_id, actor=crew.agent, now=LATER
    )
    assert my_open_count(crew.agent) == 0
    assert my_open_count(crew.dispatcher) == 1


def test_the_list_goes_on_by_cursor_and_narrows_by_rating(crew: Crew) -> None:
    first = a_follow_up(crew)
    case = first.case
    FollowUp.objects.bulk_create(
        FollowUp(
            case=case,
            entered_seq=1000 + n,
            organisation=crew.lake,
            assigned_to_id=crew.agent.person_id,
            opened_at=NOW,
            due_at=None if n % 7 == 0 else NOW + timedelta(minutes=n // 3),
        )
        for n in range(70)
    )
    seen: list[int] = []
    after = ""
    while True:
        page = list_follow_ups(actor=crew.agent, filters=Filters(), after=after)
        seen += [row.pk for row in page.rows]
        after = page.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 71
    assert list_follow_ups(actor=crew.agent, filters=Filters(ratings=("satisfied",))).rows == []
    broken = list_follow_ups(actor=crew.agent, filters=Filters(), after="###")
    assert len(broken.rows) == 30


def test_a_content_customer_whose_matter_is_not_solved_does_not_reach_the_archive(
    crew: Crew,
) -> None:
    follow_up = a_follow_up(crew)
    confirm(
        follow_up_id=follow_up.pk,
        rating="satisfied",
        resolved=False,
        channel="call",
        actor=crew.agent,
        now=LATER,
    )
    case = Case.objects.get(id=follow_up.case_id)
    assert case.closed_at is None
    assert case.facts["solved"] is False


def test_nothing_is_kept_once_another_case_stands_for_the_one_that_was_called_for(
    crew: Crew,
) -> None:
    follow_up, other = a_follow_up(crew), a_work_order(crew).case
    Case.objects.filter(pk=follow_up.case_id).update(merged_into=other)
    with pytest.raises(AlreadyFinished):
        confirm(
            follow_up_id=follow_up.pk,
            rating="satisfied",
            resolved=True,
            channel="call",
            actor=crew.agent,
            now=LATER,
        )
