"""Reports that come in bursts: what came lately, against what is usual there."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from qiao.cases import definitions
from qiao.cases.models import AlikeParent, CaseType
from qiao.cases.rules.alike import SPANS_MINUTES, Burst, Threshold, find_burst
from qiao.core import parameters

LEAST: Final = "cases.alike_least"
CHANCE_PPM: Final = "cases.alike_chance_ppm"
USUAL_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class FoundBurst:
    """A burst with where it is and which cases it consists of."""

    organisation_id: int
    kind: str
    area: str
    burst: Burst
    case_ids: tuple[int, ...]


_LATELY = """
SELECT c.organisation_id, c.case_type_id, c.area, c.opened_at, c.id
  FROM staff_organisation o
 CROSS JOIN LATERAL (
    SELECT * FROM cases_case c
     WHERE c.organisation_id = o.id AND c.opened_at > %(since)s AND c.opened_at <= %(now)s
       AND c.case_type_id = ANY(%(types)s) AND c.parent_id IS NULL AND c.merged_into_id IS NULL
       AND c.closed_at IS NULL AND NOT c.is_parent) c
"""
_USUAL = """
SELECT count(*) FROM cases_case c
 WHERE c.organisation_id = %(organisation)s AND c.opened_at > %(since)s
   AND c.opened_at <= %(until)s AND c.case_type_id = ANY(%(types)s) AND c.area = %(area)s
"""


def kinds_of_types() -> dict[int, str]:
    """The kind of trouble of each case type that has one, by the id of its row."""
    kinds = {key: item.alike for key, item in definitions.case_types().items() if item.alike}
    rows = CaseType.objects.filter(key__in=kinds).values_list("id", "key")
    return {pk: kinds[key] for pk, key in rows}


def find_bursts(*, now: datetime) -> list[FoundBurst]:
    """Bursts of reports of one kind in one area of a unit that end now. No rights: jobs only."""
    kinds = kinds_of_types()
    longest = timedelta(minutes=max(SPANS_MINUTES))
    came: dict[tuple[int, str, str], list[tuple[datetime, int]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_LATELY, {"since": now - longest, "now": now, "types": list(kinds)})
        for organisation_id, type_id, area, opened_at, case_id in cursor.fetchall():
            came[organisation_id, kinds[type_id], area].append((opened_at, case_id))
    carried = set(AlikeParent.objects.filter(state="open").values_list("kind", "area"))
    threshold = _threshold(now)
    found = []
    for (organisation_id, kind, area), rows in came.items():
        if len(rows) < threshold.least or (kind, area) in carried:
            continue
        usual = usual_per_hour(organisation_id=organisation_id, kind=kind, area=area, now=now)
        moments = [at for at, _case in rows]
        burst = find_burst(moments, usual_per_hour=usual, now=now, threshold=threshold)
        if burst is not None:
            ids = tuple(case_id for at, case_id in rows if at >= burst.since)
            found.append(FoundBurst(organisation_id, kind, area, burst, ids))
    return found


def usual_per_hour(*, organisation_id: int, kind: str, area: str, now: datetime) -> float:
    """How many reports of a kind an area gives in an hour, by the four weeks before the last two
    hours."""
    until = now - timedelta(minutes=max(SPANS_MINUTES))
    since = until - timedelta(days=USUAL_DAYS)
    types = [pk for pk, name in kinds_of_types().items() if name == kind]
    values: dict[str, Any] = {
        "organisation": organisation_id,
        "since": since,
        "until": until,
        "types": types,
        "area": area,
    }
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, values)
        (count,) = cursor.fetchone()
    return float(count) / (USUAL_DAYS * 24)


def _threshold(now: datetime) -> Threshold:
    day = timezone.localdate(now)
    least = parameters.find(LEAST, day=day).value
    chance = parameters.find(CHANCE_PPM, day=day).value
    return Threshold(int(least), int(chance))
