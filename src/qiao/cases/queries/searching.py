"""Full-text search of cases, closed ones too: which cases hold all words that were typed.

Words are looked for as parts of the folded text, so that Chinese needs no dictionary. The index
holds pieces of two characters (three of letters and digits); what it offers is looked at again.
Few matches are read whole. Of very many, the newest are read first, in windows of weeks that
grow backwards from where the page begins: what is read does not grow with the cases behind.
"""
# ruff: noqa: S608 - put together from this module's own pieces; all values are bound

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from qiao.cases.queries.sorting import EPOCH
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules.grams import normalise

WEEK: Final = timedelta(weeks=1)
WINDOWS: Final = (1, 3, 12, 40)  # weeks; then all that is left
SKEW: Final = timedelta(days=1)  # what another server's clock is ahead; nothing lies in it
MOST: Final = 3_000  # matches that are sorted; more are walked in the list's own order
MOST_WORDS: Final = 6
_END: Final = datetime(9998, 1, 1, tzinfo=UTC)
_BEGIN: Final = datetime(1971, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed, word by word. How it is folded is the database's business alone."""

    words: tuple[str, ...]

    @property
    def values(self) -> dict[str, Any]:
        """The words, and as one text from which the index's pieces are made."""
        return {"asked_words": list(self.words), "asked": "\n".join(self.words)}

    @property
    def indexed(self) -> bool:
        """Whether the index can offer candidates: some word has a piece that it holds."""
        folded = map(normalise, self.words)
        return any(len(word) > 1 + word[:2].isascii() or len(word) > 2 for word in folded)


def read_words(text: str) -> Words | None:
    """The words of a typed text; None where nothing is left to look for."""
    parts = re.split(r"[\s#]+", text)
    words = tuple(dict.fromkeys(part for part in parts if normalise(part)))[:MOST_WORDS]
    return Words(words) if words else None


# A folded word holds letters and digits alone, so that it needs no escape in a pattern.
_LIKE: Final = (
    "s.words LIKE ALL(ARRAY(SELECT '%%' || cases_folded(w) || '%%'"
    " FROM unnest(%(asked_words)s::text[]) AS w))"
)
_GRAMS: Final = "cases_grams(cases_folded(%(asked)s::text))"
MATCHES: Final = f"s.grams @> {_GRAMS} AND {_GRAMS} <> '{{}}' AND {_LIKE}"
HOLDS: Final = f"EXISTS (SELECT 1 FROM cases_casesearch s WHERE s.case_id = c.id AND {_LIKE})"
_SOME: Final = f"""
SELECT s.case_id FROM :where: s
 WHERE {MATCHES} AND s.organisation_id = ANY(%(organisations)s::bigint[])
 LIMIT %(most)s
"""
_WINDOW: Final = f"""
SELECT s.case_id FROM cases_casesearch s
 WHERE {MATCHES} AND s.organisation_id = ANY(%(organisations)s::bigint[]) :weeks:
   AND s.opened_at >= %(after)s AND s.opened_at < %(before)s
"""


def matching(*, actor: Actor, words: Words, is_open: bool, most: int = MOST) -> list[int] | None:
    """The ids of all cases that hold the words; None where they are more than `most`.

    `is_open` looks among open cases only, which are kept once more.
    """
    if not words.indexed:
        return None
    where = "cases_opencasesearch" if is_open else "cases_casesearch"
    statement = _SOME.replace(":where:", where)
    rows = fetch_all(statement, _values(actor, words) | {"most": most + 1})
    return None if len(rows) > most else [pk for (pk,) in rows]


def newest_matching(
    *, actor: Actor, words: Words, now: datetime, start: datetime | None, forwards: bool
) -> Iterator[Sequence[int]]:
    """The ids of cases that hold the words, in windows by opening: from `start` (None: now, or
    the beginning) to the older ones, or `forwards` to the newer ones; each window is read only
    when it is asked for. Within a window they have no order.
    """
    for after, before in windows(start, now=now, forwards=forwards):
        weeks = (before - after) // WEEK
        values = _values(actor, words) | {"after": after, "before": before}
        condition = ""
        if weeks <= sum(WINDOWS):
            condition = "AND s.grams && %(weeks)s::text[]"
            values["weeks"] = _marks(after, before)
        rows = fetch_all(_WINDOW.replace(":weeks:", condition), values)
        yield [pk for (pk,) in rows]


def windows(
    start: datetime | None, *, now: datetime, forwards: bool
) -> Iterator[tuple[datetime, datetime]]:
    """Spans of time from `start` (None: now, or the beginning) to the older, or `forwards` to the
    newer, each longer than the one before, until nothing is left."""
    at = start or (_BEGIN if forwards else now + SKEW)
    for weeks in WINDOWS:
        there = at + weeks * WEEK if forwards else at - weeks * WEEK
        # A moment may stand on the edge: it belongs to both sides, ids decide.
        yield (at, there) if forwards else (there, at + timedelta(microseconds=1))
        at = there
    yield (at, _END) if forwards else (_BEGIN, at)


def _marks(after: datetime, before: datetime) -> list[str]:
    first, last = ((moment - EPOCH) // WEEK for moment in (after, before))
    return [f"@w{week}" for week in range(first, last + 1)]


def _values(actor: Actor, words: Words) -> dict[str, Any]:
    return words.values | {"organisations": list(actor.organisations("cases.view"))}


_WRITTEN: Final = """
SELECT c.id, concat_ws(E'\n', nullif(c.description, ''), nullif(c.place, ''),
           nullif(c.caller_name, ''), nullif(c.caller_phone, ''), cases_words_of_answers(c),
           (SELECT string_agg(coalesce(e.data ->> 'text', e.data ->> 'words'), E'\n'
                              ORDER BY e.seq DESC)
              FROM cases_caseevent e
             WHERE e.case_id = c.id AND (e.data ? 'text' OR e.data ? 'words')
               AND e.data ->> 'channel' IS DISTINCT FROM 'broadcast'
               AND NOT EXISTS (SELECT 1 FROM cases_caseevent w
                                WHERE w.case_id = c.id AND w.kind = 'withdrawn'
                                  AND w.data -> 'seq' = to_jsonb(e.seq))))
  FROM cases_case c WHERE c.id = ANY(%(ids)s::bigint[])
"""


def written_in(case_ids: Sequence[int]) -> dict[int, str]:
    """What is written in cases that a list has found already, beside number and title, a text a
    line, as people wrote it."""
    if not case_ids:
        return {}
    return dict(fetch_all(_WRITTEN, {"ids": list(case_ids)}))
