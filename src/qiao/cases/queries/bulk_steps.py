"""Where many cases stand in their processes."""

from collections.abc import Sequence
from dataclasses import dataclass

from qiao.core.prepared import fetch_all


@dataclass(frozen=True, slots=True)
class Stand:
    """A step of a process version in which cases of a type stand."""

    process_id: int
    step: str
    type_key: str


def stands_of(case_ids: Sequence[int]) -> list[Stand]:
    """The different steps in which these cases stand."""
    rows = fetch_all(
        "SELECT DISTINCT c.process_id, c.step, t.key FROM cases_case c"
        " JOIN cases_casetype t ON t.id = c.case_type_id WHERE c.id = ANY(%(ids)s::bigint[])"
        " ORDER BY 1, 2, 3",
        {"ids": list(case_ids)},
    )
    return [Stand(*row) for row in rows]
