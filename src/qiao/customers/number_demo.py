"""Numbers of the demo world that lead to nobody: calls of the last months, what came of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.customers.operations import NumberAttempt, note_attempts

EVERY: Final = 37
"""One number in so many was called in vain lately."""

_NUMBERS: Final = """
SELECT p.id, p.customer_id,
       CASE WHEN p.extension = '' THEN p.number ELSE p.number || ';ext=' || p.extension END
  FROM customers_customerphone p JOIN customers_customer c ON c.id = p.customer_id
 WHERE p.id %% %(every)s = 5 AND c.merged_into_id IS NULL AND p.customer_id <> %(known)s
   AND p.created_at < %(before)s
 ORDER BY p.id
"""
_STORIES: Final = (
    ("no_answer", "no_answer", "no_answer"),
    ("no_answer", "not_in_service"),
    ("wrong_person",),
    ("no_answer", "no_answer", "reached"),
    ("no_answer", "busy", "no_answer"),
)


def build(world: World) -> None:
    """What came of calling one number in so many, three stories in five of them bad."""
    before = world.now - timedelta(days=60)
    with connection.cursor() as cursor:
        known = {"every": EVERY, "known": world.shared["first_customer_id"], "before": before}
        cursor.execute(_NUMBERS, known)
        numbers = cursor.fetchall()
    note_attempts(
        attempts=[
            NumberAttempt(
                customer_id,
                number,
                outcome,
                world.now - timedelta(days=2 + phone_id % 40 - step * 0.7, hours=phone_id % 9),
                "demo",
                f"{phone_id}:{step}",
            )
            for phone_id, customer_id, number in numbers
            for step, outcome in enumerate(_STORIES[phone_id // EVERY % len(_STORIES)])
        ],
        now=world.now,
    )


_FIGURES: Final = """
SELECT count(*) FILTER (WHERE standing = 'doubtful'), count(*) FILTER (WHERE standing = 'wrong'),
       count(*)
  FROM customers_customerphone
"""


def audit() -> Sequence[Finding]:
    """Whether a few numbers are doubtful and a few wrong, and nearly all are good."""
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES)
        doubtful, wrong, every = cursor.fetchone()
    few = 0 < doubtful + wrong < every // 20
    return [
        Finding("doubtful numbers", str(doubtful), "some", doubtful > 0),
        Finding("wrong numbers", str(wrong), "some", wrong > 0),
        Finding("numbers that are not good", f"{doubtful + wrong} of {every:,}", "< 5 %", few),
    ]
