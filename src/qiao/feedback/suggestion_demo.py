"""Suggestions of the demo world, as customers of a water utility write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qiao.core import approvals
from qiao.core.actor import Actor
from qiao.core.demo import Finding, World
from qiao.core.demo_audit import ask, none_of
from qiao.core.models import Approval
from qiao.feedback.models import Suggestion, SuggestionVote
from qiao.feedback.operations.answering import KIND, answer, publish_answer
from qiao.feedback.operations.suggestions import (
    Wish,
    decide,
    fold_suggestion_counts,
    join,
    screen,
    take_suggestion,
)
from qiao.feedback.rules.suggestions import masked
from qiao.feedback.suggestion_texts import DemoWish, wishes
from qiao.staff.queries import actor_by_number, company_id, local_days

WRITER: Final = "1502"
SECOND: Final = "4001"
DAYS: Final = 9  # between one suggestion and the next


@dataclass(frozen=True, slots=True)
class _Cast:
    company: int
    writer: Actor
    second: Actor


def build(world: World) -> None:
    """A year of suggestions: screened, joined, planned, answered; the newest still wait."""
    company = company_id()
    day = local_days(world.now)[company]
    cast = _Cast(company, actor_by_number(WRITER, day=day), actor_by_number(SECOND, day=day))
    chance = world.random("suggestions")
    made: dict[str, Suggestion] = {}
    every = wishes()
    for place, wish in enumerate(every):
        days = (len(every) - place) * DAYS - chance.randrange(DAYS - 1)
        at = world.now - timedelta(days=days - 1, hours=chance.randrange(1, 9))
        row = _take(wish, cast, at)
        made[wish.title] = row
        if wish.state == "waiting":
            continue
        _work(row, wish, made, cast, at)
        SuggestionVote.objects.bulk_create(
            SuggestionVote(suggestion=row, voter=f"vdemo{chance.randrange(10**9)}-{n}", at=at)
            for n in range(wish.voices)
        )
    fold_suggestion_counts()


def _take(wish: DemoWish, cast: _Cast, at: datetime) -> Suggestion:
    return take_suggestion(
        wish=Wish(
            organisation_id=cast.company,
            source=wish.source,
            title=wish.title,
            text=wish.text,
            language=wish.language,
            category=wish.category,
            name=wish.name,
            voter=f"vdemo-{wish.name}" if wish.name else "",
        ),
        actor=None if wish.source == "page" else cast.writer,
        now=at,
    )


def _work(
    row: Suggestion, wish: DemoWish, made: dict[str, Suggestion], cast: _Cast, at: datetime
) -> None:
    day = timedelta(days=1)
    screen(
        suggestion_id=row.pk,
        verdict="public",
        title=masked(wish.title),
        text=masked(wish.text),
        category=wish.category,
        actor=cast.writer,
        now=at + day / 4,
    )
    if wish.same_as:
        into = made[wish.same_as]
        join(suggestion_id=row.pk, into_id=into.pk, actor=cast.writer, now=at + day / 3)
        return
    if wish.state == "received":
        return
    state = "planned" if wish.state in ("planned", "done") else "examined"
    decide(
        suggestion_id=row.pk,
        state=state,
        owner_id=cast.writer.person_id,
        target_date=(at + 60 * day).date(),
        actor=cast.writer,
        now=at + day / 2,
    )
    if wish.answer:
        _answer(row, wish.answer, wish.state, cast, at + day * 3 / 4)


def _answer(row: Suggestion, text: str, outcome: str, cast: _Cast, at: datetime) -> None:
    answer(
        suggestion_id=row.pk,
        text=text,
        outcome=outcome,
        is_public=True,
        actor=cast.writer,
        now=at,
    )
    asked = Approval.objects.get(kind=KIND, subject_id=row.pk, state=Approval.State.PENDING)
    later = at + timedelta(hours=4)
    approvals.decide(approval_id=asked.pk, approve=True, note="", actor=cast.second, now=later)
    publish_answer(approval=asked, actor=cast.second, now=later)


_COUNTED = """
SELECT count(*) FROM feedback_suggestion WHERE votes <> feedback_suggestion_votes(id)
"""


def audit() -> Sequence[Finding]:
    """Voices are counted right, and what is answered has an answer."""
    ((every, joined),) = ask("SELECT count(*), count(joined_into_id) FROM feedback_suggestion")
    return [
        Finding("suggestions", f"{every} ({joined} joined)", "any", ok=True),
        none_of("suggestions whose voices are counted wrong", _COUNTED),
    ]
