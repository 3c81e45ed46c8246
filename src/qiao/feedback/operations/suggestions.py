"""Suggestions: taken in, screened, decided, joined and taken apart, voted for, followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.operations import note_suggestion
from qiao.cases.queries import get_case_for
from qiao.core.actor import Actor
from qiao.core.numbering import next_number
from qiao.core.rules.grams import normalise
from qiao.core.rules.phones import try_normalise
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.feedback.models import Suggestion, SuggestionEvent, SuggestionVote
from qiao.feedback.rules.suggestions import STEPS, pieces_of
from qiao.staff.queries import local_days

PREFIX: Final = "JY"
ENTER, WORK = "suggestions.enter", "suggestions.work"
TITLE_LENGTH: Final = 80
TEXT_LENGTH: Final = 2_000
NAME_LENGTH: Final = 60
EMAIL_LENGTH: Final = 254
State, Screening = Suggestion.State, Suggestion.Screening


class SuggestionRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be done now. `reason`: ``state``, ``screened``, ``unscreened``, ``itself``,
    ``joined``, ``not_joined``, ``case_known``, ``pending``, ``nobody`` or ``not_public``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody suggests, and how they can be told. `voter` is the key of a visitor."""

    organisation_id: int
    source: str
    title: str
    text: str
    language: str
    category: str = "other"
    customer_id: int | None = None
    case_id: int | None = None
    name: str = ""
    phone: str = ""
    email: str = ""
    voter: str = ""


def take_suggestion(*, wish: Wish, actor: Actor | None, now: datetime) -> Suggestion:
    """Keep a suggestion; it is nowhere public before somebody passed it.

    Without an actor it comes from the public page. The author's own voice counts as a vote.
    Raises `BadText`, `Forbidden`.
    """
    required()
    if actor is not None:
        actor.require(ENTER, wish.organisation_id)
    today = local_days(now)[wish.organisation_id]
    title = clean(wish.title, field="title", max_length=TITLE_LENGTH, one_line=True, required=True)
    text = clean(wish.text, field="text", max_length=TEXT_LENGTH, required=True)
    phone = clean(wish.phone, field="phone", max_length=40, one_line=True)
    row = Suggestion.objects.create(
        number=next_number(prefix=PREFIX, day=today),
        organisation_id=wish.organisation_id,
        source=wish.source,
        category=wish.category,
        language=wish.language,
        title=title,
        text=text,
        customer_id=wish.customer_id,
        case_id=wish.case_id,
        contact_name=clean(wish.name, field="name", max_length=NAME_LENGTH, one_line=True),
        contact_phone=try_normalise(phone) or phone,
        contact_email=clean(wish.email, field="email", max_length=EMAIL_LENGTH, one_line=True),
        received_at=now,
        received_date=today,
        received_by_id=actor.staff_id if actor else None,
        folded=normalise(f"{title} {text}"),
        grams=pieces_of(title, text),
    )
    note(row, "received", {"source": wish.source}, actor, now)
    own = f"c{wish.customer_id}" if wish.customer_id else wish.voter or f"s{row.pk}"
    vote(suggestion_id=row.pk, voter=own, customer_id=wish.customer_id, now=now)
    return row


def suggest_from_case(
    *, case_id: int, title: str, text: str, language: str, actor: Actor, now: datetime
) -> Suggestion:
    """Make a suggestion of a case; both say so.

    Raises `NotVisible`, `Forbidden`, `BadText`, `SuggestionRefused` where there is one already.
    """
    required()
    case = get_case_for(actor=actor, case_id=case_id)
    if Suggestion.objects.filter(case_id=case_id).exists():
        raise SuggestionRefused("case_known")
    wish = Wish(
        organisation_id=case.organisation_id,
        source=Suggestion.Source.CASE,
        title=title,
        text=text,
        language=language,
        customer_id=case.customer_id,
        case_id=case.pk,
        name=case.caller_name,
        phone=case.caller_phone,
    )
    row = take_suggestion(wish=wish, actor=actor, now=now)
    note_suggestion(
        case_id=case.pk, kind="suggestion_made", data={"number": row.number}, actor=actor, now=now
    )
    return row


def screen(
    *,
    suggestion_id: int,
    verdict: str,
    title: str,
    text: str,
    category: str,
    actor: Actor,
    now: datetime,
) -> Suggestion:
    """A person decides whether everybody may read it, and in which words.

    `verdict` is ``public``, ``private`` or ``spam``; `title` and `text` are the words for
    everybody. May be decided again. Raises `Forbidden`, `BadText`, `SuggestionRefused`.
    """
    row = locked(suggestion_id, actor)
    row.screening = Screening(verdict)
    row.category = category
    if verdict == Screening.PUBLIC:
        row.public_title = clean(
            title, field="title", max_length=TITLE_LENGTH, one_line=True, required=True
        )
        row.public_text = clean(text, field="text", max_length=TEXT_LENGTH, required=True)
        row.public_folded = normalise(f"{row.public_title} {row.public_text} {row.number}")
    else:
        row.public_title = row.public_text = row.public_folded = ""
    keep(row)
    note(row, "screened", {"verdict": str(verdict)}, actor, now)
    return row


def decide(
    *,
    suggestion_id: int,
    state: str,
    owner_id: int | None,
    target_date: date | None,
    actor: Actor,
    now: datetime,
) -> Suggestion:
    """Say who has it, by when, and how far it is; an end needs an answer (`answering.answer`).

    Raises `Forbidden`, `SuggestionRefused`.
    """
    row = locked(suggestion_id, actor)
    if row.state in STEPS and state != row.state and state not in STEPS[row.state]:
        raise SuggestionRefused("state")
    if row.state not in STEPS:
        raise SuggestionRefused("state")
    before = row.state
    row.state, row.owner_id, row.target_date = State(state), owner_id, target_date
    keep(row)
    data = {"from": before, "to": state, "owner": owner_id, "until": str(target_date or "")}
    note(row, "decided", data, actor, now)
    return row


def join(*, suggestion_id: int, into_id: int, actor: Actor, now: datetime) -> Suggestion:
    """Let another suggestion stand for this one: its voices and followers count there from now on.

    Nothing is rewritten, so that `part` restores everything. Raises `Forbidden`,
    `SuggestionRefused`.
    """
    required()
    if suggestion_id == into_id:
        raise SuggestionRefused("itself")
    rows = _both(suggestion_id, into_id)
    if len(rows) != len({suggestion_id, into_id}):
        raise SuggestionRefused("nobody")
    row, into = rows[suggestion_id], rows[into_id]
    for each in (row, into):
        actor.require(WORK, each.organisation_id)
    if row.joined_into_id is not None or into.joined_into_id is not None:
        raise SuggestionRefused("joined")
    if row.screening == Screening.WAITING:
        raise SuggestionRefused("unscreened")
    row.joined_into = into
    keep(row)
    note(row, "joined", {"number": into.number, "id": into.pk}, actor, now)
    note(into, "took_in", {"number": row.number, "id": row.pk}, actor, now)
    return into


def _both(one_id: int, other_id: int) -> dict[int, Suggestion]:
    """Two suggestions, locked in the order of their ids: nobody waits for another in a circle."""
    rows = Suggestion.objects.select_for_update().filter(pk__in=(one_id, other_id))
    return {row.pk: row for row in rows.order_by("pk")}


def part(*, suggestion_id: int, actor: Actor, now: datetime) -> Suggestion:
    """Take a duplicate apart again: it stands for itself as before.

    Raises `Forbidden`, `SuggestionRefused`.
    """
    required()
    known = Suggestion.objects.values_list("joined_into_id", flat=True).get(pk=suggestion_id)
    rows = _both(suggestion_id, known or suggestion_id)
    row = rows[suggestion_id]
    actor.require(WORK, row.organisation_id)
    if row.joined_into_id is None or row.joined_into_id not in rows:
        raise SuggestionRefused("not_joined")
    into = rows[row.joined_into_id]
    row.joined_into = None
    keep(row)
    note(row, "parted", {"number": into.number, "id": into.pk}, actor, now)
    note(into, "gave_back", {"number": row.number, "id": row.pk}, actor, now)
    return row


def vote(*, suggestion_id: int, voter: str, customer_id: int | None = None, now: datetime) -> bool:
    """Add a voice; False where this voter has one already. Triggers keep the count."""
    required()
    _row, made = SuggestionVote.objects.get_or_create(
        suggestion_id=suggestion_id, voter=voter, defaults={"customer_id": customer_id, "at": now}
    )
    return made


def unvote(*, suggestion_id: int, voter: str) -> bool:
    """Take a voice back, given to this one or to a duplicate of it."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM feedback_suggestionvote WHERE voter = %s"
            " AND suggestion_id = ANY(feedback_suggestion_held_as(%s))",
            [voter, suggestion_id],
        )
        return bool(cursor.rowcount)


def fold_suggestion_counts() -> int:
    """Fold the changes of kept counts into the counts. Returns how many changes there were."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT feedback_fold_suggestion_counts()")
        (count,) = cursor.fetchone()
    return int(count)


def locked(suggestion_id: int, actor: Actor) -> Suggestion:
    required()
    row = Suggestion.objects.select_for_update().get(pk=suggestion_id)
    actor.require(WORK, row.organisation_id)
    return row


def keep(row: Suggestion) -> None:
    """Write what changed here; `votes` belongs to the triggers."""
    row.version += 1
    row.save(
        update_fields=[
            "screening", "category", "public_title", "public_text", "public_folded", "state",
            "owner", "target_date", "joined_into", "answered_at", "finished_at", "version",
        ]
    )  # fmt: skip


def note(
    row: Suggestion, kind: str, data: Mapping[str, Any], actor: Actor | None, now: datetime
) -> None:
    SuggestionEvent.objects.create(
        suggestion=row,
        seq=row.events.count() + 1,
        kind=kind,
        at=now,
        actor_id=actor.staff_id if actor else None,
        data=dict(data),
    )
