"""A poor rating comes before the lead of the team that worked the case, with its replay."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.core.tests.deliveries import run_deliveries
from qiao.dispatch.tests.cast import DAY, NOW, Crew, a_person
from qiao.dispatch.tests.test_pages import client_of, text_of
from qiao.feedback.models import Evaluation, FollowUp, ScoreCard
from qiao.feedback.operations import confirm
from qiao.feedback.operations.evaluating import drop_evaluation
from qiao.feedback.operations.reviewing import review_poor_rating, workers_of
from qiao.feedback.operations.score_cards import install_score_cards
from qiao.feedback.tests.test_path import LATER, a_follow_up
from qiao.staff.models import Membership, Notice
from qiao.staff.queries import actor_by_id, local_days

pytestmark = pytest.mark.django_db
LIST = reverse("feedback:list")


def a_lead(crew: Crew, number: str = "3001") -> int:
    """Somebody leads the crew, and holds every right in its branch."""
    lead = a_person(number, "赵班长", "dispatcher", crew.lake, crew.team)
    Membership.objects.filter(staff_id=lead.person_id).update(is_lead=True)
    return lead.person_id


def rated(crew: Crew, rating: str = "not_satisfied", *, resolved: bool = False) -> FollowUp:
    """A leak that the crew mended, as its customer found it."""
    install_score_cards(now=NOW)
    row = a_follow_up(crew)
    found = confirm(
        follow_up_id=row.pk,
        rating=rating,
        resolved=resolved,
        words="还在漏",
        channel="call",
        actor=crew.agent,
        now=LATER,
    )
    run_deliveries()
    return found


def test_a_poor_rating_stands_on_the_desk_of_the_lead_the_same_day(crew: Crew) -> None:
    lead = a_lead(crew)
    row = rated(crew)
    assert set(workers_of(row)) == {crew.technician.staff_id}
    review = Evaluation.objects.get()
    assert (review.subject_id, review.evaluator_id) == (row.case_id, lead)
    assert review.due_date == local_days(LATER)[crew.lake.pk]
    assert (review.team_id, review.drawn_by_id) == (crew.team.pk, None)
    assert review.person_id == crew.agent.staff_id
    assert list(Notice.objects.filter(kind="feedback.poor_rating").values_list("staff_id")) == [
        (lead,)
    ]


@pytest.mark.parametrize(
    ("rating", "resolved", "count"),
    [("very_satisfied", True, 0), ("fairly_satisfied", True, 0), ("satisfied", False, 1)],
)
def test_who_is_content_raises_nothing_and_an_unsolved_matter_does(
    crew: Crew, rating: str, resolved: bool, count: int
) -> None:
    a_lead(crew)
    rated(crew, rating, resolved=resolved)
    assert Evaluation.objects.count() == count


def test_told_twice_there_is_one_review_and_one_notice(crew: Crew) -> None:
    a_lead(crew)
    row = rated(crew)
    again = review_poor_rating(follow_up_id=row.pk, now=LATER + timedelta(minutes=1))
    assert again == Evaluation.objects.get()
    assert Notice.objects.filter(kind="feedback.poor_rating").count() == 1


def test_a_review_that_was_given_up_makes_room_for_the_next(crew: Crew) -> None:
    a_lead(crew)
    row = rated(crew)
    first = Evaluation.objects.select_related("evaluator").get()
    lead = actor_by_id(first.evaluator_id, day=DAY)
    drop_evaluation(evaluation_id=first.pk, reason="录音缺失", actor=lead, now=LATER)
    again = review_poor_rating(follow_up_id=row.pk, now=LATER)
    assert again is not None
    assert again.pk != first.pk


def test_nobody_reviews_work_in_which_they_had_a_hand(crew: Crew) -> None:
    install_score_cards(now=NOW)
    Membership.objects.filter(staff_id=crew.agent.person_id).update(is_lead=True)
    Membership.objects.filter(staff_id=crew.technician.person_id).update(is_lead=True)
    free = a_person("2002", "钱进", "dispatcher", crew.lake, crew.team)
    row = rated(crew)
    touched = set(row.case.events.exclude(actor=None).values_list("actor_id", flat=True))
    assert crew.agent.staff_id in touched
    assert Evaluation.objects.get().evaluator_id == free.staff_id


def test_without_a_card_the_lead_is_told_all_the_same(crew: Crew) -> None:
    lead = a_lead(crew)
    ScoreCard.objects.update(is_active=False)
    row = a_follow_up(crew)
    confirm(
        follow_up_id=row.pk, rating="not_satisfied", resolved=False, words="", channel="call",
        actor=crew.agent, now=LATER,
    )  # fmt: skip
    run_deliveries()
    assert not Evaluation.objects.exists()
    assert Notice.objects.filter(kind="feedback.poor_rating", staff_id=lead).exists()


def test_the_list_of_poor_ratings_the_case_and_the_notice_lead_to_the_replay(crew: Crew) -> None:
    lead = a_lead(crew)
    row = rated(crew)
    replay = reverse("feedback:replay", args=["case", row.case_id])
    client = client_of(actor_by_id(lead, day=DAY))
    listed = text_of(client.get(f"{LIST}?view=poor"))
    assert replay in listed
    assert "赵班长" in listed
    assert replay in text_of(client.get(reverse("cases:detail", args=[row.case_id])))
    page = text_of(client.get(replay))
    assert "还在漏" in page
    assert reverse("feedback:evaluation", args=[Evaluation.objects.get().pk]) in page
    notice = Notice.objects.get(kind="feedback.poor_rating")
    opened = client.post(reverse("staff:notice_open", args=[notice.pk]))
    assert opened["Location"] == replay


def test_the_person_judged_does_not_learn_of_the_review_from_the_replay(crew: Crew) -> None:
    a_lead(crew)
    row = rated(crew)
    review = reverse("feedback:evaluation", args=[Evaluation.objects.get().pk])
    client = client_of(crew.agent)
    assert review not in text_of(client.get(f"{LIST}?view=poor"))
    assert review not in text_of(
        client.get(reverse("feedback:replay", args=["case", row.case_id]))
    )


def test_the_replay_tells_when_each_clock_began_and_stopped(crew: Crew) -> None:
    row = rated(crew)
    page = text_of(
        client_of(crew.agent).get(reverse("feedback:replay", args=["case", row.case_id]))
    )
    clocks = row.case.clocks.all()
    assert clocks
    assert page.count("player-play") >= len(clocks)
    assert page.count("计时开始") == len(clocks)
    assert page.count("计时结束") == clocks.exclude(stopped_at=None).count()


def test_the_list_asks_as_often_for_many_as_for_one(crew: Crew) -> None:
    lead = a_lead(crew)
    row = rated(crew)
    client = client_of(actor_by_id(lead, day=DAY))
    client.get(f"{LIST}?view=poor")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(f"{LIST}?view=poor")
    for seq in range(1, 21):
        copy = FollowUp.objects.get(pk=row.pk)
        copy.pk, copy.entered_seq = None, 1000 + seq
        copy.save(force_insert=True)
    with CaptureQueriesContext(connection) as many:
        assert text_of(client.get(f"{LIST}?view=poor")).count("<tr data-href") == 21
    assert len(many) == len(one)
