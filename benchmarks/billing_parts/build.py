"""Fill the database of the environment with the people, meters and bills of the demo world.

Run by `world.ensure` as the owner of the tables; does nothing where accounts are billed. With
`due` as the second word nothing is billed yet of what was read.
"""

import os
import sys
import time

import psycopg
from django.db import transaction
from django.utils import timezone

MODULES = {"staff", "customers", "metering", "billing"}
KNOWS_NOT = "customers.duplicates"
BILLS = "billing"


def main(customers: int, *, due: bool) -> None:
    """Build stage by stage."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    import django

    django.setup()
    from qiao.billing.demo import open_accounts
    from qiao.billing.models import BillingAccount
    from qiao.core.demo import World
    from qiao.core.registry import registry

    if BillingAccount.objects.exists():
        return
    began = time.monotonic()
    world = World(customers=customers, pack="water", now=timezone.now())
    stages = [s for m in registry if m.key in MODULES for s in m.demo if s.key != KNOWS_NOT]
    with transaction.atomic():  # all or nothing: a world cut short would be taken for a whole one
        for stage in sorted(stages, key=lambda s: s.order):
            if due and stage.key == BILLS:
                open_accounts(world)
            else:
                stage.build(world)
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
    print(f"{customers:,} customers billed in {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(int(sys.argv[1]), due=sys.argv[2:] == ["due"])
