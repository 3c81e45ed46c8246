"""Filters of a list as they stand in its address."""

from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.http import QueryDict

from qiao.cases.queries import VIEWS, Filters

MANY: Final = (
    *("type", "group", "priority", "channel", "area", "cause", "phase", "level"),
    *("step", "tier", "answer"),
)
IDS: Final = ("tag", "team", "person", "responsible", "unit")
MARKS: Final = ("escalated", "nobody")
DAYS: Final = ("opened_from", "opened_to", "closed_from", "closed_to")
MOST_VALUES: Final = 50
TEXT_LENGTH: Final = 100


def read_filters(query: QueryDict) -> Filters:
    """The filters in an address; what cannot be read narrows nothing."""
    values: dict[str, Any] = {
        name: tuple(v for v in query.getlist(name) if v)[:MOST_VALUES] for name in MANY
    }
    for name in IDS:
        text = query.get(name, "")
        values[name] = int(text) if text.isdecimal() and len(text) < 19 else None
    for name in DAYS:
        values[name] = _day(query.get(name, ""))
    promise = query.get("promise", "")
    values["promise"] = promise if promise in {"kept", "missed", "running"} else ""
    values["pack"] = query.get("pack", "")[:TEXT_LENGTH]
    values["figure"] = query.get("figure", "")[:TEXT_LENGTH]
    values["open_on"] = _day(query.get("open_on", ""))
    values["only"] = tuple(
        int(v) for v in query.getlist("only")[:MOST_VALUES] if v.isdecimal() and len(v) < 19
    )
    for name in MARKS:
        values[name] = query.get(name) == "1"
    values["text"] = query.get("q", "")[:TEXT_LENGTH]
    return Filters(**values)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_view(query: QueryDict, default: str) -> str:
    """The view in an address."""
    view = query.get("view", "")
    return view if view in VIEWS else default


def write_filters(filters: Filters, **more: str) -> str:
    """The filters as the query of an address, with `more` parts such as the view."""
    parts: list[tuple[str, str]] = [(name, value) for name, value in more.items() if value]
    for name in MANY:
        parts += [(name, value) for value in getattr(filters, name)]
    parts += [("only", str(value)) for value in filters.only]
    for name in (*IDS, *DAYS, "promise", "pack", "figure", "open_on"):
        value = getattr(filters, name)
        if value not in (None, ""):
            parts.append((name, str(value)))
    parts += [(name, "1") for name in MARKS if getattr(filters, name)]
    if filters.text:
        parts.append(("q", filters.text))
    return urlencode(parts)
