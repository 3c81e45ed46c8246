"""Fill the database of the environment with the people, meters and bills of the demo world.

Run by `world.ensure` as the owner of the tables. With `due` as the second word nothing is billed
yet of what was read.
"""

import sys

from measuring.building import build
from measuring.databases import set_up

MODULES = {"staff", "customers", "metering", "billing"}
KNOWS_NOT = {"customers.duplicates"}
BILLS = "billing"


def main(customers: int, *, due: bool) -> None:
    """Build stage by stage."""
    set_up()
    from qiao.billing.demo import open_accounts

    build(
        modules=MODULES,
        without=KNOWS_NOT,
        instead={BILLS: open_accounts} if due else None,
        customers=customers,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), due=sys.argv[2:] == ["due"])
