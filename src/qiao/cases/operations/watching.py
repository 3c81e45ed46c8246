"""What the clock does by itself: levels turn, counts are folded."""

from collections import defaultdict
from datetime import datetime

from django.db import connection

from qiao.cases.events import LevelsChanged
from qiao.cases.journal import keep_late, kept_clocks, known_calendars, mirror, write_mirrors
from qiao.cases.models import Case
from qiao.cases.operations.risk import note_missed
from qiao.cases.rules.levels import standing
from qiao.core import events
from qiao.core.transactions import required

BATCH = 500


def refresh_levels(*, now: datetime) -> int:
    """Turn the level of cases whose clocks reached a warning or ran out. Returns how many.

    Takes at most `BATCH` cases and leaves those that somebody is working on to the next round;
    one event is published per unit.
    """
    required()
    ids = list(
        Case.objects.select_for_update(skip_locked=True)
        .filter(closed_at__isnull=True, level_changes_at__lte=now)
        .order_by("level_changes_at")
        .values_list("id", flat=True)[:BATCH]
    )
    if not ids:
        return 0
    versions = known_calendars()
    kept = kept_clocks(ids)
    told: dict[int, list[int]] = defaultdict(list)
    missed: list[int] = []
    turned: list[Case] = []
    cases = list(Case.objects.filter(id__in=ids))
    for case in cases:
        before = case.level
        mirror(case, standing(kept[case.pk].state, now, versions))
        if case.level != before:
            told[case.organisation_id].append(case.pk)
            turned.append(case)
            if case.level == Case.Level.LATE:
                missed.append(case.pk)
    write_mirrors(cases)
    note_missed(case_ids=missed, now=now)
    keep_late(turned, now)
    for organisation_id, case_ids in told.items():
        changed = LevelsChanged(tuple(case_ids))
        events.publish(changed, organisation_id=organisation_id, actor=None, now=now)
    return len(ids)


def fold_counts() -> int:
    """Fold the changes of kept counts into the counts. Returns how many changes there were: none
    while somebody else folds; writers of cases do it at times."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_fold_counts()")
        (count,) = cursor.fetchone()
    return int(count)
