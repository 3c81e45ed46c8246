"""Fill the database of the environment with the people of the demo world, and nothing above them.

Run by `world.ensure` as the owner of the tables.
"""

import sys

from measuring.building import build
from measuring.databases import set_up

KNOWS_NOT = {"customers.duplicates"}  # the measure of duplicates plants its own, and counts on it


def main(customers: int) -> None:
    """Build staff and customers."""
    set_up()
    build(modules={"staff", "customers"}, without=KNOWS_NOT, customers=customers)


if __name__ == "__main__":
    main(int(sys.argv[1]))
