"""Which places an import created: kept so that taking it back leaves those that stood before."""

from collections.abc import Sequence

from django.db import connection

from qiao.customers.models import ImportedPlace

_KEEP = """
INSERT INTO customers_importedplace (customer_import_id, kind, place_id)
SELECT %s, %s, unnest(%s::bigint[])
"""


def remember_places(import_id: int, *, premises: Sequence[int], points: Sequence[int]) -> None:
    """Keep the ids of premises and service points that a batch created."""
    for kind, ids in (
        (ImportedPlace.Kind.PREMISES, premises),
        (ImportedPlace.Kind.SERVICE_POINT, points),
    ):
        if ids:
            with connection.cursor() as cursor:
                cursor.execute(_KEEP, [import_id, kind.value, list(ids)])
