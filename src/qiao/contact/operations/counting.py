"""The job behind kept counts."""

from django.db import connection

from qiao.core.transactions import required


def fold_counts() -> int:
    """Fold changes of kept counts into the counts. Returns how many there were."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_fold_counts()")
        (changes,) = cursor.fetchone()
    return int(changes)
