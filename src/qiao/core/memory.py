"""When memory is looked through for garbage: not while millions of short-lived values pass by."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let a batch make and drop its values without searching them for circles in between.

    What nothing refers to any more is freed as always. Circles wait until the block ends, so it
    must be short: a batch, never a whole run.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
