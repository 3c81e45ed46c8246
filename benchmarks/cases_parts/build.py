"""Fill the database of the environment with at least so many open cases of a small company.

Run by `world.ensure` as the owner of the tables.
"""

import math
import sys

from measuring.building import build
from measuring.databases import set_up

CUSTOMERS = 2_000
OPEN_SHARE = 0.8
MONTHS = 2  # the demo leaves a backlog of no older cases than that
SPARE = 1.02  # the share is drawn case by case


def main(cases: int) -> None:
    """Build people, customers and cases, four fifths of which are open."""
    set_up()
    from qiao.cases.models import Case

    build(
        modules={"staff", "customers", "cases"},
        customers=CUSTOMERS,
        cases=math.ceil(cases / OPEN_SHARE * SPARE),
        open_share=OPEN_SHARE,
        history_months=MONTHS,
    )
    built = Case.objects.filter(closed_at__isnull=True).count()
    if built < cases:
        raise RuntimeError(f"{cases:,} open cases were asked for, {built:,} are there")


if __name__ == "__main__":
    main(int(sys.argv[1]))
