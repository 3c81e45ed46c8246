"""The plain role of web and worker: rows yes, tables and history no."""

import pytest
from django.db import ProgrammingError, connection, transaction

from qiao.core.grants import assert_plain_role

pytestmark = pytest.mark.django_db


def test_the_role_of_the_tests_is_the_plain_one() -> None:
    assert_plain_role()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("qiao_app",)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE core_event SET name = 'x'",
        "DELETE FROM core_event",
        "DELETE FROM core_event_rest",
        "INSERT INTO core_event_rest SELECT * FROM core_event",
        "TRUNCATE core_event",
        "UPDATE core_auditentry SET actor_id = 1",
        "DELETE FROM core_disclosure",
        "CREATE TABLE mine (id int)",
        "DROP TABLE core_event",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
    ],
)
def test_history_and_structure_are_refused(statement: str) -> None:
    refused = pytest.raises(ProgrammingError, match=r"permission denied|must be owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_partitions_can_be_kept_ahead_without_the_right_to_make_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT qiao_ensure_partitions(6)")
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relispartition AND relname LIKE 'core_event_2%'"
        )
        assert cursor.fetchone()[0] >= 7
