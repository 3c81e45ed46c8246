"""Kept counts of messages."""

from django.db import connection

from qiao.core.transactions import required


def fold_counts() -> int:
    """Fold changes of counts into the counts; how many there were."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT messaging_fold_counts()")
        return int(cursor.fetchone()[0])
