"""Search over text modules and articles: folded fragments by grams, titles also by pinyin.

The rows are few beside those of cases; each word of a search needs the index of its grams, and
what is left is ranked: a title from its start, its pinyin, a part of it, then the text.
"""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.knowledge.models.texts import units_of
from qiao.knowledge.rules.finding import Term, terms


@dataclass(frozen=True, slots=True)
class Found:
    """A text module or an article that fits. `author` and `approver` are empty for a pack's."""

    id: int
    key: str
    titles: dict[str, str]
    bodies: dict[str, str]
    case_types: list[str]
    category: str = ""
    emergency_first: bool = False
    version: int = 0
    approver: str = ""
    scope: str = ""
    use_count: int = 0
    fits_type: bool = False


_VALID: Final = (
    "r.is_active AND (r.valid_from IS NULL OR r.valid_from <= %(today)s)"
    " AND (r.valid_until IS NULL OR r.valid_until > %(today)s)"
)
_ARTICLES: Final = """
SELECT r.id, r.key, r.titles, r.bodies, r.case_types, r.category, r.emergency_first, r.version,
       coalesce(s.name, ''), '', k.use_count, r.case_types && %(types)s::text[]
  FROM knowledge_article r
  JOIN knowledge_articlekept k ON k.article_id = r.id
  LEFT JOIN staff_staff s ON s.id = r.approved_by_id
 WHERE {valid} AND r.version > 0 AND (%(category)s = '' OR r.category = %(category)s)
   AND (r.organisation_id IS NULL OR r.organisation_id = ANY(%(units)s)) {words}
 ORDER BY {first}, {rank}, k.use_count DESC, r.id
 LIMIT %(limit)s
"""
_TEXTS: Final = """
SELECT r.id, r.key, r.titles, r.bodies, r.case_types, '', false, 0, '', r.scope, k.use_count,
       r.case_types && %(types)s::text[]
  FROM knowledge_textmodule r
  JOIN knowledge_textmodulekept k ON k.text_module_id = r.id
 WHERE {valid} AND (r.scope = 'company' OR (r.scope = 'own' AND r.owner_id = %(me)s)
                    OR (r.scope = 'unit' AND r.organisation_id = ANY(%(units)s))) {words}
 ORDER BY {rank}, k.use_count DESC, r.id
 LIMIT %(limit)s
"""
_EMERGENCY: Final = "r.emergency_first DESC"
_FITS: Final = "(r.case_types && %(types)s::text[]) DESC"


def find_articles(
    *,
    actor: Actor,
    today: date,
    text: str = "",
    category: str = "",
    case_type: str = "",
    limit: int = 50,
) -> list[Found]:
    """Published articles that hold all words of `text`: emergencies first, then the likeliest.

    Without words those for `case_type` come first, then those used most.
    """
    words = terms(text)
    if text.strip() and not words:
        return []
    sql = _ARTICLES.format(
        valid=_VALID,
        words=_conditions(words, "knowledge_article"),
        rank=_rank(words),
        first=_EMERGENCY,
    )
    values = _values(actor, today, words, case_type, limit) | {"category": category}
    return _rows(sql, values)


def find_texts(
    *, actor: Actor, today: date, text: str = "", case_type: str = "", limit: int = 50
) -> list[Found]:
    """Text modules that the actor may insert, one whose key was typed first."""
    words = terms(text)
    if text.strip() and not words:
        return []
    sql = _TEXTS.format(
        valid=_VALID,
        words=_conditions(words, "knowledge_textmodule", key=True),
        rank=_rank(words, "key"),
    )
    return _rows(sql, _values(actor, today, words, case_type, limit))


def _rows(sql: str, values: Mapping[str, Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [
            Found(key, name, json.loads(titles), json.loads(bodies), *rest)
            for key, name, titles, bodies, *rest in cursor.fetchall()
        ]


def _conditions(words: Sequence[Term], table: str, *, key: bool = False) -> str:
    """Each word by titles, their pinyin (both short) or by the index of grams."""
    parts = []
    for place, word in enumerate(words):
        short = [f"f.title_search LIKE %(like{place})s"]
        if word.spelling:
            short.append(f"f.spellings LIKE %(spelling{place})s")
        if key:
            short.append(f"f.key LIKE %(key{place})s")
        found = f"SELECT f.id FROM {table} f WHERE {' OR '.join(short)}"
        if word.grams:
            found += f" UNION SELECT g.id FROM {table} g WHERE g.grams @> %(grams{place})s"
            if len(word.grams) > 1:  # the pieces may stand apart
                found += f" AND g.search_text LIKE %(like{place})s"
        parts.append(f" AND r.id IN ({found})")
    return "".join(parts)


def _rank(words: Sequence[Term], key: str = "") -> str:
    if not words:
        return _FITS
    first = "WHEN r.key = %(typed)s THEN 0" if key else ""
    spelled = "WHEN r.spellings LIKE %(spelled_start)s THEN 2" if words[0].spelling else ""
    return (
        f"CASE {first} WHEN r.title_search LIKE %(start)s THEN 1 {spelled}"
        f" WHEN r.title_search LIKE %(like0)s THEN 3 ELSE 4 END, {_FITS}"
    )


def _values(
    actor: Actor, today: date, words: Sequence[Term], case_type: str, limit: int
) -> dict[str, Any]:
    values: dict[str, Any] = {
        "today": today,
        "me": actor.staff_id or 0,
        "units": units_of(actor),
        "types": [case_type] if case_type else [],
        "limit": limit,
    }
    for place, word in enumerate(words):
        values |= {
            f"like{place}": f"%{word.text}%",
            f"grams{place}": word.grams,
            f"spelling{place}": f"%{word.spelling}%",
            f"key{place}": f"{word.text}%",
        }
    if words:
        values |= {
            "typed": words[0].text,
            "start": f"%|{words[0].text}%",
            "spelled_start": f"%|{words[0].spelling}%",
        }
    return values
