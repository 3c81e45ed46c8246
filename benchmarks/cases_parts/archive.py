"""Fill the database of the environment with so many cases, nearly all of them closed.

Run by `lists.ensure` as the owner of the tables; does nothing where cases are. The indexes of the
search are made after the cases, as for any load of this size.
"""

import os
import sys
import time

import psycopg
from django.db import connection, transaction
from django.utils import timezone

CUSTOMERS = 2_000
MOST_OPEN = 50_000
MONTHS = 24
MODULES = {"staff", "customers", "cases"}


def main(cases: int) -> None:
    """Build people, customers and cases of two years."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    import django

    django.setup()
    from qiao.cases.demo.history import build_cases
    from qiao.cases.models import CaseSearch, OpenCaseSearch
    from qiao.core.demo import World
    from qiao.core.registry import registry

    began = time.monotonic()
    world = World(
        customers=CUSTOMERS,
        pack="water",
        now=timezone.now(),
        cases=cases,
        open_share=min(MOST_OPEN / cases, 0.25),
        history_months=MONTHS,
    )
    indexes = [
        (model, index)
        for model in (CaseSearch, OpenCaseSearch)
        for index in model._meta.indexes  # noqa: SLF001 - the public way in Django
    ]
    with connection.schema_editor() as editor:
        for model, index in indexes:
            editor.remove_index(model, index)
    stages = [s for m in registry if m.key in MODULES - {"cases"} for s in m.demo]
    for stage in sorted(stages, key=lambda s: s.order):
        with transaction.atomic():
            stage.build(world)
    with transaction.atomic():
        build_cases(world)
    with connection.schema_editor() as editor:
        for model, index in indexes:
            editor.add_index(model, index)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
    print(f"{cases:,} cases built in {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]))
