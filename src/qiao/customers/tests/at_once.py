"""Works in connections of their own at the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread
from time import sleep

from django.db import IntegrityError, OperationalError, connection, transaction

from qiao.customers.operations import CustomerRefusal


def at_once(*works: Callable[[], object]) -> list[str]:
    """Run each in a thread and a transaction of its own; how each ended."""
    return in_turn(0, *works)


def in_turn(pause_seconds: float, *works: Callable[[], object]) -> list[str]:
    """Run each as `at_once`, the next one a pause after the one before; how each ended."""
    start, answers = Barrier(len(works)), []

    def run(turn: int, work: Callable[[], object]) -> None:
        try:
            start.wait()
            sleep(turn * pause_seconds)
            with transaction.atomic():
                work()
            answers.append("done")
        except (CustomerRefusal, IntegrityError, OperationalError) as refusal:
            answers.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=run, args=(turn, work)) for turn, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)
