"""Reading ahead: the next piece is made ready in a thread while the last one is worked on."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import Full, Queue
from typing import Generic, TypeVar

T = TypeVar("T")
M = TypeVar("M")
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class _End:
    """Nothing follows; `error` says why, if it was a fault."""

    error: BaseException | None = None


class _Maker(Generic[T]):
    """Makes items in its own thread and holds them out until nobody wants more."""

    def __init__(self, items: Iterator[T], depth: int) -> None:
        self.ready: Queue[T | _End] = Queue(depth)
        self._items = items
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Want no more; returns when the thread has ended."""
        self._left.set()
        self._thread.join()

    def _make(self) -> None:
        end = _End()
        try:
            for item in self._items:
                self._put(item)
                if self._left.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again where it is read
            end = _End(error)
        self._put(end)

    def _put(self, item: T | _End) -> None:
        while not self._left.is_set():
            try:
                self.ready.put(item, timeout=_PAUSE_SECONDS)
            except Full:
                continue
            return


def ahead(items: Iterator[T], *, depth: int = 1) -> Generator[T, None, None]:
    """The same items in the same order, at most `depth` of them made before they are asked for.

    Worth it where the reader waits for the database, which leaves the processor to the thread.
    What `items` raises is raised here, at its place. `items` must not use the database: a
    connection belongs to its thread. A reader that stops early ends the thread.
    """
    maker = _Maker(items, depth)
    try:
        while not isinstance(item := maker.ready.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        maker.leave()


def made_ahead(
    items: Iterable[T], make: Callable[[T], M], *, workers: int
) -> Generator[M, None, None]:
    """What is made of items, in their order: of the next ones in threads, while one is worked on.

    Items come in the reader's own thread, at most `workers` and one of them before they are asked
    for: they may be read from the database, which `make` must not use. What either raises is
    raised here. A reader that stops early waits for what is being made.
    """
    waiting: deque[Future[M]] = deque()
    with ThreadPoolExecutor(workers, "ahead") as threads:
        try:
            for item in items:
                waiting.append(threads.submit(make, item))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            threads.shutdown(cancel_futures=True)
