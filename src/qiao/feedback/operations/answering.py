"""The company's answer to a suggestion: to its author alone, or to everybody once a second person
agreed; the author and all who follow are told."""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from qiao.cases.operations import note_suggestion
from qiao.core.actor import Actor
from qiao.core.approvals import request_approval
from qiao.core.models import Approval
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.feedback.models import Suggestion, SuggestionAnswer
from qiao.feedback.models.suggestions import FINISHED
from qiao.feedback.operations.suggestions import SuggestionRefused, keep, locked, note
from qiao.feedback.queries.suggestions import Told, told_of
from qiao.feedback.rules.suggestions import OUTCOMES
from qiao.messaging.operations import Receiver, Sending, Words, queue_messages

KIND: Final = "suggestion.answer"
ANSWER_LENGTH: Final = 2_000
CHANNELS: Final = ("email",)


def answer(
    *,
    suggestion_id: int,
    text: str,
    outcome: str,
    is_public: bool,
    actor: Actor,
    now: datetime,
) -> SuggestionAnswer:
    """Write an answer: a private one is given at once, a public one waits for a second person.

    `outcome` is the state that the suggestion takes with it. Raises `Forbidden`, `BadText`,
    `SuggestionRefused`.
    """
    row = locked(suggestion_id, actor)
    if outcome not in OUTCOMES or row.joined_into_id is not None:
        raise SuggestionRefused("state")
    if row.answers.filter(state="pending").exists():
        raise SuggestionRefused("pending")
    if is_public and row.screening != Suggestion.Screening.PUBLIC:
        raise SuggestionRefused("not_public")
    assert actor.staff_id is not None
    made = SuggestionAnswer.objects.create(
        suggestion=row,
        text=clean(text, field="text", max_length=ANSWER_LENGTH, required=True),
        is_public=is_public,
        outcome=outcome,
        state=SuggestionAnswer.State.PENDING if is_public else SuggestionAnswer.State.GIVEN,
        written_at=now,
        written_by_id=actor.staff_id,
        given_at=None if is_public else now,
    )
    if not is_public:
        _give(row, made, actor, now)
        return made
    note(row, "answer_proposed", {"answer": made.pk}, actor, now)
    request_approval(
        kind=KIND,
        subject_id=row.pk,
        organisation_id=row.organisation_id,
        payload={"answer": made.pk},
        reason=row.number,
        actor=actor,
        now=now,
    )
    return made


def publish_answer(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """Everybody may read it; who waits for it is told.

    Where the suggestion was taken from the public in the meantime, its author alone is answered.
    """
    made = _asked(approval)
    made.is_public = made.suggestion.screening == Suggestion.Screening.PUBLIC
    made.state, made.given_at = SuggestionAnswer.State.GIVEN, now
    made.save(update_fields=["is_public", "state", "given_at"])
    _give(made.suggestion, made, actor, now)


def refuse_answer(*, approval: Approval, actor: Actor, now: datetime) -> None:
    """The second person did not agree: it is written anew."""
    made = _asked(approval)
    made.state = SuggestionAnswer.State.REFUSED
    made.save(update_fields=["state"])
    note(made.suggestion, "answer_refused", {"answer": made.pk}, actor, now)


def _asked(approval: Approval) -> SuggestionAnswer:
    required()
    Suggestion.objects.select_for_update().get(pk=approval.subject_id)
    return SuggestionAnswer.objects.select_related("suggestion").get(pk=approval.payload["answer"])


def _give(row: Suggestion, made: SuggestionAnswer, actor: Actor, now: datetime) -> None:
    row.state, row.answered_at = made.outcome, now
    row.finished_at = now if made.outcome in FINISHED else None
    keep(row)
    told = told_of(row, everybody=made.is_public)
    made.told_count = _tell(row, made, told, actor, now)
    made.save(update_fields=["told_count"])
    note(row, "answered", {"answer": made.pk, "told": made.told_count}, actor, now)
    for case_id in told.case_ids:
        note_suggestion(
            case_id=case_id,
            kind="suggestion_answered",
            data={"number": row.number, "text": made.text},
            actor=actor,
            now=now,
        )


def _tell(row: Suggestion, made: SuggestionAnswer, told: Told, actor: Actor, now: datetime) -> int:
    """How many messages wait to be sent. A second address of one person is not told twice."""
    count = 0
    title = row.public_title if made.is_public else row.title
    known = [
        Receiver(customer_id=customer_id, subject_id=row.pk) for customer_id in told.customer_ids
    ]
    strangers = [
        Receiver(address=each.email, language=each.language, values={"link": each.page_url})
        for each in told.strangers
    ]
    for receivers in (known, strangers):
        if not receivers:
            continue
        sending = Sending(
            organisation_id=row.organisation_id,
            kind="suggestion",
            texts=_texts(linked=receivers is strangers),
            subject_kind="suggestion",
            channels=CHANNELS,
            values={"title": title, "answer": made.text, "number": row.number, "link": ""},
            key=f"suggestion:{row.pk}:{made.pk}",
            reference=row.number,
        )
        queued = queue_messages(sending=sending, receivers=receivers, actor=actor, now=now)
        count += len(queued.message_ids)
    return count


def _texts(*, linked: bool) -> dict[str, Words]:
    texts = {}
    for key in ("en", "zh-Hans", "zh-Hant"):
        with override(key.lower()):
            body = _(
                "You suggested or followed: {title}\n\nOur answer:\n\n{answer}\n\n{organisation}"
            )
            end = "\n{link}" if linked else ""
            texts[key] = Words(_("Answer to a suggestion: {title}"), f"{body}{end}")
    return texts
