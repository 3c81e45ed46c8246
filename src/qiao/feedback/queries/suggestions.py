"""Reading suggestions inside the house: lists with kept counts, duplicates, who is to be told."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.http import Http404

from qiao.core.actor import Actor
from qiao.core.kept import Ask, KeptCounts
from qiao.core.rules.grams import normalise, term_grams
from qiao.feedback.models import Suggestion, SuggestionEvent, SuggestionFollower
from qiao.feedback.queries.paging import page_of
from qiao.feedback.rules.suggestions import (
    LIKE,
    compared_pieces,
    likeness,
    shared_words,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

VIEW = "suggestions.view"
PAGE: Final = 40
PROPOSED: Final = 5
CANDIDATES: Final = 24
KEPT: Final = KeptCounts("feedback_suggestioncount", "feedback_suggestioncountchange")
VIEWS: Final = (
    "waiting", "received", "examined", "planned", "done", "declined", "answered", "all"
)  # fmt: skip


class NoSuggestion(Http404):
    """No such suggestion, or none that the actor may see: outsiders cannot tell."""


@dataclass(frozen=True, slots=True)
class Like:
    """Another suggestion that is perhaps the same: how alike, 0 to 100, and the words of both."""

    row: Suggestion
    percent: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of an answer: customers by their file, strangers by their address, and cases."""

    customer_ids: tuple[int, ...]
    strangers: tuple[SuggestionFollower, ...]
    case_ids: tuple[int, ...]


def get_suggestion_for(*, actor: Actor, suggestion_id: int, permission: str = VIEW) -> Suggestion:
    """One with its unit, owner, customer and case. Raises `NoSuggestion`."""
    rows = Suggestion.objects.select_related(
        "organisation", "owner", "customer", "case", "joined_into", "received_by"
    )
    found = rows.filter(
        pk=suggestion_id, organisation_id__in=actor.organisations(permission)
    ).first()
    if found is None:
        raise NoSuggestion(str(suggestion_id))
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list shows; empty means all."""

    view: str = "waiting"
    text: str = ""
    category: str = ""
    source: str = ""
    order: str = "new"


def list_suggestions(
    *, actor: Actor, asked: Asked, after: str = ""
) -> tuple[list[Suggestion], str]:
    """A page of a view, and the cursor of the next, empty at the end."""
    rows = Suggestion.objects.visible_to(actor).select_related("organisation", "owner")
    if asked.view == "waiting":
        rows = rows.filter(screening="waiting")
    else:
        rows = rows.filter(joined_into__isnull=True).exclude(screening="spam")
        rows = rows if asked.view == "all" else rows.filter(state=asked.view)
    for name in ("category", "source"):
        if getattr(asked, name):
            rows = rows.filter(**{name: getattr(asked, name)})
    found = _searched(rows, asked.text, "folded")
    key = "votes" if asked.order == "votes" else "received_at"
    return page_of(found, key=key, size=PAGE, after=after, newest_first=asked.order != "old")


def _searched(rows: "QuerySet[Suggestion]", text: str, column: str) -> "QuerySet[Suggestion]":
    term = text.strip()[:80]
    if not term:
        return rows
    if term.upper().startswith("JY") and term[2:].isalnum():
        return rows.filter(number=term.upper())
    pieces = term_grams(term, singles=False)
    if not pieces:
        return rows.none()
    found = rows.filter(**{f"{column}__contains": normalise(term)})
    return (
        found
        if len(normalise(term)) < 2 or column != "folded"
        else found.filter(grams__contains=pieces)
    )


def state_counts(*, actor: Actor) -> dict[str, int]:
    """Kept counts by view."""
    sums = KEPT.read(
        Ask(("state", "screening", "joined")),
        organisations=sorted(actor.organisations(VIEW)),
    )
    states = {state: sums.of("state", state) for state in Suggestion.State.values}
    return {
        **states,
        "waiting": sums.of("screening", "waiting"),
        "all": sum(states.values()),
        "joined": sums.of("joined", ""),
    }


_CANDIDATES = """
SELECT s.id, s.title, s.text
  FROM feedback_suggestion s
 WHERE s.grams && %(rare)s::text[] AND s.id <> %(own)s AND s.joined_into_id IS NULL
   AND s.screening <> 'spam' AND s.organisation_id = ANY(%(organisations)s)
 ORDER BY cardinality(array(
        SELECT unnest(s.grams) INTERSECT SELECT unnest(%(grams)s::text[]))) DESC, s.id
 LIMIT %(limit)s
"""
_FREQUENCIES = """
SELECT p, (SELECT count(*) FROM feedback_suggestion s WHERE s.grams @> string_to_array(g, ' '))
  FROM unnest(%(pieces)s::text[], %(grams)s::text[]) AS of_piece(p, g)
"""


def likely_same(*, row: Suggestion, actor: Actor) -> list[Like]:
    """Suggestions that say perhaps the same, the likest first: for a person to decide."""
    candidates = {
        pk: (title, text, compared_pieces(title, text))
        for pk, title, text in _candidates(row, sorted(actor.organisations(VIEW)))
    }
    own = compared_pieces(row.title, row.text)
    often = _often(own.union(*(pieces for _title, _text, pieces in candidates.values())))
    every = Suggestion.objects.count()
    scored = sorted(
        (likeness(own, pieces, often=often, every=every), pk)
        for pk, (_title, _text, pieces) in candidates.items()
    )
    best = [(score, pk) for score, pk in scored if score >= LIKE][-PROPOSED:][::-1]
    rows = Suggestion.objects.in_bulk([pk for _score, pk in best])
    said = f"{row.title} {row.text}"
    return [
        Like(rows[pk], round(100 * score), tuple(shared_words(said, " ".join(candidates[pk][:2]))))
        for score, pk in best
    ]


def _candidates(row: Suggestion, organisations: list[int]) -> list[tuple[int, str, str]]:
    """Those that hold some of the rarer pieces that it shares with any, first those that share
    most. Pieces of its own alone lead nowhere."""
    often = _often(frozenset(row.grams))
    shared = sorted((piece for piece in row.grams if often[piece] > 1), key=often.__getitem__)
    rare = shared[: max(12, len(shared) // 2)]
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "grams": row.grams,
                "rare": rare,
                "own": row.pk,
                "organisations": organisations,
                "limit": CANDIDATES,
            },
        )
        found: list[tuple[int, str, str]] = cursor.fetchall()
    return found


def _often(pieces: frozenset[str]) -> dict[str, int]:
    """In how many suggestions each piece stands; of a longer word, all its parts."""
    asked = sorted(pieces)
    parts = [
        " ".join(piece[place : place + 2] for place in range(len(piece) - 1)) for piece in asked
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FREQUENCIES, {"pieces": asked, "grams": parts})
        often: dict[str, int] = dict(cursor.fetchall())
    return often


def held_as(row: Suggestion) -> list[int]:
    """The suggestion and all that are joined with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT feedback_suggestion_held_as(%s)", [row.pk])
        (ids,) = cursor.fetchone()
    return list(ids)


def follower_count(row: Suggestion) -> int:
    """How many addresses follow it or one that is joined with it."""
    rows = SuggestionFollower.objects.filter(
        suggestion_id__in=held_as(row), confirmed_at__isnull=False
    )
    return len({email.lower() for email in rows.values_list("email", flat=True)})


def told_of(row: Suggestion, *, everybody: bool) -> Told:
    """Who is to be told: the authors of it and of its duplicates, and for a public answer all who
    follow. A private answer goes to its own author alone."""
    ids = held_as(row) if everybody else [row.pk]
    rows = list(Suggestion.objects.filter(pk__in=ids).order_by("pk"))
    strangers = [
        SuggestionFollower(
            suggestion=each, email=each.contact_email, language=each.language, page_url=""
        )
        for each in rows
        if each.contact_email and each.customer_id is None
    ]
    if everybody:
        strangers += SuggestionFollower.objects.filter(
            suggestion_id__in=ids, confirmed_at__isnull=False
        ).order_by("pk")
    return Told(
        tuple(sorted({each.customer_id for each in rows if each.customer_id is not None})),
        tuple(strangers),
        tuple(each.case_id for each in rows if each.case_id is not None),
    )


def story_of(row: Suggestion) -> "QuerySet[SuggestionEvent]":
    """What happened to it, the newest first."""
    return row.events.select_related("actor").order_by("-seq")


def suggestion_of_case(*, case_id: int) -> Suggestion | None:
    """The suggestion that was made of a case."""
    return Suggestion.objects.filter(case_id=case_id).first()


@dataclass(frozen=True, slots=True)
class Figures:
    """What a period brought. `days` is the median of days until the answer, None without one."""

    received: int
    answered: int
    done: int
    declined: int
    joined: int
    days: float | None
    new_authors: int
    returning: int
    by_source: dict[str, int]
    wanted: tuple[Suggestion, ...]


_FIGURES = """
SELECT count(*), count(answered_at), count(*) FILTER (WHERE state = 'done'),
       count(*) FILTER (WHERE state = 'declined'), count(joined_into_id),
       percentile_cont(0.5) WITHIN GROUP
           (ORDER BY extract(epoch FROM answered_at - received_at) / 86400)
FROM feedback_suggestion s
 WHERE organisation_id = ANY(%(organisations)s) AND received_date BETWEEN %(since)s AND %(until)s
   AND screening <> 'spam'
"""
_AUTHORS = """
SELECT s.id, EXISTS (
    SELECT FROM feedback_suggestionvote o JOIN feedback_suggestion e ON e.id = o.suggestion_id
     WHERE o.voter = v.voter AND e.received_at < s.received_at) AS before
  FROM feedback_suggestion s
  JOIN LATERAL (SELECT voter FROM feedback_suggestionvote
                 WHERE suggestion_id = s.id ORDER BY id LIMIT 1) v ON true
 WHERE s.organisation_id = ANY(%(organisations)s)
   AND s.received_date BETWEEN %(since)s AND %(until)s AND s.screening <> 'spam'
"""


def figures_of(*, actor: Actor, since: Any, until: Any) -> Figures:
    """Figures of the suggestions received from `since` to `until`, both days inclusive."""
    values: dict[str, Any] = {
        "organisations": sorted(actor.organisations(VIEW)),
        "since": since,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        received, answered, done, declined, joined, days = cursor.fetchone()
        cursor.execute(_AUTHORS, values)
        before = Counter(known for _pk, known in cursor.fetchall())
    rows = Suggestion.objects.visible_to(actor).filter(
        received_date__gte=since, received_date__lte=until
    )
    rows = rows.exclude(screening="spam")
    sources = Counter(rows.values_list("source", flat=True))
    wanted = rows.filter(joined_into__isnull=True).order_by("-votes", "-id")[:10]
    return Figures(
        received, answered, done, declined, joined, days,
        before[False], before[True], dict(sources), tuple(wanted),
    )  # fmt: skip
