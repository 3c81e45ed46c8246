"""What no two workers do at once."""

import pytest
from django.db import connection, transaction

from qiao.core.alone import alone

pytestmark = pytest.mark.django_db


def free_elsewhere(what: str) -> bool:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [what])
            return bool(cursor.fetchone()[0])
    finally:
        other.close()


def test_nobody_else_does_the_same_until_it_ends() -> None:
    with alone("recording 1") as is_free:
        assert is_free
        assert not free_elsewhere("recording 1")
        assert free_elsewhere("endpoint 1")
    assert free_elsewhere("recording 1")


def test_what_fails_lets_go_and_is_told_itself() -> None:
    with pytest.raises(LookupError), alone("recording 1"):
        raise LookupError
    assert free_elsewhere("recording 1")
    with pytest.raises(LookupError), transaction.atomic(), alone("recording 2"):
        _fail()


def _fail() -> None:
    transaction.set_rollback(True)  # nothing can be asked in this transaction any more
    raise LookupError
