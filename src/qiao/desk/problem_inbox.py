"""Answers to one's own reports, in the workspace's left list."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import InboxItem, QueueSource
from qiao.desk.models import Problem
from qiao.desk.problem_words import PROBLEM_STATES
from qiao.desk.queries.problems import own_problem, unread_answers


def _item(problem: Problem) -> InboxItem:
    return InboxItem(
        ref=problem.pk,
        who=problem.title,
        what=problem.answer or str(PROBLEM_STATES[problem.state]),
        pane_url=reverse("desk:problem_answer", args=[problem.pk]),
        severity=0,
        since=problem.answered_at,
        status=str(PROBLEM_STATES[problem.state]),
    )


def _load(*, actor: Actor, scope: str, now: datetime, limit: int) -> Sequence[InboxItem]:
    del now
    if scope != "mine":
        return []
    return [_item(problem) for problem in unread_answers(actor=actor, limit=limit)]


def _find(*, actor: Actor, ref: int, now: datetime) -> InboxItem | None:
    del now
    problem = own_problem(actor=actor, problem_id=ref)
    return _item(problem) if problem is not None else None


ANSWERS = QueueSource(
    key="problems",
    label=gettext_lazy("Answers to your reports"),
    permission="interactions.view",
    load=_load,
    find=_find,
    order=90,
    topics=("problems",),
    sorted_by=pgettext_lazy("inbox order", "longest first"),
)
