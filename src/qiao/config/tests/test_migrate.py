"""Databases from before the migrations were made one set."""

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from qiao.config.cli.migrate import missing_steps

LAST = ("cases", "0031_kept_reports")


def _replaced() -> dict[tuple[str, str], list[tuple[str, str]]]:
    loader = MigrationLoader(None)
    return {step: list(migration.replaces) for step, migration in loader.replacements.items()}


def _forget(name: str, steps: list[tuple[str, str]]) -> None:
    """Take steps out of the list of what was applied, which only the owner may."""
    address = urlsplit(os.environ["DATABASE_OWNER_URL"])
    with psycopg.connect(urlunsplit(address._replace(path=f"/{name}"))) as owner:
        for app, step in steps:
            gone = owner.execute(
                "DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, step]
            )
            assert gone.rowcount == 1


def test_each_former_step_is_replaced_once() -> None:
    formers = [former for steps in _replaced().values() for former in steps]
    assert LAST in formers
    assert len(formers) == len(set(formers))


def test_a_database_with_every_former_step_has_nothing_to_do(own_database: str) -> None:
    replaced = _replaced()
    _forget(own_database, [step for step in replaced if step[1] != "0001_initial"])
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert missing_steps(MigrationRecorder(connection).applied_migrations(), replaced) == []


@pytest.mark.parametrize("also", [[], [("cases", "0001_initial")]])
def test_a_database_that_stopped_among_former_steps_is_told_which_it_lacks(
    own_database: str, also: list[tuple[str, str]]
) -> None:
    _forget(own_database, [LAST, *also])
    applied = MigrationRecorder(connection).applied_migrations()
    assert missing_steps(applied, _replaced()) == [LAST]


def test_a_new_database_that_was_interrupted_goes_on() -> None:
    replaced = {("a", "0001"): [("a", "0002")], ("a", "0003"): [("a", "0004")]}
    assert missing_steps({("a", "0002")}, replaced) == []
    assert missing_steps({("a", "0001")}, replaced) == [("a", "0002")]
