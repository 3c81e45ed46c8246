"""Follow-ups in words: rows of the list, the form, what a customer said."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.core.actor import Actor
from qiao.core.rules import phones
from qiao.core.wording import from_names
from qiao.customers.queries import number_to_call
from qiao.feedback.models import Evaluation, FollowUp, FollowUpAttempt, Rating
from qiao.feedback.queries import Progress, progress_of

ICONS = {
    "very_satisfied": "mood-happy",
    "satisfied": "mood-smile",
    "fairly_satisfied": "mood-empty",
    "not_satisfied": "mood-sad",
    "unreached": "phone-off",
}
TONES = {
    "very_satisfied": "ok",
    "satisfied": "ok",
    "fairly_satisfied": "warn",
    "not_satisfied": "bad",
    "unreached": "",
}
OUTCOME_ICONS = {
    "reached": "phone-check",
    "no_answer": "phone-off",
    "busy": "phone-pause",
    "wrong_number": "phone-x",
    "refused": "hand-stop",
}


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline for the tag ``sla``."""

    due_at: datetime
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A follow-up as rows and heads show it."""

    row: FollowUp
    who: str
    tier: str
    case_title: str
    type_name: str
    due: Due | None
    result: str
    result_tone: str
    result_icon: str
    review: Evaluation | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """One rating: its key, word, tone and face."""

    key: str
    label: str
    tone: str
    icon: str


def show(row: FollowUp, *, review: Evaluation | None = None) -> Shown:
    """One follow-up in words; `review` is the evaluation of its case as far as it may be seen."""
    case: Any = row.case
    customer = case.customer
    open_due = row.due_at if row.finished_at is None else None
    key = row.rating or row.state
    return Shown(
        row=row,
        who=customer.name if customer else case.caller_name or _("Unknown person"),
        tier=customer.tier if customer else "",
        case_title=case.title,
        type_name=from_names(case.case_type.names),
        due=Due(open_due, min(row.opened_at, open_due)) if open_due else None,
        result=rating_word(key) if row.rating else str(row.get_state_display()),
        result_tone=TONES.get(key, ""),
        result_icon=ICONS.get(key, "phone"),
        review=review,
    )


def rating_word(key: str) -> str:
    """The word for a rating."""
    return str(Rating(key).label) if key in Rating.values else ""


def said_of(row: FollowUp) -> str:
    """What the customer said in short: the rating, and that the matter is not solved where so."""
    unsolved = _("not solved") if row.resolved is False else ""
    return " · ".join(filter(None, (rating_word(row.rating), unsolved)))


def marks() -> list[Mark]:
    """The four ratings, best first."""
    return [Mark(key, str(label), TONES[key], ICONS[key]) for key, label in Rating.choices]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the form of one follow-up shows."""

    shown: Shown
    progress: Progress
    attempts: list[tuple[FollowUpAttempt, str]]
    phone: str
    phone_shown: str
    key: str


def desk_of(row: FollowUp, actor: Actor, now: datetime) -> Desk:
    """The follow-up with its attempts, and the number to call for those who may see it."""
    progress = progress_of(follow_up=row, now=now)
    case: Any = row.case
    may = actor.can_in("customers.contact", row.organisation_id)
    phone = _phone(case) if may else ""
    return Desk(
        shown=show(row),
        progress=progress,
        attempts=[(a, OUTCOME_ICONS.get(a.outcome, "phone")) for a in progress.attempts],
        phone=phone.partition(";")[0],
        phone_shown=phones.display(phone, get_language() or "en") if phone else "",
        key=str(uuid.uuid4()),
    )


def _phone(case: Any) -> str:
    return number_to_call(customer_id=case.customer_id, preferred=case.caller_phone or "")


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a distribution: its mark, count and percent of all."""

    mark: Mark
    n: int
    percent: int


def bars(counts: Mapping[str, int]) -> list[Bar]:
    """The distribution of ratings, best first."""
    total = sum(counts.values())
    return [
        Bar(mark, counts.get(mark.key, 0), round(100 * counts.get(mark.key, 0) / total))
        for mark in marks()
        if total
    ]
