"""What somebody was typing on a case goes when it is sent, saved or taken out again."""

from typing import Final

from qiao.core.prepared import execute

_DROP: Final = """
DELETE FROM cases_casedraft
 WHERE case_id = %(case)s AND staff_id = %(staff)s AND box = ANY(%(boxes)s::text[])
"""


def drop_draft(case_id: int, staff_id: int, *boxes: str) -> None:
    """Let go what a person was typing in these boxes of a case."""
    execute(_DROP, {"case": case_id, "staff": staff_id, "boxes": list(boxes)})
