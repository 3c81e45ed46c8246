"""What follows every migration: triggers that mark touched customers, and the packs' presets."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import connection

from qiao.core.packs import PackInvalid, PackProblem
from qiao.core.packs.segments import SegmentSpec
from qiao.core.registry import registry
from qiao.core.rules.conditions import condition_data
from qiao.core.transactions import required
from qiao.customers.models import Segment, SegmentKept
from qiao.customers.queries.segments import shapes
from qiao.customers.rules.segments import BadRule, check, from_condition
from qiao.staff.queries import companies

_EVENTS = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
}


def install_segment_triggers() -> int:
    """Let every table that a field names mark the customers it touches; how many tables.

    Runs as the owner of the tables.
    """
    required()
    asked: dict[str, set[str]] = defaultdict(set)
    for known in registry.segment_fields():
        for table, select in known.touched_by.items():
            asked[table].add(select)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
                       " WHERE tgname LIKE 'qiao_segment_%'")  # fmt: skip
        for table, name in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name} ON {table}")
        for table, selects in sorted(asked.items()):
            select = " UNION ALL ".join(sorted(selects)).replace("'", "''")
            for event, tables in _EVENTS.items():
                cursor.execute(
                    f"CREATE TRIGGER qiao_segment_{event} AFTER {event.upper()} ON {table}"
                    f" {tables} FOR EACH STATEMENT"
                    f" EXECUTE FUNCTION customers_segment_touch('{select}')"
                )
    return len(asked)


def install_segments(*, presets: Iterable[SegmentSpec], now: datetime) -> int:
    """Give the company the packs' presets that it has not; how many. What is there stays.

    Raises:
        PackInvalid: a rule is of another shape, or asks for what no module lends.
    """
    required()
    company = next(iter(companies()), None)
    if company is None:
        return 0
    presets = list(presets)
    problems = [problem for preset in presets for problem in _problems(preset)]
    if problems:
        raise PackInvalid(problems)
    known = set(Segment.objects.filter(organisation_id=company).values_list("key", flat=True))
    new = [
        Segment(
            organisation_id=company,
            key=preset.key,
            names=preset.name.data(),
            rule=condition_data(preset.rule),
            created_at=now,
            changed_at=now,
        )
        for preset in presets
        if preset.key not in known
    ]
    Segment.objects.bulk_create(new)
    SegmentKept.objects.bulk_create(SegmentKept(segment=segment) for segment in new)
    return len(new)


def _problems(preset: SegmentSpec) -> Iterator[PackProblem]:
    place = f"segment[{preset.key}].rule"
    try:
        faults = check(from_condition(preset.rule), shapes())
    except BadRule as bad:
        faults = list(bad.faults)
    for fault in faults:
        text = f"group {fault.group + 1}, line {fault.line + 1}: wrong {fault.code}"
        yield PackProblem("segments.toml", place, text)
