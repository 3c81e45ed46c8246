"""Fill the database of the environment with the people of the demo world, and nothing above them.

Run by `world.ensure` as the owner of the tables; does nothing where people are.
"""

import os
import sys
import time

import psycopg
from django.db import transaction
from django.utils import timezone

KNOWS_NOT = "customers.duplicates"  # the measure of duplicates plants its own, and counts on it


def main(customers: int) -> None:
    """Build staff and customers."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    import django

    django.setup()
    from qiao.core.demo import World
    from qiao.core.registry import registry
    from qiao.customers.models import Customer

    if Customer.objects.exists():
        return
    began = time.monotonic()
    world = World(customers=customers, pack="water", now=timezone.now())
    stages = [s for m in registry if m.key in {"staff", "customers"} for s in m.demo]
    for stage in sorted(stages, key=lambda s: s.order):
        if stage.key == KNOWS_NOT:
            continue
        with transaction.atomic():
            stage.build(world)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
    print(f"{customers:,} customers built in {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]))
