"""Evaluations as people read them: answers, questions, states, refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.actor import Forbidden
from qiao.core.manifest import Story, StoryLine
from qiao.core.ui.moments import duration
from qiao.core.wording import from_names
from qiao.feedback.models import Evaluation, EvaluationAnswer
from qiao.feedback.rules.score_cards import Card, Question
from qiao.feedback.rules.scoring import NOT_APPLICABLE, Score

STATE_TONES: Final = {
    "open": "warn", "done": "info", "released": "pri", "seen": "ok", "appealed": "bad",
    "decided": "ok", "dropped": "",
}  # fmt: skip
GOOD: Final = 85
FAIR: Final = 70
LONG_SECONDS: Final = 4 * 3600


def tone_of(score: float | None) -> str:
    """The colour of a score."""
    if score is None:
        return ""
    if score >= GOOD:
        return "ok"
    return "warn" if score >= FAIR else "bad"


def answer_words(question: Question, value: str) -> str:
    """An answer in words."""
    if value == NOT_APPLICABLE:
        return _("Not applicable")
    if question.kind == "yes_no":
        return _("Yes") if value == "1" else _("No")
    return f"{value}/{question.most}"


def effect_words(question: Question) -> str:
    """What a failure does; nothing for most questions."""
    return {
        "critical": pgettext("score card", "Critical"),
        "fatal": pgettext("score card", "Fatal"),
    }.get(question.effect, "")


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that may be given."""

    value: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the page, with its answer as far as there is one."""

    key: str
    number: int
    name: str
    guide: str
    effect: str
    weight: int
    choices: tuple[Choice, ...]
    value: str
    answer: str
    first_answer: str
    failed: bool
    comment: str
    entry_seq: int | None
    objection: Mapping[str, str]
    decided_answer: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class AskedSection:
    """A section on the page with what it is worth."""

    name: str
    weight: int
    worth: float | None
    questions: tuple[Asked, ...]


def choices_of(question: Question, value: str) -> tuple[Choice, ...]:
    """Every answer that a question takes, the best first."""
    numbers = range(question.most, question.least - 1, -1)
    values = [str(number) for number in numbers]
    if question.may_not_apply:
        values.append(NOT_APPLICABLE)
    return tuple(
        Choice(
            each,
            each if question.kind != "yes_no" and each != NOT_APPLICABLE
            else answer_words(question, each),
            each == value,
        )
        for each in values
    )  # fmt: skip


def asked_sections(
    card: Card,
    *,
    answers: Mapping[str, Mapping[str, Any]],
    worth: Score,
    points: Mapping[str, Mapping[str, str]],
    errors: Mapping[str, str],
) -> list[AskedSection]:
    """The card as the page shows it. `answers` hold ``value``, ``first``, ``comment``, ``entry``
    and ``failed`` by question, `points` the objections of an appeal."""
    number = 0
    found = []
    for section in card.sections:
        questions = []
        for question in section.questions:
            number += 1
            given = answers.get(question.key, {})
            questions.append(_asked(question, number, given, points.get(question.key, {}), errors))
        found.append(
            AskedSection(
                from_names(section.names, section.key),
                section.weight,
                worth.sections.get(section.key),
                tuple(questions),
            )
        )
    return found


def _asked(
    question: Question,
    number: int,
    given: Mapping[str, Any],
    point: Mapping[str, str],
    errors: Mapping[str, str],
) -> Asked:
    value = str(given.get("value") or "")
    first = str(given.get("first") or "")
    decided = point.get("value", "")
    return Asked(
        key=question.key,
        number=number,
        name=from_names(question.names, question.key),
        guide=from_names(question.guide),
        effect=effect_words(question),
        weight=question.weight,
        choices=choices_of(question, value),
        value=value,
        answer=answer_words(question, value) if value else "",
        first_answer=answer_words(question, first) if first else "",
        failed=bool(given.get("failed")),
        comment=str(given.get("comment") or ""),
        entry_seq=given.get("entry"),
        objection=point,
        decided_answer=answer_words(question, decided) if decided else "",
        error=errors.get(question.key, ""),
    )


def answers_of(row: Evaluation) -> dict[str, dict[str, Any]]:
    """Answers by question: those that were given, or those of the draft."""
    if row.finished_at is None:
        return dict(row.draft.get("answers", {}))
    return {answer.question: _given(answer) for answer in row.answers.all()}


def _given(answer: EvaluationAnswer) -> dict[str, Any]:
    return {
        "value": answer.value,
        "first": answer.first_value,
        "comment": answer.comment,
        "entry": answer.entry_seq,
        "failed": answer.failed,
    }


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the story with its place in it, from 1, and the time since the one before."""

    line: StoryLine
    gap: str
    is_long: bool
    place: int


def told(story: Story) -> list[Told]:
    """The story with the durations between its lines."""
    found = []
    before = None
    for place, line in enumerate(story.lines, start=1):
        seconds = (line.at - before).total_seconds() if before else 0
        gap = duration(seconds) if seconds else ""
        found.append(Told(line, gap, seconds >= LONG_SECONDS, place))
        before = line.at
    return found


def refusal_words(refusal: Exception) -> str:
    """Why it is not possible now."""
    if isinstance(refusal, Forbidden):
        return _("You may not do this in this unit.")
    return {
        "state": _("Somebody else has moved it on meanwhile."),
        "unanswered": _("Some questions are not answered yet."),
        "explain": _("A failed critical or fatal question needs a comment."),
        "entry": _("The history has no such entry."),
        "late": _("The time to appeal is over."),
        "nothing": _("Say against which answer the appeal is."),
        "own": _("Nobody releases the evaluation of his own work."),
        "oneself": _("Nobody coaches himself."),
        "days": _("This day lies in the past."),
        "done": _("This coaching is done already."),
        "question": _("The card has no such question."),
        "amount": _("How many: 1 to 20 of each person, or 1 to 100 percent."),
        "team": _("This team does not belong to the unit."),
        "person": _("This person does not belong to the unit."),
        "card": _("There is no such score card."),
        "no_draft": _("There is no draft."),
        "faults": _("The draft has faults."),
    }.get(str(refusal), _("This is not possible now."))


def titles(rows: Sequence[Evaluation]) -> list[dict[str, Any]]:
    """Rows of a list."""
    return [
        {
            "row": row,
            "card": from_names(row.version_of_card.card.names, row.version_of_card.card.key),
            "unit": from_names(row.organisation.names, row.organisation.name),
            "state_tone": STATE_TONES[row.state],
            "tone": tone_of(row.score),
        }
        for row in rows
    ]


def span_of(story: Story) -> str:
    """From the first to the last line."""
    if not story.lines:
        return ""
    return duration((story.lines[-1].at - story.lines[0].at).total_seconds())
