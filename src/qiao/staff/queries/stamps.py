"""What tells a process that the rights and the tree which it keeps are still those in force."""

from qiao.core.once import once
from qiao.core.prepared import fetch_one

Stamp = tuple[int, str]


def rights_stamp() -> Stamp:
    """What changes with every change of rights or of the tree.

    The transaction that wrote the version belongs to it: a change that was rolled back after it
    was read leaves a number that another change takes again.
    """
    return once("staff.rights_stamp", _read, steady=True)


def _read() -> Stamp:
    row = fetch_one("SELECT version, xmin::text FROM staff_rightsversion", {})
    return (row[0], row[1]) if row else (0, "")
