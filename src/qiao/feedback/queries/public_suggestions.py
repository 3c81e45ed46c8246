"""What anybody may read of suggestions: words that a person passed, state, voices, answers."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef

from qiao.core.rules.grams import normalise
from qiao.feedback.models import Suggestion, SuggestionAnswer, SuggestionVote
from qiao.feedback.models.suggestions import FINISHED
from qiao.feedback.queries.paging import page_of

PAGE: Final = 20
ORDERS: Final = ("votes", "new", "answered")


@dataclass(frozen=True, slots=True)
class PublicSuggestion:
    """A suggestion as the public sees it; nothing else of the row leaves the house."""

    number: str
    title: str
    text: str
    language: str
    state: str
    category: str
    votes: int
    received_date: date
    target_date: date | None
    answers: tuple[tuple[str, date], ...] = ()
    voted: bool = False

    @property
    def is_finished(self) -> bool:
        """Whether the company has said its last word."""
        return self.state in FINISHED


def _shown(row: Suggestion, **more: Any) -> PublicSuggestion:
    return PublicSuggestion(
        number=row.number,
        title=row.public_title,
        text=row.public_text,
        language=row.language,
        state=row.state,
        category=row.category,
        votes=row.votes,
        received_date=row.received_date,
        target_date=row.target_date,
        **more,
    )


def public_list(
    *, text: str = "", order: str = "votes", category: str = "", voter: str = "", after: str = ""
) -> tuple[list[PublicSuggestion], str]:
    """A page of the list and the cursor of the next, empty at the end.

    `order` is ``votes``, ``new`` or ``answered`` (only those that have a public answer).
    """
    rows = Suggestion.objects.public()
    if category in Suggestion.Category.values:
        rows = rows.filter(category=category)
    folded = normalise(text[:80])
    if text.strip():
        rows = rows.filter(public_folded__contains=folded) if folded else rows.none()
    if order == "answered":
        given = SuggestionAnswer.objects.filter(
            suggestion=OuterRef("pk"), state="given", is_public=True
        )
        rows = rows.filter(Exists(given), answered_at__isnull=False)
    key = {"new": "received_at", "answered": "answered_at"}.get(order, "votes")
    page, following = page_of(rows, key=key, size=PAGE, after=after, newest_first=True)
    mine = voted_among(voter=voter, ids=[row.pk for row in page])
    return [_shown(row, voted=row.pk in mine) for row in page], following


def voted_among(*, voter: str, ids: list[int]) -> set[int]:
    """For which of these the visitor gave a voice, also to a duplicate of one."""
    if not voter or not ids:
        return set()
    own = SuggestionVote.objects.filter(voter=voter).values_list("suggestion_id", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT feedback_suggestion_root(x) FROM unnest(%s::bigint[]) AS x", [list(own)]
        )
        roots = {pk for (pk,) in cursor.fetchall()}
    return roots & set(ids)


def public_row(number: str) -> Suggestion | None:
    """The row behind a public number; a duplicate leads to the one that stands for it."""
    row = Suggestion.objects.filter(number=number, screening="public").first()
    if row is None or row.joined_into_id is None:
        return row
    with connection.cursor() as cursor:
        cursor.execute("SELECT feedback_suggestion_root(%s)", [row.pk])
        (root,) = cursor.fetchone()
    return Suggestion.objects.public().filter(pk=root).first()


def public_page(row: Suggestion, *, voter: str) -> PublicSuggestion:
    """One with its public answers, the newest first."""
    answers = SuggestionAnswer.objects.filter(
        suggestion=row, state="given", is_public=True
    ).order_by("-given_at")
    return _shown(
        row,
        answers=tuple((each.text, each.given_at) for each in answers),
        voted=row.pk in voted_among(voter=voter, ids=[row.pk]),
    )
