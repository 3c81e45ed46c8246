"""One run of an import for the kill test: dies by its own hand before a given statement.

``python -m tests.kills.importer take|undo FILE STATEMENT``; statement 0 lets it live. Run again,
it goes on where the last one died. A file named ``…-add`` adds what is missing of known customers.
"""

import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import django
from django.db import connection
from django.db.backends.signals import connection_created
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
BATCH = 40  # rows


def die_before(statement: int) -> None:
    """Kill this process without any farewell before its statement of that number, of all threads
    together."""
    numbers = count(1)

    def one_more(execute: Callable[..., Any], *about: Any) -> Any:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*about)

    def watch(connection: Any, **_more: Any) -> None:
        if one_more not in connection.execute_wrappers:
            connection.execute_wrappers.append(one_more)

    watch(connection)
    connection_created.connect(watch, weak=False)  # threads have connections of their own


def main(what: str, path: Path, statement: int) -> None:
    """Take the file in, or back, as far as it comes."""
    from qiao.customers.models import CustomerImport
    from qiao.customers.operations import import_reading, import_undoing, importing
    from qiao.staff.queries import actor_by_number

    now = timezone.now()
    actor = actor_by_number("1027", day=timezone.localdate(now))
    import_reading.BATCH = import_undoing.BATCH = BATCH
    about: dict[str, Any] = {"actor": actor, "now": now}
    if statement:
        die_before(statement)
    if what == "take":
        mapping = importing.proposed_mapping(
            organisation_id=actor.organisation_id,
            header=path.read_text().split("\n", 1)[0].split(","),
        )
        known = CustomerImport.Known.ADD if path.stem.endswith("-add") else "leave"
        job = importing.start_import(
            path=path, mapping=mapping, organisation_id=actor.organisation_id, known=known, **about
        )
        importing.run_import(import_id=job.pk, path=path, **about)
    else:
        import_undoing.undo_import(import_id=CustomerImport.objects.latest("id").pk, **about)


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
