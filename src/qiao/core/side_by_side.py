"""A long job's batches side by side: while the database works on one, the next is reckoned."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

from django.db import connection

from qiao.core.transactions import lent_connection


def side_by_side(batch: Callable[[], bool], *, workers: int) -> None:
    """Call `batch` until it says that nothing is left, in so many threads with a connection each.

    A batch opens its own transaction and takes what no other has taken: rows it locks and skips
    where they are locked. What one raises is raised here, when those under way have ended; nothing
    is begun after it. Within a transaction of the caller, of which other connections would see
    nothing, the batches come one after another.
    """
    if connection.in_atomic_block or workers == 1:
        while batch():
            pass
        return
    over = threading.Event()

    def work() -> None:
        try:
            with lent_connection():
                while not over.is_set() and batch():
                    pass
        finally:
            over.set()

    with ThreadPoolExecutor(workers, "beside") as threads:
        running = [threads.submit(copy_context().run, work) for _worker in range(workers)]
    for each in running:
        each.result()
