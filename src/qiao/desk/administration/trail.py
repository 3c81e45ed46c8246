"""The audit trail in words: who changed which field when, from what to what."""
# ruff: noqa: S608 - statements are put together from declared pieces; values are bound

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

from django.apps import apps
from django.contrib.postgres.fields import DateRangeField
from django.db import connection
from django.db.models import DateTimeField, Field
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.core.manifest import AuditTable, Text
from qiao.core.registry import registry
from qiao.core.rules.masks import mask_phone
from qiao.staff.queries import names_of

PAGE_SIZE: Final = 40
SECRET: Final = ("password", "secret", "ciphertext", "blind_index", "token")
NEVER: Final = ("grams", "search", "initials", "pinyin", "path")
LONGEST: Final = 200
DAY: Final = r"(\d{4}-\d\d-\d\d|)"
DAYS: Final = re.compile(rf"[\[(]{DAY},{DAY}\)")
OPERATIONS: Final = {
    "I": gettext_lazy("Added"),
    "U": gettext_lazy("Changed"),
    "D": gettext_lazy("Removed"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, masked."""

    label: Text
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of one row, in words."""

    entry_id: int
    at: datetime
    table: str
    label: Text
    row_id: int
    operation: str
    verb: Text
    who: str
    correlation_id: str
    fields: list[FieldChange]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of a table, a row, a person, days, one request, or of a customer."""

    table: str = ""
    row_id: int | None = None
    actor_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    correlation_id: str = ""
    customer_ids: tuple[int, ...] = ()
    before: tuple[datetime, int] | None = None


def entries(wanted: Wanted) -> tuple[list[Entry], tuple[datetime, int] | None]:
    """A page of the trail, the newest first, and where the next one begins."""
    conditions, values = _conditions(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.id, a.at, a.table_name, a.row_id, a.operation, a.before, a.after,"
            " a.actor_id, coalesce(a.correlation_id, '') FROM core_auditentry a"
            f" WHERE {' AND '.join(conditions) or 'true'}"
            " ORDER BY a.at DESC, a.id DESC LIMIT %(limit)s",
            values | {"limit": PAGE_SIZE + 1},
        )
        rows = cursor.fetchall()
    page = rows[:PAGE_SIZE]
    people = names_of(row[7] for row in page if row[7])
    following = (page[-1][1], page[-1][0]) if len(rows) > PAGE_SIZE else None
    return [_entry(row, people) for row in page], following


def _conditions(wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    plain = {
        "a.table_name = %(table)s": ("table", wanted.table),
        "a.row_id = %(row)s": ("row", wanted.row_id),
        "a.actor_id = %(actor)s": ("actor", wanted.actor_id),
        "a.at >= %(since)s": ("since", wanted.since),
        "a.at < %(until)s": ("until", wanted.until),
        "a.correlation_id = %(correlation)s": ("correlation", wanted.correlation_id),
    }
    chosen = {sql: pair for sql, pair in plain.items() if pair[1] not in ("", None)}
    conditions, values = list(chosen), dict[str, Any](chosen.values())
    if wanted.customer_ids:
        parts = [
            f"(a.table_name = '{each.table}' AND ({each.of_customer}))"
            for each in registry.audit_words().values()
            if each.of_customer
        ]
        conditions.append(f"({' OR '.join(parts)})")
        values["customer_ids"] = list(wanted.customer_ids)
    if wanted.before is not None:
        conditions.append("(a.at, a.id) < (%(at)s, %(id)s)")
        values |= {"at": wanted.before[0], "id": wanted.before[1]}
    return conditions, values


def _entry(row: tuple[Any, ...], people: Mapping[int, str]) -> Entry:
    entry_id, at, table, row_id, operation, before, after, actor_id, correlation_id = row
    words = registry.audit_words().get(table)
    changes = _fields(table, words, _object(before), _object(after))
    who = people.get(actor_id, "") or _("The system")
    label = words.label if words else table
    verb = OPERATIONS[operation]
    return Entry(entry_id, at, table, label, row_id, operation, verb, who, correlation_id, changes)


def _object(value: Any) -> Mapping[str, Any]:
    return json.loads(value) if isinstance(value, str) else value or {}


@cache
def _columns(table: str) -> "Mapping[str, Field[Any, Any]]":
    """The fields of the model of a table, by column."""
    for model in apps.get_models():
        meta = model._meta  # noqa: SLF001 - Django's own way to ask a model
        if meta.db_table == table:
            return {str(each.column): each for each in meta.fields}
    return {}


@cache
def _choices(table: str) -> Mapping[str, Mapping[str, Text]]:
    """The words that the model of a table has for stored keys, by column."""
    return {
        column: {str(key): word for key, word in each.flatchoices}
        for column, each in _columns(table).items()
        if each.choices
    }


def _timed(field: "Field[Any, Any] | None", value: Any) -> Any:
    """A moment as the clock here shows it, days with their last one; anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        if isinstance(field, DateTimeField) and (moment := parse_datetime(value)):
            return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S")
        if isinstance(field, DateRangeField) and (days := DAYS.fullmatch(value)):
            first, end = days.groups()
            last = str(date.fromisoformat(end) - timedelta(days=1)) if end else ""
            return f"{first} – {last}".strip()
    except (ValueError, OverflowError):
        return value
    return value


def _fields(
    table: str, words: AuditTable | None, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[FieldChange]:
    keys = list(words.fields) if words else sorted({*before, *after})
    found = []
    for key in keys:
        if key not in before and key not in after:
            continue
        if words is None and (key == "id" or any(part in key for part in NEVER)):
            continue
        names = words.values.get(key) if words else None
        names = names or _choices(table).get(key, {})
        field = _columns(table).get(key)
        old = _value(words, key, _timed(field, before.get(key)), names)
        new = _value(words, key, _timed(field, after.get(key)), names)
        if old or new:
            found.append(FieldChange(words.fields[key] if words else key, old, new))
    return found


def _value(words: AuditTable | None, key: str, value: Any, names: Mapping[str, Text]) -> str:
    """A value in words: secrets as dots, telephone numbers masked.

    Whoever needs a whole number reveals it on the customer's page, where that is recorded.
    """
    if value in (None, "", []):
        return ""
    if any(part in key for part in SECRET) or (words and key in words.hidden):
        return "••••••"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if key in words.phones if words else "phone" in key:
        return mask_phone(str(value))
    if isinstance(value, list):
        said = (names.get(each, each) if isinstance(each, str) else each for each in value)
        return ", ".join(str(each) for each in said)[:LONGEST]
    return str(names.get(str(value), value))[:LONGEST]
