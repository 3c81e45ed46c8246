"""Keeping counts small."""

from django.db import connection

from qiao.core.transactions import required


def fold_counts() -> int:
    """Fold the changes of kept counts into the counts. Returns how many changes there were."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT feedback_fold_counts()")
        (count,) = cursor.fetchone()
    return int(count)
