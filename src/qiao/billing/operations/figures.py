"""Kept figures of money."""

from django.db import connection

from qiao.core.transactions import required


def fold_figures() -> int:
    """Fold changes of figures into the figures; how many there were."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_fold_figures()")
        return int(cursor.fetchone()[0])
