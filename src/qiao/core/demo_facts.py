"""Believable values for the fields of a pack's forms, for the demo world."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from qiao.core.packs.model import Field

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)  # worlds begin in 2026 at the earliest
# Of a hundred customers who were called back, by the four steps (best first).
RATING_WEIGHTS = (46, 41, 9, 4)


def sample_facts(fields: Sequence[Field], rng: Random, texts: Sequence[str]) -> dict[str, Any]:
    """Believable values for the fields of a form: all required ones, some of the others."""
    return {
        item.key: sample_value(item, rng, texts)
        for item in fields
        if item.required or (item.kind in {"choice", "bool"} and rng.random() < 0.4)
    }


def sample_value(item: Field, rng: Random, texts: Sequence[str]) -> Any:
    """One believable value for a field; `texts` are what may be typed into it."""
    if item.kind == "choice":
        keys = [choice.key for choice in item.choices]
        fits = len(keys) >= len(RATING_WEIGHTS) and keys[0].startswith("very_")
        weights = [*RATING_WEIGHTS, *[1] * (len(keys) - len(RATING_WEIGHTS))] if fits else None
        return rng.choices(keys, weights)[0]
    if item.kind == "choices":
        return [rng.choice(item.choices).key]
    if item.kind == "bool":
        return rng.random() < 0.3
    if item.kind in {"number", "money"}:
        return rng.randint(max(1, int(item.least or 1)), int(min(400, item.most or 400)))
    if item.kind in {"date", "datetime"}:
        day = EPOCH + timedelta(days=rng.randint(0, 300))
        return day.date().isoformat() if item.kind == "date" else day.isoformat()
    if item.kind == "phone":
        return f"139{rng.randrange(10**8):08d}"
    return item.example if item.pattern else rng.choice(list(texts))
