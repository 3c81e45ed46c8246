"""Fill the database of the environment with at least so many open cases of a small company.

Run by `world.ensure` as the owner of the tables; does nothing where cases are.
"""

import math
import os
import sys
import time

import psycopg
from django.db import transaction
from django.utils import timezone

CUSTOMERS = 2_000
OPEN_SHARE = 0.8
MONTHS = 2  # the demo leaves a backlog of no older cases than that
SPARE = 1.02  # the share is drawn case by case
MODULES = {"staff", "customers", "cases"}


def main(cases: int) -> None:
    """Build people, customers and cases, four fifths of which are open."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    import django

    django.setup()
    from qiao.cases.models import Case
    from qiao.core.demo import World
    from qiao.core.registry import registry

    if Case.objects.exists():
        return
    began = time.monotonic()
    world = World(
        customers=CUSTOMERS,
        pack="water",
        now=timezone.now(),
        cases=math.ceil(cases / OPEN_SHARE * SPARE),
        open_share=OPEN_SHARE,
        history_months=MONTHS,
    )
    stages = [s for m in registry if m.key in MODULES for s in m.demo]
    for stage in sorted(stages, key=lambda s: s.order):
        with transaction.atomic():
            stage.build(world)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
    built = Case.objects.filter(closed_at__isnull=True).count()
    print(f"{built:,} open cases built in {time.monotonic() - began:.0f} s", file=sys.stderr)
    if built < cases:
        raise RuntimeError(f"{cases:,} open cases were asked for")


if __name__ == "__main__":
    main(int(sys.argv[1]))
