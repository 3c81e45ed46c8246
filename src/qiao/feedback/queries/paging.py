"""Pages by keyset: rows in the order of a moment, a day or a number, then of their ids."""

import base64
import json
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import DateField, DateTimeField, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


def page_of(
    rows: "QuerySet[Row]", *, key: str, size: int, after: str, newest_first: bool = False
) -> tuple[list[Row], str]:
    """A page in the order of `key`, and the cursor of the next one; empty at the end.

    `key` names a field or an annotation without empty values in `rows`. A cursor that was
    tampered with, or is of another order, reads as the first page.
    """
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    annotated = rows.query.annotations.get(key)
    meta = rows.model._meta  # noqa: SLF001 - Django's door to a model's fields
    field = annotated.output_field if annotated is not None else meta.get_field(key)
    place = _read(after, field)
    if place is not None:
        at, last = place
        rows = rows.filter(
            Q(**{f"{key}__{beyond}": at}) | Q(**{key: at, f"id__{beyond}": last}),
            **{f"{key}__{beyond}e": at},
        )
    found = list(rows.order_by(f"{sign}{key}", f"{sign}id")[: size + 1])
    if len(found) <= size:
        return found, ""
    kept = found[:size]
    return kept, _write(getattr(kept[-1], key), kept[-1].pk)


def _write(at: date | int, pk: int) -> str:
    place = at if isinstance(at, int) else at.isoformat()
    return base64.urlsafe_b64encode(json.dumps([place, pk]).encode()).decode()


def _read(cursor: str, field: Any) -> tuple[date | int, int] | None:
    if not cursor:
        return None
    try:
        at, pk = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return _place(at, field), int(pk)
    except (ValueError, TypeError, UnicodeError):
        return None


def _place(at: Any, field: Any) -> date | int:
    """A value of the field. Raises `ValueError` for one that is none."""
    if isinstance(field, DateTimeField):
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError(at)
        return moment
    return date.fromisoformat(at) if isinstance(field, DateField) else int(at)
